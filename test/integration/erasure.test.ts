import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { erasureStore } from '../../functions/adapters/erasures.ts';
import { dayOf } from '../../functions/core/base/days.ts';
import { DAY, epochMillis } from '../../functions/core/base/time.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { changeAccount, openTables } from '../support/tables.ts';

/* The data of buyers, in all tables of the whole product: erased on request, and because of their age. */

interface Order {
  readonly orderId: string;
  readonly buyer: { readonly id: string; readonly login: string; readonly email: string };
  readonly shipmentAddress?: { readonly street: string; readonly fullName: string };
  readonly erasedAt?: string;
  readonly revision: number;
}

let klamka: Klamka;
let accountId: string;
const of = (path: string) => `/accounts/${accountId}${path}`;

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await klamka.api(method, path, body);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

async function orders(): Promise<Order[]> {
  return (await call('GET', of('/orders?limit=100'))).orders as Order[];
}

/** The tables in whose items a text stands. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = openTables(klamka.world.stack);
  const names = [
    'Accounts',
    'Registry',
    'Logins',
    'Orders',
    'Feed',
    'Journal',
    'Offers',
    'Sending',
    'Consumers',
    'Audit',
  ];
  const found: string[] = [];
  for (const name of names) {
    const TableName = klamka.world.stack.resource(`${name}Table`).name;
    const { Items } = await tables.send(new ScanCommand({ TableName }));
    if (JSON.stringify(Items).includes(text)) found.push(name);
  }
  tables.destroy();
  return found;
}

/** Has every reader of orders read this one again: overlap, check, import and repair. */
async function readAgain(orderId: string): Promise<void> {
  await changeAccount(klamka.world.stack, accountId, { hourlyOverlapAtMillis: 1, dailyOverlapAtMillis: 1 });
  await call('POST', of('/completeness'));
  await klamka.settle();
  const today = dayOf(epochMillis(Date.now()), 'Europe/Warsaw');
  await call('POST', of('/imports'), { from: today, to: today });
  await klamka.settle();
  await call('POST', of(`/orders/${orderId}/repair`));
  await call('POST', of('/orders/resend'), { ids: [orderId] });
  await klamka.settle();
}

beforeAll(async () => {
  klamka = await startKlamka({ seed: 71, environment: { BUYERS_DATA_DAYS: '30' } });
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  const added = await call('POST', '/accounts', { marketplace: 'allegro', ...seller, integrationKeyId });
  accountId = String(added.accountId);
  await klamka.settle();
  await klamka.sim('POST', '/buyers', { orders: 25, pace: 'at-once' });
  await klamka.settle();
}, 120_000);
afterAll(() => klamka.close());

it('a buyer who is erased stands in no table any more, whoever reads the orders again', {
  timeout: 120_000,
}, async () => {
  const before = (await orders()).find(({ shipmentAddress }) => shipmentAddress !== undefined);
  if (before === undefined) throw new Error('no order has an address');
  const { orderId, buyer } = before;
  const others = (await orders()).filter((one) => one.buyer.id !== buyer.id);
  const { login, email } = buyer;
  for (const text of [login, email]) expect(await tablesWith(text)).toEqual(['Orders']);
  await call('POST', of('/buyers/erase'), { orderId });
  await klamka.settle();
  expect(await tablesWith('erasure')).toEqual([]);
  const erased = (await call('GET', of(`/orders/${orderId}`))) as unknown as Order;
  expect(erased).toMatchObject({ buyer: { id: '', login: '', email: '' }, erasedAt: expect.any(String) });
  expect(erased.shipmentAddress).toBeUndefined();
  expect(erased.revision).toBeGreaterThan(before.revision);
  await readAgain(orderId);
  for (const text of [login, email]) expect([text, await tablesWith(text)]).toEqual([text, []]);
  expect((await orders()).filter(({ erasedAt }) => erasedAt === undefined).map((one) => one.buyer)).toEqual(
    others.map((one) => one.buyer),
  );
  const again = await klamka.api('POST', of('/buyers/erase'), { orderId });
  expect([again.status, JSON.stringify(again.body)]).toEqual([
    409,
    expect.stringContaining('erased already'),
  ]);
  const { entries } = await call('GET', `/audit?account=${accountId}`);
  expect(JSON.stringify(entries)).toContain('buyers.erase');
});

