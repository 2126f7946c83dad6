import { BatchWriteCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCounter } from '../../functions/adapters/limits.ts';
import { Secret } from '../../functions/core/base/secret.ts';
import type { SaleEvent } from '../../functions/core/marketplace/journal.ts';
import { MARKETPLACE_PRESETS } from '../../functions/webapi/presets.ts';
import { type Klamka, type Seller, startKlamka } from '../support/klamka.ts';
import { batchOf } from '../support/reads.ts';
import { amount } from '../support/runs.ts';
import {
  isDrawOfCalls,
  type StoreProxy,
  type StoreRequest,
  startStoreProxy,
  WRITES,
} from '../support/store-proxy.ts';
import { openTables } from '../support/tables.ts';
import { createWebapi, logInTo } from '../support/webapi.ts';

const JOURNAL = 'doGetSiteJournalDeals';
const SALES = 'doGetPostBuyFormsDataForSellers';

let klamka: Klamka;
let store: StoreProxy;
let vault: StoreProxy;
let accountId: string;
let seller: Seller;

beforeAll(async () => {
  store = await startStoreProxy();
  vault = await startStoreProxy();
  klamka = await startKlamka({
    seed: 31,
    environment: { AWS_ENDPOINT_URL_DYNAMODB: store.url, AWS_ENDPOINT_URL_SECRETS_MANAGER: vault.url },
  });
  store.target = klamka.world.stack.endpoints.dynamodb;
  vault.target = klamka.world.stack.endpoints.secretsManager;
  const integrationKeyId = await klamka.registerKey();
  seller = await klamka.seller();
  const { body } = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    ...seller,
    integrationKeyId,
  });
  accountId = String(body.accountId);
  // Runs three times, so that the periodic tasks of a new account are done and not counted.
  for (let run = 0; run < 3; run += 1) await klamka.settle();
});
afterAll(async () => {
  await klamka.close();
  await store.close();
  await vault.close();
});

const callsMade = async (): Promise<Record<string, number>> =>
  ((await klamka.sim('GET', '/stats')) as { calls: Record<string, number> }).calls;

interface Cost {
  /** Number of WebAPI calls by operation. */
  readonly calls: Record<string, number>;
  readonly requests: readonly StoreRequest[];
  readonly secretReads: number;
}

/** The cost of a tick: `plan`, `notify`, and the run that follows. */
async function costOfRun(): Promise<Cost> {
  const before = await callsMade();
  store.reset();
  vault.reset();
  await klamka.settle();
  const requests = [...store.requests];
  const after = await callsMade();
  const calls = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return {
    calls: Object.fromEntries(calls.filter(([, count]) => count > 0)),
    requests: requests.filter((one) => !isLookOfAll(one) && !isDrawOfCalls(one)),
    secretReads: vault.operations.length,
  };
}

/**
 * Whether a request looks for all accounts at once, in a sparse index or the registry, as `plan` and `notify`
 * do.
 */
const isLookOfAll = ({ operation, index, table }: StoreRequest): boolean =>
  operation === 'Query' && (index !== undefined || table === nameOf('RegistryTable'));

const nameOf = (logicalId: string): string => klamka.world.stack.resource(logicalId).name;

const requestsTo = ({ requests }: Cost, logicalId: string, operation: string): number =>
  requests.filter((one) => one.operation === operation && one.table === nameOf(logicalId)).length;

/** Write units in a table, of an operation or of all. */
const unitsIn = ({ requests }: Cost, logicalId: string, operation?: string): number =>
  requests
    .filter((one) => operation === undefined || one.operation === operation)
    .reduce((sum, { writeUnits }) => sum + (writeUnits[nameOf(logicalId)] ?? 0), 0);

interface TrueOrder {
  readonly orderId: string;
  readonly buyer: { readonly id: string };
  readonly lines: readonly {
    readonly offerId: string;
    readonly purchases: readonly { readonly purchaseId: string }[];
  }[];
}

const trueOrders = async (): Promise<TrueOrder[]> =>
  ((await klamka.sim('GET', `/orders?seller=${seller.login}`)) as { orders: TrueOrder[] }).orders;

/**
 * The journal after an event, its sales, and how many of these name surcharges, read in a session of its own
 * without Klamka.
 */
