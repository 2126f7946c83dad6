import { describe, expect, it } from 'vitest';
import { Secret } from '../../../functions/core/base/secret.ts';
import type { Offer, OfferEvent } from '../../../functions/core/marketplace/offers.ts';
import type { Request } from '../../../functions/webapi/operations.ts';
import { createOperations, createWebapi, logInTo } from '../../support/webapi.ts';
import { play } from '../simulator/kit.ts';
import { DIALECTS, envelope, HANDLE, KEY, SOON, serveCanned, settingsFor } from './support.ts';

const SERVICES = {
  'document-literal': { path: 'service.php', namespace: 'urn:SandboxWebApi' },
  'rpc-encoded': { path: 'uploader.php', namespace: 'urn:AllegroWebApi' },
};

/** A seller with offers, some with sold pieces, and a session. */
async function seller(dialect: (typeof DIALECTS)[number]) {
  const simulator = await play();
  const { path, namespace } = SERVICES[dialect];
  const settings = { ...settingsFor(`${simulator.url}/${path}`, dialect), namespace };
  const webapi = createWebapi(settings);
  const operations = createOperations(settings);
  const applicationPassword = new Secret(await simulator.seller('sklep'));
  await simulator.control('POST buyers', { orders: 40 });
  const credentials = { login: 'sklep', applicationPassword, integrationKey: KEY };
  const { session: handle } = await logInTo(webapi, credentials, SOON);
  const sessionHandle = handle.reveal();
  return {
    simulator,
    webapi,
    handle,
    finish: (finishItemId: string) =>
      operations.call(
        'doFinishItems',
        {
          sessionHandle,
          finishItemsList: [{ finishItemId, finishCancelAllBids: '1', finishCancelReason: 'koniec' }],
        },
        SOON,
      ),
    price: (request: Omit<Request<'doChangePriceItem'>, 'sessionHandle'>) =>
      operations.call('doChangePriceItem', { sessionHandle, ...request }, SOON),
  };
}

describe.each(DIALECTS)('offers at the simulated marketplace, in %s', (dialect) => {
  it('are listed, looked up and followed through a change and an end', async () => {
    const { simulator, webapi, handle, finish, price } = await seller(dialect);
    const all = await webapi.offers.offersIn(handle, { list: 'for-sale', page: 0 }, SOON);
    expect(all.count).toBe(all.offers.length);
    expect(await webapi.offers.offersIn(handle, { list: 'for-sale', page: 1 }, SOON)).toMatchObject({
      offers: [],
    });
    for (const offer of all.offers) expect(offer).toEqual(sound(offer));
    expect(all.offers.some(({ title = '' }) => /[ąćęłńóśźż]/i.test(title))).toBe(true);

    const events: OfferEvent[] = [];
    for (let more = true; more; ) {
      const page = await webapi.offers.offerEvents(handle, events.at(-1)?.id, SOON);
      events.push(...page.events);
      more = !page.isEnd;
    }
    expect(new Set(events.map(({ offerId }) => offerId))).toEqual(new Set(all.offers.map(({ id }) => id)));

    const [one, two] = all.offers;
    if (one === undefined || two === undefined) throw new Error('no offers');
    await price({ itemId: one.id, newBuyNowPrice: '131072.01', newReservePrice: '0', newStartingPrice: '0' });
    await finish(two.id);
    const ids = [one.id, two.id];
    const { events: news } = await webapi.offers.offerEvents(handle, events.at(-1)?.id, SOON);
    expect([...new Set(news.map(({ offerId }) => offerId))]).toEqual(ids);
    const found = await webapi.offers.offersIn(handle, { list: 'for-sale', ids }, SOON);
    expect(found.offers.map(({ id, price }) => [id, price])).toEqual([
      [one.id, { amount: { minor: 13_107_201, currency: 'PLN' }, kind: 'buy-now' }],
    ]);
    const list = two.soldQuantity === 0 ? 'not-sold' : 'sold';
    const ended = (await webapi.offers.offersIn(handle, { list, ids: [two.id] }, SOON)).offers;
    expect(ended).toMatchObject([{ id: two.id, title: two.title, soldQuantity: two.soldQuantity }]);
    expect(ended[0]?.endsAtSeconds).toBeGreaterThan(1_700_000_000);
    expect((await simulator.stats()).malformed).toBe(0);
  });
});

