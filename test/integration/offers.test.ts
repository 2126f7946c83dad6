import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../functions/core/base/secret.ts';
import { MARKETPLACE_PRESETS } from '../../functions/webapi/presets.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { openTables } from '../support/tables.ts';
import { createOperations, createWebapi, logInTo } from '../support/webapi.ts';

interface Offer {
  readonly offerId: string;
  readonly title: string;
  readonly state: string;
  readonly price: { minor: number; currency: string } | null;
  readonly quantityLeft: number | null;
  readonly soldQuantity: number | null;
  readonly endedAt: string | null;
}

const SOON = { timeoutMillis: 5_000 };

let klamka: Klamka;
let accountId: string;
let shop: Awaited<ReturnType<typeof ownSession>>;

/** A session of the seller's own at the marketplace. */
async function ownSession(seller: { login: string; applicationPassword: string }, key: string) {
  const settings = {
    ...MARKETPLACE_PRESETS.allegro,
    endpoint: `${klamka.world.simulator.url}/service.php`,
    namespace: 'urn:SandboxWebApi',
  };
  const webapi = createWebapi(settings);
  const integrationKey = new Secret(key);
  const applicationPassword = new Secret(seller.applicationPassword);
  const { session } = await logInTo(
    webapi,
    { login: seller.login, applicationPassword, integrationKey },
    SOON,
  );
  const handle = session.reveal();
  klamka.secrets.add(handle);
  const operations = createOperations(settings);
  return {
    changePrice: (itemId: string, newBuyNowPrice: string) =>
      operations.call('doChangePriceItem', { sessionHandle: handle, itemId, newBuyNowPrice }, SOON),
    finish: (finishItemId: string) =>
      operations.call(
        'doFinishItems',
        {
          sessionHandle: handle,
          finishItemsList: [{ finishItemId, finishCancelAllBids: '1', finishCancelReason: 'koniec' }],
        },
        SOON,
      ),
  };
}

/** Makes the last reading of the offer journal ten minutes old. */
async function readAgain(): Promise<void> {
  const tables = openTables(klamka.world.stack);
  await tables.send(
    new UpdateCommand({
      TableName: klamka.world.stack.resource('AccountsTable').name,
      Key: { accountId },
      UpdateExpression: 'SET offers.readAtMillis = :long',
      ExpressionAttributeValues: { ':long': 1 },
    }),
  );
  tables.destroy();
  await klamka.settle();
}

async function list(query = ''): Promise<Offer[]> {
  const { status, body } = await klamka.api('GET', `/accounts/${accountId}/offers${query}`);
  expect(status).toBe(200);
  return body.offers as Offer[];
}

const show = async (offerId: string) =>
  (await klamka.api('GET', `/accounts/${accountId}/offers/${offerId}`)).body as unknown as Offer;

beforeAll(async () => {
  klamka = await startKlamka({ seed: 21 });
  const integrationKeyId = await klamka.registerKey();
  const [key = ''] = klamka.secrets;
  const seller = await klamka.seller();
  await klamka.sim('POST', '/buyers', { orders: 20 });
  shop = await ownSession(seller, key);
  const account = { marketplace: 'allegro', ...seller, integrationKeyId };
  accountId = String((await klamka.api('POST', '/accounts', account)).body.accountId);
  await klamka.settle();
});
afterAll(() => klamka.close());

describe('the offers of an account', () => {
  it('are there after the first run, page by page, and say how fresh they are', async () => {
    const all = await list('?limit=100');
    expect(all.length).toBeGreaterThan(3);
    for (const offer of all) {
      expect(offer).toMatchObject({
        state: 'active',
        price: { minor: expect.any(Number), currency: 'PLN' },
        quantityLeft: expect.any(Number),
        endedAt: null,
      });
    }
    const first = (await klamka.api('GET', `/accounts/${accountId}/offers?limit=2`)).body;
    expect(first).toMatchObject({
      updatedAt: expect.stringMatching(/Z$/),
      listedAt: expect.stringMatching(/Z$/),
      troubles: [],
    });
    const second = await list(`?limit=2&cursor=${String(first.cursor)}`);
    expect([...(first.offers as Offer[]), ...second]).toEqual(all.slice(0, 4));
  });

  it('follow a sale, a change of price and an early end', async () => {
    const before = await list('?limit=100');
    const [one, two] = before;
    if (one === undefined || two === undefined) throw new Error('no offers');
    await klamka.sim('POST', '/buyers', { orders: 30 });
    await shop.changePrice(one.offerId, '1234.56');
    await shop.finish(two.offerId);
    await readAgain();
    expect(await show(one.offerId)).toMatchObject({ price: { minor: 123_456, currency: 'PLN' } });
    expect(await show(two.offerId)).toMatchObject({
      state: 'ended',
      title: two.title,
      endedAt: expect.stringMatching(/Z$/),
    });
    expect((await list('?limit=100&state=ended')).map(({ offerId }) => offerId)).toEqual([two.offerId]);
    const sold = (offers: readonly Offer[]) =>
      offers.reduce((sum, { soldQuantity }) => sum + (soldQuantity ?? 0), 0);
    expect(sold(await list('?limit=100'))).toBeGreaterThan(sold(before));
  });

  it('cost one call when the journal has nothing new, and none before it is due', async () => {
    const calls = async () => (await klamka.sim('GET', '/stats')).calls as Record<string, number>;
    await klamka.settle();
    const before = await calls();
    await klamka.settle();
    const idle = await calls();
    expect(idle).toEqual({ ...before, doGetSiteJournalDeals: (before.doGetSiteJournalDeals ?? 0) + 1 });
    await readAgain();
    expect((await calls()).doGetSiteJournal).toBe((idle.doGetSiteJournal ?? 0) + 1);
    expect((await calls()).doGetMySellItems).toBe(idle.doGetMySellItems);
  });

  it('stay as they were while the marketplace has no journal of them, and orders go on', async () => {
    await klamka.sim('POST', '/faults', {
      operation: 'doGetSiteJournal',
      kind: 'fault',
      code: 'ERR_UNKNOWN_FEATURE',
    });
    await readAgain();
    const { body } = await klamka.api('GET', `/accounts/${accountId}/offers?limit=1`);
    expect(body.troubles).toMatchObject([
      {
        part: 'journal',
        reason: 'feature-unknown',
        message: { pl: expect.stringContaining('dziennika'), en: expect.stringContaining('journal') },
      },
    ]);
    const account = (await klamka.api('GET', `/accounts/${accountId}`)).body;
    expect(account).toMatchObject({ connection: { state: 'connected' }, lastRun: { outcome: 'done' } });
  });

  it('are not found under an unknown id', async () => {
    const get = (path: string) => klamka.api('GET', `/accounts/${path}`);
    expect((await get(`${accountId}/offers/1`)).status).toBe(404);
    expect((await get(`${accountId}/offers/x`)).status).toBe(404);
    expect((await get('nobody/offers')).status).toBe(404);
    expect((await get(`${accountId}/offers?state=lost`)).body).toMatchObject({
      fields: [{ field: 'state' }],
    });
    expect((await get(`${accountId}/offers?cursor=I2xpc3RlZCM`)).status).toBe(400);
    expect((await get(`${accountId}/offers/%23listed%23000000`)).status).toBe(404);
  });

  it('go with their account', async () => {
    await klamka.api('DELETE', `/accounts/${accountId}`);
    await klamka.settle();
    const tables = openTables(klamka.world.stack);
    const TableName = klamka.world.stack.resource('OffersTable').name;
    expect((await tables.send(new ScanCommand({ TableName }))).Items).toEqual([]);
    tables.destroy();
  });
});
