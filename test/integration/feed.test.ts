import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePositions } from '../../functions/core/feed/positions.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { openTables } from '../support/tables.ts';

interface Order {
  readonly orderId: string;
  readonly revision: number;
  readonly state: string;
  readonly changedAt: string;
  readonly heldBy?: readonly string[];
}

interface Change {
  readonly accountId: string;
  readonly number: number;
  readonly orderId: string;
  readonly order: Order;
}

interface Page {
  readonly changes: readonly Change[];
  readonly position: string;
  readonly more: boolean;
}

let klamka: Klamka;
let accounts: string[];
let first: string;

beforeAll(async () => {
  klamka = await startKlamka({ seed: 5 });
  const integrationKeyId = await klamka.registerKey();
  const add = async (login: string) => {
    const seller = await klamka.seller({ login });
    const account = { marketplace: 'allegro', ...seller, integrationKeyId };
    return String((await klamka.api('POST', '/accounts', account)).body.accountId);
  };
  accounts = [await add('sklep_a'), await add('sklep_b')];
  first = accounts[0] ?? '';
  await klamka.settle();
  // Runs during the buyers' lives, so that purchases become orders before their sales are filled.
  await klamka.sim('POST', '/buyers', { orders: 40, pace: 'live', stepsPerSecond: 60 });
  for (let look = 0; look < 6; look += 1) {
    await setTimeout(150);
    await klamka.settle();
  }
  await klamka.sim('POST', '/buyers/finish');
  await klamka.settle();
});
afterAll(() => klamka.close());

async function get(path: string): Promise<Page> {
  const { status, body } = await klamka.api('GET', path);
  expect(status).toBe(200);
  return body as unknown as Page;
}

/** Reads all pages from a position to the end. */
async function follow(path: string, { limit = 100, after = '' } = {}): Promise<Page & { pages: number }> {
  const changes: Change[] = [];
  let position = after;
  for (let pages = 1; ; pages += 1) {
    const page = await get(`${path}?limit=${limit}${position === '' ? '' : `&after=${position}`}`);
    changes.push(...page.changes);
    position = page.position;
    if (page.changes.length === 0) return { changes, position, more: page.more, pages };
  }
}

const end = async (path: string): Promise<string> => (await follow(path)).position;
const numbers = (changes: readonly Change[]) => changes.map(({ number }) => number);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** An order as the API shows it; the worker that wrote it is another process. */
const shownOrder = async (accountId: string, orderId: string) =>
  (await klamka.api('GET', `/accounts/${accountId}/orders/${orderId}`)).body;

describe('the feed of one account', () => {
  it('is the same in small pages and large ones, numbered from 1 without a hole', async () => {
    const large = await follow(`/accounts/${first}/changes`);
    expect(large.changes.length).toBeGreaterThan(20);
    expect(numbers(large.changes)).toEqual(upTo(large.changes.length));
    expect(large.more).toBe(false);
    const small = await follow(`/accounts/${first}/changes`, { limit: 7 });
    expect(small).toMatchObject({ changes: large.changes, position: large.position });
    expect(small.pages).toBeGreaterThan(3);
  });

  it('holds whole orders as they stand, and says of replaced ones which sale holds them', async () => {
    const { changes } = await follow(`/accounts/${first}/changes`);
    const open = changes.find(({ order }) => order.state !== 'replaced');
    expect(await shownOrder(first, String(open?.orderId))).toEqual(open?.order);
    const joined = changes.find(({ order }) => order.state === 'replaced');
    expect(joined?.order.heldBy).toEqual([expect.stringMatching(/^order:\d+$/)]);
    const holder = await shownOrder(first, String(joined?.order.heldBy?.[0]));
    expect(holder.replaces).toContain(joined?.orderId.replace('purchase:', ''));
    expect(await shownOrder(first, String(joined?.orderId))).toEqual(joined?.order);
  });

  it('wakes a reader that waits when something happens, and lets it go when nothing does', async () => {
    const after = await end(`/accounts/${first}/changes`);
    const started = Date.now();
    const nothing = await get(`/accounts/${first}/changes?after=${after}&wait=1`);
    expect(nothing).toEqual({ changes: [], position: after, more: false });
    expect(Date.now() - started).toBeGreaterThan(900);
    const waiting = get(`/accounts/${first}/changes?after=${after}&wait=20`);
    await setTimeout(300);
    await resend(first, { ids: [(await get(`/accounts/${first}/changes?limit=1`)).changes[0]?.orderId] });
    expect((await waiting).changes).toHaveLength(1);
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});

describe('the feed of all accounts', () => {
  it('gives the entries of each account once and in order, with one position', async () => {
    const { changes, position } = await follow('/changes', { limit: 9 });
    for (const accountId of accounts) {
      const own = changes.filter((change) => change.accountId === accountId);
      expect(own).toEqual((await follow(`/accounts/${accountId}/changes`)).changes);
      expect((await get(`/accounts/${accountId}/changes?after=${position}`)).changes).toEqual([]);
    }
    // The account that was left out of the first answer has its turn in the second.
    expect(new Set(changes.slice(0, 18).map(({ accountId }) => accountId)).size).toBe(2);
  });

  it('refuses a position that an account lacks when that account has its turn', async () => {
    let position = encodePositions(new Map([[first, { number: 9_999 }]]));
    let answer = await klamka.api('GET', `/changes?after=${position}`);
    for (let page = 0; page < 20 && answer.status === 200; page += 1) {
      position = String(answer.body.position);
      answer = await klamka.api('GET', `/changes?after=${position}`);
    }
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ accountId: first, fields: [{ field: 'after' }] });
  });

  it('wakes for any account', async () => {
    const after = await end('/changes');
    const waiting = get(`/changes?after=${after}&wait=20`);
    const second = accounts[1] ?? '';
    const { orderId } = (await get(`/accounts/${second}/changes?limit=1`)).changes[0] ?? {};
    await resend(second, { ids: [orderId] });
    expect((await waiting).changes).toMatchObject([{ accountId: second, orderId }]);
  });
});

