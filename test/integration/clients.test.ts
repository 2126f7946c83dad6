import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationId } from '../../functions/contract/routes.ts';
import { ROUTES } from '../../functions/contract/routes.ts';
import { ALL_SCOPES } from '../../functions/contract/scopes.ts';
import { writeClient } from '../../infra/clients/clients.ts';
import { attempt, type Place } from '../../infra/local/http-client.ts';
import { type Answer, type Klamka, type Seller, startKlamka } from '../support/klamka.ts';
import { LOCAL, openTables } from '../support/tables.ts';

/* A client that is bound to some accounts learns of no others. */

let klamka: Klamka;
/** An account of each client, and of the administrator. */
const accountOf: Record<string, string> = {};
const keyOf: Record<string, string> = {};

const registry = () => ({
  table: klamka.world.stack.resource('RegistryTable').name,
  aws: { endpoint: klamka.world.stack.endpoints.dynamodb, ...LOCAL },
});

const sellers = new Map<string, Seller>();
const places = new Map<string, Place>();
async function placeOf(subject: string): Promise<Place> {
  const known = places.get(subject);
  if (known !== undefined) return known;
  const token = await klamka.world.issuer.token({ subject, scopes: ALL_SCOPES });
  const place = { ...klamka.world.api, token };
  places.set(subject, place);
  return place;
}

async function as(subject: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await attempt(await placeOf(subject), { method, path, body });
  klamka.refuseFaults();
  return { status: answer.status, body: (answer.body ?? {}) as Record<string, unknown> };
}

const bindTo = (subject: string, accountIds: readonly string[]) =>
  writeClient(registry(), { subject, role: 'administrator', name: subject, accountIds });

const idsIn = ({ body }: Answer, list: string): unknown[] =>
  (body[list] as { accountId: string }[]).map(({ accountId }) => accountId);

/** The accounts whose changes a client is given after a position, page by page to the end. */
async function accountsRead(subject: string, position?: string): Promise<Set<unknown>> {
  const found = new Set<unknown>();
  for (let after = position; ; ) {
    const page = await as(
      subject,
      'GET',
      `/changes?limit=100${after === undefined ? '' : `&after=${after}`}`,
    );
    expect(page.status).toBe(200);
    for (const id of idsIn(page, 'changes')) found.add(id);
    after = String(page.body.position);
    if (page.body.more !== true) return found;
  }
}

async function registerKey(subject: string): Promise<string> {
  const integrationKey = `key${subject}`;
  klamka.secrets.add(integrationKey);
  await klamka.sim('POST', '/keys', { key: integrationKey });
  const { status, body } = await as(subject, 'POST', '/integration-keys', { label: subject, integrationKey });
  expect(status).toBe(201);
  return String(body.integrationKeyId);
}

async function add(subject: string, login = `shop_${subject}`): Promise<Answer> {
  const seller = sellers.get(login) ?? (await klamka.seller({ login }));
  sellers.set(login, seller);
  return await as(subject, 'POST', '/accounts', {
    marketplace: 'allegro',
    integrationKeyId: keyOf[subject],
    ...seller,
  });
}

/** Whether each account has changes enough to be told from the others in pages. */
async function haveOrders(): Promise<boolean> {
  const feeds = Object.values(accountOf).map((id) => as('boss', 'GET', `/accounts/${id}/changes?limit=3`));
  return (await Promise.all(feeds)).every((feed) => idsIn(feed, 'changes').length === 3);
}

beforeAll(async () => {
  klamka = await startKlamka();
  await writeClient(registry(), { subject: 'boss', role: 'administrator', name: 'Boss' });
  for (const subject of ['one', 'two', 'boss']) {
    if (subject !== 'boss') await bindTo(subject, []);
    keyOf[subject] = await registerKey(subject);
    const added = await add(subject);
    expect(added.status).toBe(201);
    accountOf[subject] = String(added.body.accountId);
  }
  await klamka.settle();
  do {
    await klamka.sim('POST', '/buyers', { orders: 9, pace: 'live' });
    await klamka.settle();
  } while (!(await haveOrders()));
}, 300_000);