async function readPast(
  cursor: string,
): Promise<{ events: SaleEvent[]; saleIds: string[]; surcharged: number }> {
  const endpoint = `${klamka.world.simulator.url}/service.php`;
  const webapi = createWebapi({ ...MARKETPLACE_PRESETS.allegro, endpoint, namespace: 'urn:SandboxWebApi' });
  const options = { timeoutMillis: 5_000 };
  const integrationKey = new Secret([...klamka.secrets].find((secret) => secret.endsWith('test')) ?? '');
  const applicationPassword = new Secret(seller.applicationPassword);
  const login = { login: seller.login, applicationPassword, integrationKey };
  const { session } = await logInTo(webapi, login, options);
  const events: SaleEvent[] = [];
  for (;;) {
    const { events: page } = await webapi.sales.page(session, events.at(-1)?.id ?? cursor, options);
    events.push(...page);
    if (page.length === 0) break;
  }
  const saleIds = [...new Set(events.flatMap(({ saleId }) => saleId ?? []))];
  let surcharged = 0;
  for (let start = 0; start < saleIds.length; start += 25) {
    const { sales } = await batchOf(webapi.sales.read(session, saleIds.slice(start, start + 25), options));
    surcharged += sales.filter(({ surchargeIds }) => surchargeIds.length > 0).length;
  }
  return { events, saleIds, surcharged };
}

const cursorNow = async (): Promise<string> =>
  String((await klamka.api('GET', `/accounts/${accountId}/sync`)).body.cursor);

/** Lets buyers make orders, and counts the events and sales to be read. */
async function makeNews(orders: number) {
  const cursor = await cursorNow();
  await klamka.sim('POST', '/buyers', { orders, pace: 'at-once' });
  const { events, saleIds, surcharged } = await readPast(cursor);
  const touched = new Set(
    events.flatMap((event) => event.purchases.map(({ purchaseId }) => `purchase:${purchaseId}`)),
  );
  const open = (await trueOrders()).filter(({ orderId }) => touched.has(orderId));
  const purchases = open.map(({ buyer, lines }) => ({ buyerId: buyer.id, offerId: lines[0]?.offerId ?? '' }));
  return {
    events: events.length,
    sales: saleIds.length,
    surcharged,
    pairs: new Set(purchases.map(({ offerId, buyerId }) => `${offerId}/${buyerId}`)).size,
    offers: new Set(purchases.map(({ offerId }) => offerId)).size,
  };
}

/** Copies stored rows, with their feed entries, until the table holds so many. */
async function fillUpTo(rows: number): Promise<void> {
  const tables = openTables(klamka.world.stack);
  const itemsOf = async (logicalId: string): Promise<Record<string, unknown>[]> => {
    const query = {
      TableName: nameOf(logicalId),
      KeyConditionExpression: 'accountId = :accountId',
      ExpressionAttributeValues: { ':accountId': accountId },
    };
    return (await tables.send(new QueryCommand(query))).Items ?? [];
  };
  const [known, entries] = [await itemsOf('OrdersTable'), await itemsOf('FeedTable')];
  const shown = known.filter(({ content }) => content !== undefined);
  const copies = Array.from({ length: rows - known.length }, (_, index) => ({
    row: { ...shown[index % shown.length], orderId: `order:9${String(index).padStart(9, '0')}` },
    number: entries.length + index + 1,
  }));
  for (let start = 0; start < copies.length; start += 12) {
    const batch = copies.slice(start, start + 12);
    const put = (Item: Record<string, unknown>) => ({ PutRequest: { Item } });
    const entry = ({ row, number }: (typeof copies)[number]) =>
      put({ ...entries[number % entries.length], number, orderId: row.orderId });
    await tables.send(
      new BatchWriteCommand({
        RequestItems: {
          [nameOf('OrdersTable')]: batch.map(({ row }) => put(row)),
          [nameOf('FeedTable')]: batch.map(entry),
        },
      }),
    );
  }
  tables.destroy();
}