it('a buyer is named by id too, and by one of the two only', async () => {
  const [order] = (await orders()).filter(({ erasedAt }) => erasedAt === undefined);
  const buyerId = order?.buyer.id ?? '';
  for (const body of [{}, { buyerId, orderId: order?.orderId }, { buyerId: '' }])
    expect((await klamka.api('POST', of('/buyers/erase'), body)).status).toBe(400);
  expect((await klamka.api('POST', of('/buyers/erase'), { orderId: 'order:1' })).status).toBe(404);
  await call('POST', of('/buyers/erase'), { buyerId });
  await klamka.settle();
  expect((await orders()).filter((one) => one.buyer.id === buyerId)).toEqual([]);
});

it('a buyer whose message was lost is erased all the same, also where the account is paused', async () => {
  const registry = klamka.world.stack.resource('RegistryTable').name;
  const [order] = (await orders()).filter(({ erasedAt }) => erasedAt === undefined);
  if (order === undefined) throw new Error('all orders are erased');
  const buyerId = order.buyer.id;
  await call('POST', of('/pause'));
  await klamka.settle();
  const tables = openTables(klamka.world.stack);
  const againAtMillis = epochMillis(Date.now());
  // The request as the API has stored it an hour ago.
  await erasureStore({ dynamo: tables, table: registry }).put(accountId, {
    requestId: 'r1',
    buyerId,
    againAtMillis,
  });
  expect(await tablesWith('erasure')).toEqual(['Registry']);
  await klamka.settle();
  expect((await orders()).filter((one) => one.buyer.id === buyerId)).toEqual([]);
  expect(await tablesWith('erasure')).toEqual([]);
  tables.destroy();
  await call('POST', of('/resume'));
  await klamka.settle();
});

it('data that are older than the setting are erased, and the account is looked at again when others are due', async () => {
  const tables = openTables(klamka.world.stack);
  const [old, ...young] = (await orders()).filter(({ erasedAt }) => erasedAt === undefined);
  if (old === undefined) throw new Error('all orders are erased');
  await call('GET', of(`/orders/${old.orderId}`));
  const longAgo = Date.now() - 31 * DAY;
  const change = (table: string, Key: object, UpdateExpression: string) =>
    tables.send(
      new UpdateCommand({
        TableName: klamka.world.stack.resource(table).name,
        Key,
        UpdateExpression,
        ExpressionAttributeValues: { ':old': longAgo },
      }),
    );
  await change('OrdersTable', { accountId, orderId: old.orderId }, 'SET changedAtMillis = :old');
  const { Items: pages = [] } = await tables.send(
    new ScanCommand({ TableName: klamka.world.stack.resource('FeedTable').name }),
  );
  // All entries up to the last of the old order are as old as the order.
  for (const page of pages)
    for (const place of (page.entries as unknown[]).keys())
      await change('FeedTable', { accountId, number: page.number }, `SET entries[${place}].atMillis = :old`);
  tables.destroy();
  await changeAccount(klamka.world.stack, accountId, { retentionSinceMillis: longAgo });
  await klamka.settle();
  const left = (await orders()).filter(({ erasedAt }) => erasedAt === undefined);
  expect(left.map(({ orderId }) => orderId)).toEqual(young.map(({ orderId }) => orderId));
  const said = klamka.said.length;
  await klamka.settle();
  expect(klamka.said.slice(said).join('\n')).not.toContain('"why":"retention"');
});