const sound = (offer: Offer): object => ({
  id: expect.stringMatching(/^\d+$/),
  title: expect.stringMatching(/\S/),
  price: {
    amount: { minor: expect.any(Number), currency: 'PLN' },
    kind: 'buy-now',
  },
  startQuantity: expect.any(Number),
  soldQuantity: expect.any(Number),
  startedAtSeconds: expect.any(Number),
  endsAtSeconds: offer.endsAtSeconds,
});

describe('a list of offers', () => {
  const item = (content: string) => `<n:item>${content}</n:item>`;
  const price = (type: number, value: string) =>
    item(`<n:priceType>${type}</n:priceType><n:priceValue>${value}</n:priceValue>`);
  const fields = {
    itemId: '9007199254740993',
    itemTitle: 'x'.repeat(10_000),
    itemPrice: price(2, '5.5') + price(3, '1') + price(1, '0'),
    itemStartQuantity: '10',
    itemSoldQuantity: '3',
    itemStartTime: '1500000000',
    itemEndTime: '0',
  };
  const offer = (changes: Partial<Record<keyof typeof fields, string | undefined>> = {}) =>
    item(
      Object.entries({ ...fields, ...changes })
        .map(([name, value]) => (value === undefined ? '' : `<n:${name}>${value}</n:${name}>`))
        .join(''),
    );

  async function listed(...offers: string[]) {
    const reply = `<n:doGetMySellItemsResponse><n:sellItemsCounter>${offers.length}</n:sellItemsCounter><n:sellItemsList>${offers.join('')}</n:sellItemsList></n:doGetMySellItemsResponse>`;
    const { endpoint } = await serveCanned({ body: envelope(reply) });
    return await createWebapi(settingsFor(endpoint)).offers.offersIn(
      HANDLE,
      { list: 'for-sale', page: 0 },
      SOON,
    );
  }

  it('reads each offer as far as possible, whatever its other fields hold', async () => {
    const page = await listed(
      offer(),
      offer({ itemTitle: undefined, itemSoldQuantity: 'dwa', itemStartTime: '' }),
      offer({ itemPrice: price(1, 'gratis') }),
      offer({ itemPrice: undefined }),
      offer({ itemPrice: price(1, '-3') }),
      offer({ itemId: '' }),
    );
    expect(page.count).toBe(6);
    expect(page.unreadable).toEqual(['itemId: missing']);
    const [first, second, ...prices] = page.offers;
    expect(first).toEqual({
      id: '9007199254740993',
      title: 'x'.repeat(10_000),
      price: { amount: { minor: 550, currency: 'PLN' }, kind: 'current' },
      startQuantity: 10,
      soldQuantity: 3,
      startedAtSeconds: 1_500_000_000,
      endsAtSeconds: undefined,
    });
    expect(second).toMatchObject({ title: undefined, soldQuantity: undefined, startedAtSeconds: undefined });
    expect(prices.map(({ price: found }) => found?.amount.minor)).toEqual([undefined, undefined, -300]);
  });

  it('refuses odd ids before anything is sent, and asks nothing for none', async () => {
    const webapi = createWebapi(settingsFor('http://127.0.0.1:1/'));
    await expect(webapi.offers.offersIn(HANDLE, { list: 'sold', ids: ['x'] }, SOON)).rejects.toMatchObject({
      reason: 'bad-input',
      outcome: 'not-sent',
    });
    const none = await webapi.offers.offersIn(HANDLE, { list: 'sold', ids: [] }, SOON);
    expect(none).toEqual({ offers: [], unreadable: [], count: 0 });
  });
});