describe.each([10, amount(300, 1_000)])('with %i orders stored', (stored) => {
  beforeAll(async () => {
    if (stored === 10) {
      await klamka.sim('POST', '/buyers', { orders: stored, pace: 'at-once' });
      await klamka.settle();
    } else await fillUpTo(stored);
  });

  it('an idle run costs one call, no login, no secret, and four requests of which three write', async () => {
    const { calls, requests, secretReads } = await costOfRun();
    const operations = requests.map(({ operation }) => operation);
    expect({ calls, secretReads }).toEqual({ calls: { [JOURNAL]: 1 }, secretReads: 0 });
    expect(operations.length, operations.join()).toBeLessThanOrEqual(4);
    expect(operations.filter((operation) => WRITES.has(operation)).length).toBeLessThanOrEqual(3);
  });

  it('news cost a call per 100 events, per 25 sales, per purchase without a sale, and per 25 of their offers', async () => {
    const { events, sales, surcharged, pairs, offers } = await makeNews(60);
    const cost = await costOfRun();
    const batches = Math.ceil(sales / 25);
    // A batch with surcharges needs another call to read those.
    const surchargeBatches = (cost.calls[SALES] ?? 0) - batches;
    expect(surchargeBatches).toBeGreaterThanOrEqual(0);
    expect(surchargeBatches).toBeLessThanOrEqual(Math.min(surcharged, batches));
    expect(cost.calls).toEqual({
      // The last call finds nothing more: a page that is not full need not be the last.
      [JOURNAL]: Math.ceil(events / 100) + 1,
      [SALES]: batches + surchargeBatches,
      doGetDeals: pairs,
      doGetPostBuyData: Math.ceil(offers / 25),
    });
    expect(Math.min(pairs, offers, sales - 25, events - 100)).toBeGreaterThan(0);
    expect(cost.secretReads).toBe(0);
    // A row is written once, and told with up to a hundred others. Orders and feed have no index.
    const rows = unitsIn(cost, 'OrdersTable', 'PutItem');
    expect(unitsIn(cost, 'OrdersTable')).toBe(rows);
    expect(requestsTo(cost, 'OrdersTable', 'PutItem')).toBeLessThanOrEqual(events);
    expect(unitsIn(cost, 'FeedTable')).toBeLessThanOrEqual(rows / 4);
    // Writes of the run itself, once per hundred events or batch of rows.
    const hundreds = Math.ceil(events / 100);
    expect(requestsTo(cost, 'FeedTable', 'PutItem')).toBeLessThanOrEqual(1 + hundreds);
    expect(requestsTo(cost, 'AccountsTable', 'UpdateItem')).toBeLessThanOrEqual(4 + hundreds);
    expect(requestsTo(cost, 'JournalTable', 'PutItem')).toBeLessThanOrEqual(1 + hundreds);
  });

  it('reading the journal again costs a call and a request per page', async () => {
    const tables = openTables(klamka.world.stack);
    const key = { TableName: nameOf('AccountsTable'), Key: { accountId } };
    const { Attributes } = await tables.send(
      new UpdateCommand({
        ...key,
        UpdateExpression: 'SET hourlyOverlapAtMillis = :long',
        ExpressionAttributeValues: { ':long': 1 },
        ReturnValues: 'ALL_NEW',
      }),
    );
    tables.destroy();
    const pages = Math.ceil((await readPast(String(Attributes?.firstCursor))).events.length / 100);
    const cost = await costOfRun();
    expect(cost.calls).toEqual({ [JOURNAL]: 1 + pages });
    expect(requestsTo(cost, 'JournalTable', 'Query')).toBe(pages);
    expect(cost.requests.length).toBeLessThanOrEqual(4 + pages);
  });
});

describe('the counter of calls', () => {
  it('hands out a minute once, to the first worker that asks, in one item per key', async () => {
    const tables = openTables(klamka.world.stack);
    const workers = Array.from({ length: 6 }, () =>
      callCounter({ dynamo: tables, table: nameOf('RegistryTable') }),
    );
    const round = async (minute: number): Promise<number> => {
      const asked = workers.map((worker) => worker.take('k', { minute, calls: 100, most: 450 }));
      return (await Promise.all(asked)).filter(Boolean).length;
    };
    expect([await round(7), await round(7), await round(8), await round(7)]).toEqual([4, 0, 4, 0]);
    tables.destroy();
  });
});