afterAll(() => klamka.close());

describe('a bound client', () => {
  it('sees the account that it has added, and no other', async () => {
    expect(idsIn(await as('one', 'GET', '/accounts'), 'accounts')).toEqual([accountOf.one]);
    expect(idsIn(await as('two', 'GET', '/accounts'), 'accounts')).toEqual([accountOf.two]);
    expect(idsIn(await as('boss', 'GET', '/accounts'), 'accounts').sort()).toEqual(
      Object.values(accountOf).sort(),
    );
  });

  it('is told 404 on every route of an account of another, as of one that does not exist', async () => {
    const ids = (Object.keys(ROUTES) as OperationId[]).filter((id) =>
      ROUTES[id].route.includes('{accountId}'),
    );
    expect(ids.length).toBeGreaterThan(20);
    for (const id of ids) {
      const [method = '', pattern = ''] = ROUTES[id].route.split(' ');
      const told = async (accountId: string | undefined) => {
        const path = pattern.replace('/v1', '').replace('{accountId}', String(accountId));
        return await as(
          'one',
          method,
          path.replaceAll(/\{\w+\}/g, 'order:1'),
          method === 'GET' ? undefined : {},
        );
      };
      const [foreign, none] = [await told(accountOf.two), await told('0123456789abcdef0123')];
      expect([id, foreign.status]).toEqual([id, 404]);
      expect(foreign).toEqual(none);
    }
  });

  it('pages through its accounts, each once, though a cursor names an account of another', async () => {
    await bindTo('many', Object.values(accountOf));
    const seen: unknown[] = [];
    let cursor: unknown = null;
    do {
      const more = cursor === null ? '' : `&cursor=${cursor}`;
      const page = await as('many', 'GET', `/accounts?limit=1${more}`);
      seen.push(...idsIn(page, 'accounts'));
      cursor = page.body.cursor;
    } while (cursor !== null);
    expect(seen).toEqual(Object.values(accountOf).sort());
    for (const accountId of Object.values(accountOf)) {
      const from = Buffer.from(accountId).toString('base64url');
      const page = await as('one', 'GET', `/accounts?cursor=${from}`);
      expect(idsIn(page, 'accounts').filter((id) => id !== accountOf.one)).toEqual([]);
    }
  });

  it('reads the changes of its accounts only, whatever position it hands in', async () => {
    expect(await accountsRead('boss')).toEqual(new Set(Object.values(accountOf)));
    expect(await accountsRead('one')).toEqual(new Set([accountOf.one]));
    const foreign = await as('boss', 'GET', `/accounts/${accountOf.two}/changes?limit=1`);
    const position = String(foreign.body.position);
    expect(await accountsRead('one', position)).toEqual(new Set([accountOf.one]));
    const handed = await as('one', 'GET', `/changes?limit=100&after=${position}`);
    expect(JSON.stringify(handed.body)).not.toContain(accountOf.two);
  });

  it('goes on where it was with an account that it was bound to again', async () => {
    await bindTo('again', [String(accountOf.one), String(accountOf.two)]);
    const before = await as('again', 'GET', '/changes?limit=100');
    expect(idsIn(before, 'changes').length).toBeGreaterThan(2);
    await bindTo('again', [String(accountOf.one)]);
    const between = await as('again', 'GET', `/changes?limit=100&after=${before.body.position}`);
    expect(idsIn(between, 'changes')).toEqual([]);
    await bindTo('again', [String(accountOf.one), String(accountOf.two)]);
    const after = await as('again', 'GET', `/changes?limit=100&after=${between.body.position}`);
    expect(idsIn(after, 'changes')).toEqual([]);
  });

  it('is told that a login is taken, and not by which account', async () => {
    const taken = await add('one', 'shop_two');
    expect(taken.status).toBe(409);
    expect(JSON.stringify(taken.body)).not.toContain(accountOf.two);
    const own = await add('one', 'shop_one');
    expect([own.status, own.body.accountId]).toEqual([409, accountOf.one]);
    expect(idsIn(await as('one', 'GET', '/accounts'), 'accounts')).toEqual([accountOf.one]);
  });

  it('sees, uses, changes and removes its own integration keys only', async () => {
    const listed = (await as('one', 'GET', '/integration-keys')).body.integrationKeys as {
      integrationKeyId: string;
    }[];
    expect(listed.map(({ integrationKeyId }) => integrationKeyId)).toEqual([keyOf.one]);
    // No page of one key at a time stands between keys of others, whose ids a cursor would show.
    const ids: unknown[] = [];
    for (let cursor: unknown = ''; cursor !== null; ) {
      const query = cursor === '' ? '' : `&cursor=${String(cursor)}`;
      const { body } = await as('two', 'GET', `/integration-keys?limit=1${query}`);
      const page = (body.integrationKeys as { integrationKeyId: string }[]).map(
        (key) => key.integrationKeyId,
      );
      expect(page.length).toBe(1);
      ids.push(...page);
      cursor = body.cursor;
      if (typeof cursor === 'string')
        expect(Buffer.from(cursor, 'base64url').toString()).not.toMatch(`${keyOf.one}|${keyOf.boss}`);
    }
    expect(ids).toEqual([keyOf.two]);
    for (const [method, body] of [
      ['PUT', { integrationKey: 'stolen' }],
      ['DELETE', undefined],
    ] as const)
      expect((await as('one', method, `/integration-keys/${keyOf.two}`, body)).status).toBe(404);
    const seller = await klamka.seller({ login: 'shop_borrowed' });
    const borrowed = { marketplace: 'allegro', integrationKeyId: keyOf.two, ...seller };
    const refused = await as('one', 'POST', '/accounts', borrowed);
    expect([refused.status, (refused.body.fields as { field: string }[])[0]?.field]).toEqual([
      400,
      'integrationKeyId',
    ]);
  });

  it('sees its own webhooks only, and cannot name an account of another', async () => {
    const tables = openTables(klamka.world.stack);
    const TableName = klamka.world.stack.resource('SendingTable').name;
    const count = async () => (await tables.send(new ScanCommand({ TableName }))).Items?.length;
    const before = await count();
    const url = 'https://1.1.1.1/klamka';
    const refused = await as('one', 'POST', '/webhooks', { url, accounts: [accountOf.two] });
    const unknown = await as('one', 'POST', '/webhooks', { url, accounts: ['0123456789abcdef0123'] });
    expect([refused.status, unknown.status]).toEqual([400, 400]);
    const shown = ({ body }: Answer) => JSON.stringify(body).replaceAll(/[0-9a-f]{20}|[0-9a-f-]{36}/g, 'ID');
    expect(shown(refused)).toBe(shown(unknown));
    expect(await count()).toBe(before);
    tables.destroy();
    for (const accounts of [[accountOf.one], 'all']) {
      const made = await as('one', 'POST', '/webhooks', { url, accounts });
      expect(made.status).toBe(201);
      const path = `/webhooks/${made.body.webhookId}`;
      expect((await as('two', 'GET', path)).status).toBe(404);
      expect((await as('one', 'POST', `${path}/resume`)).status).toBe(200);
      expect((await as('one', 'DELETE', path)).status).toBe(200);
    }
    for (const path of ['', '/dead-letters'])
      expect((await as('one', 'GET', `/webhooks/none${path}`)).status).toBe(404);
    expect((await as('one', 'GET', '/webhooks')).body.webhooks).toEqual([]);
  });
});

describe('the command that writes clients', () => {
  it('says where the name of the table is found, where there is no such table', async () => {
    const place = { ...registry(), table: 'nowhere' };
    await expect(writeClient(place, { subject: 's', role: 'reader', name: 's' })).rejects.toThrow(
      'There is no table "nowhere" in this region. Its name is the output RegistryTableName',
    );
  });
});