describe('consumers', () => {
  const path = () => `/accounts/${first}/consumers`;
  const acknowledge = async (position: string | null, reset?: boolean) =>
    await klamka.api('PUT', `${path()}/erp-1/position`, { position, ...(reset !== undefined && { reset }) });

  it('acknowledge positions and show how far behind they are', async () => {
    const { position, changes } = await get(`/accounts/${first}/changes?limit=5`);
    const all = (await follow(`/accounts/${first}/changes`)).changes.length;
    const { status, body } = await acknowledge(position);
    expect(status).toBe(200);
    expect(body).toEqual({
      name: 'erp-1',
      position,
      number: 5,
      lag: all - 5,
      acknowledgedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect((await klamka.api('GET', `${path()}/erp-1`)).body).toEqual(body);
    const next = await get(`/accounts/${first}/changes?after=${body.position}&limit=1`);
    expect(numbers(next.changes)).toEqual([(changes.at(-1)?.number ?? 0) + 1]);
    expect((await acknowledge(await end('/changes'))).body).toMatchObject({ number: all, lag: 0 });
  });

  it('go back only when told to', async () => {
    const { position } = await get(`/accounts/${first}/changes?limit=2`);
    const before = (await klamka.api('GET', `${path()}/erp-1`)).body;
    expect(await acknowledge(position)).toEqual({ status: 200, body: before });
    expect((await acknowledge(position, true)).body).toMatchObject({ number: 2 });
    expect((await acknowledge(null, true)).body).toMatchObject({ number: 0 });
  });

  it('are listed in pages', async () => {
    await klamka.api('PUT', `${path()}/bi/position`, { position: null });
    const page = (await klamka.api('GET', `${path()}?limit=1`)).body;
    expect(page).toMatchObject({ consumers: [{ name: 'bi' }], cursor: expect.any(String) });
    const rest = (await klamka.api('GET', `${path()}?cursor=${page.cursor}`)).body;
    expect(rest).toMatchObject({ consumers: [{ name: 'erp-1', lag: expect.any(Number) }], cursor: null });
  });
});

/** Asks for orders to be sent again, and waits until the worker has done so. */
const resend = async (accountId: string, body: unknown) => {
  const answer = await klamka.api('POST', `/accounts/${accountId}/orders/resend`, body);
  expect(answer.status).toBe(202);
  while (!klamka.world.stack.queueIdle()) await setTimeout(10);
  return answer.body;
};

describe('sending again', () => {
  it('appends the named orders at the revision that they have', async () => {
    const after = await end(`/accounts/${first}/changes`);
    const before = (await follow(`/accounts/${first}/changes`)).changes;
    const ids = [...new Set(before.map(({ orderId }) => orderId))].slice(0, 3);
    expect(await resend(first, { ids: [...ids, 'order:1'] })).toEqual({
      resent: 3,
      unknown: ['order:1'],
      cursor: null,
    });
    const { changes } = await follow(`/accounts/${first}/changes`, { after });
    expect(changes.map(({ orderId }) => orderId)).toEqual(ids);
    expect(numbers(changes)).toEqual([1, 2, 3].map((more) => before.length + more));
    const known = new Map(before.map(({ order }) => [order.orderId, order]));
    for (const { order } of changes) expect(order).toEqual(known.get(order.orderId));
  });

  it('appends what changed in a window', async () => {
    const after = await end(`/accounts/${first}/changes`);
    const { changes } = await follow(`/accounts/${first}/changes`);
    const orders = [...new Map(changes.map(({ order }) => [order.orderId, order])).values()];
    const times = orders.map(({ changedAt }) => changedAt).sort();
    const from = times[0] ?? '';
    // Orders of one batch bear the same time.
    const later = times.find((time, place) => time > from && place >= times.length / 2);
    const to = later ?? new Date(Date.parse(from) + 1).toISOString();
    const expected = orders.filter(({ changedAt }) => changedAt >= from && changedAt < to);
    expect(expected.length).toBeGreaterThan(0);
    expect(await resend(first, { from, to })).toEqual({
      resent: expected.length,
      unknown: [],
      cursor: null,
    });
    const again = (await follow(`/accounts/${first}/changes`, { after })).changes;
    const ids = (list: readonly { orderId: string }[]) => list.map(({ orderId }) => orderId).sort();
    expect(ids(again)).toEqual(ids(expected));
  });
});

describe('bad input', () => {
  // `{a}` stands for the account, `{foreign}` and `{ahead}` for positions that its feed does not have.
  const cases: [string, string, unknown, string][] = [
    ['GET', '/changes?limit=101', undefined, 'limit'],
    ['GET', '/changes?wait=21', undefined, 'wait'],
    ['GET', '{a}/changes?after=nonsense', undefined, 'after'],
    ['GET', '{a}/changes?after={foreign}', undefined, 'after'],
    ['GET', '{a}/changes?after={ahead}', undefined, 'after'],
    ['GET', '{a}/changes?before=1', undefined, 'before'],
    ['GET', '{a}/consumers?cursor=', undefined, 'cursor'],
    ['GET', '{a}/consumers/ERP', undefined, 'name'],
    ['PUT', `{a}/consumers/${'x'.repeat(65)}/position`, { position: null }, 'name'],
    ['PUT', '{a}/consumers/erp/position', {}, 'position'],
    ['PUT', '{a}/consumers/erp/position', { position: 'nonsense' }, 'position'],
    ['PUT', '{a}/consumers/erp/position', { position: '{foreign}' }, 'position'],
    ['PUT', '{a}/consumers/erp/position', { position: '{ahead}' }, 'position'],
    ['POST', '{a}/orders/resend', {}, 'ids'],
    ['POST', '{a}/orders/resend', { ids: [] }, 'ids'],
    ['POST', '{a}/orders/resend', { ids: ['5'] }, 'ids.0'],
    ['POST', '{a}/orders/resend', { ids: ['order:5'], from: '2026-01-01T00:00:00Z' }, 'ids'],
    ['POST', '{a}/orders/resend', { from: 'today', to: '2026-01-01T00:00:00Z' }, 'from'],
    ['POST', '{a}/orders/resend', { from: '2026-01-02T00:00:00Z', to: '2026-01-02T01:00:00+01:00' }, 'to'],
    [
      'POST',
      '{a}/orders/resend',
      { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', cursor: 'bm8' },
      'cursor',
    ],
  ];

  it.each(cases)('%s %s %j is refused in both languages, naming %s', async (method, path, body, field) => {
    const filled = (text: string) =>
      text
        .replace('{a}', `/accounts/${first}`)
        .replace('{foreign}', encodePositions(new Map([['0123456789abcdef0123', { number: 300 }]])))
        .replace('{ahead}', encodePositions(new Map([[first, { number: 9_999 }]])));
    const given = body === undefined ? undefined : JSON.parse(filled(JSON.stringify(body)));
    const { status, body: problem } = await klamka.api(method, filled(path), given);
    expect(status).toBe(JSON.stringify([path, body]).includes('{ahead}') ? 409 : 400);
    expect(problem.fields).toMatchObject([
      { field, message: { pl: expect.any(String), en: expect.any(String) } },
    ]);
  });

  it('is not found where there is no such account or consumer', async () => {
    for (const path of [`/accounts/${randomUUID()}/changes`, `/accounts/${first}/consumers/nobody`])
      expect((await klamka.api('GET', path)).status).toBe(404);
  });
});

describe('removing an account', () => {
  it('removes its feed and consumers, and drops it from the position of all', async () => {
    const after = await end('/changes');
    await klamka.api('DELETE', `/accounts/${first}`);
    await klamka.settle();
    const page = await get(`/changes?after=${after}`);
    expect(page.changes).toEqual([]);
    expect(page.position.length).toBeLessThan(after.length);
    expect((await klamka.api('GET', `/accounts/${first}/changes`)).status).toBe(404);
    const tables = openTables(klamka.world.stack);
    const left = await tables.send(
      new ScanCommand({ TableName: klamka.world.stack.resource('ConsumersTable').name }),
    );
    expect(left.Items).toEqual([]);
    tables.destroy();
  });
});
