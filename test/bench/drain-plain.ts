import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { createClientAsync } from 'soap';

/**
 * The same calls as ours, by the `soap` package alone with a PutItem per order: forms, and purchases without
 * a form.
 */
interface Event {
  readonly dealEventId: string;
  readonly dealId: string;
  readonly dealTransactionId: string;
  readonly dealItemId: string;
  readonly dealBuyerId: string;
}

interface Sale {
  readonly postBuyFormId: string;
  readonly postBuyFormItems: unknown;
  readonly postBuyFormDateCancel: unknown;
  readonly postBuyFormPayStatus: unknown;
}

const [, , wsdl = '', handle = '', cursor = '', table = ''] = process.argv;
// From loaded modules, so that the making of the clients is in the time of both programs.
const start = performance.now();
const before = process.cpuUsage();
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  // The soap package turns some texts into dates.
  marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true },
});
const client = await createClientAsync(wsdl);
let orders = 0;

async function ask<T>(operation: string, request: object): Promise<T[]> {
  const [reply] = (await client[`${operation}Async`](request)) as [Record<string, { item?: T | T[] } | null>];
  const list = Object.values(reply ?? {})[0]?.item;
  return list === undefined ? [] : ([list].flat() as T[]);
}

async function put(orderId: string, content: unknown): Promise<void> {
  orders += 1;
  await dynamo.send(new PutCommand({ TableName: table, Item: { accountId: 'plain', orderId, content } }));
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += 25) yield items.slice(at, at + 25);
}

const isDead = (form: Sale): boolean =>
  /\d/.test(String(form.postBuyFormDateCancel ?? '')) || form.postBuyFormPayStatus === 'Odrzucona';

const heldBy = (form: Sale): string[] =>
  isDead(form)
    ? []
    : [...JSON.stringify(form.postBuyFormItems).matchAll(/"dealId":"?(\d+)/g)].map(([, id = '']) => id);

const held = new Set<string>();
const read = new Set<string>();
const waiting: Event[] = [];

async function readForms(ids: string[]): Promise<void> {
  for (const batch of chunks(ids)) {
    const request = { sessionId: handle, transactionsIdsArray: { item: batch } };
    for (const form of await ask<Sale>('doGetPostBuyFormsDataForSellers', request)) {
      for (const dealId of heldBy(form)) held.add(dealId);
      await put(`form:${form.postBuyFormId}`, form);
    }
  }
}

let sales: string[] = [];
for (let after = cursor, last = false; !last; ) {
  const page = await ask<Event>('doGetSiteJournalDeals', { sessionId: handle, journalStart: after });
  last = page.length < 100;
  after = String(page.at(-1)?.dealEventId ?? after);
  for (const event of page) {
    const saleId = String(event.dealTransactionId);
    if (saleId === '0') waiting.push(event);
    else if (!read.has(saleId)) {
      read.add(saleId);
      sales.push(saleId);
    }
  }
  const full = last ? sales.length : sales.length - (sales.length % 25);
  await readForms(sales.slice(0, full));
  sales = sales.slice(full);
}
const open = waiting.filter(({ dealId }) => !held.has(String(dealId)));
const pairs = Map.groupBy(open, ({ dealItemId, dealBuyerId }) => `${dealItemId}/${dealBuyerId}`);
for (const pair of pairs.keys()) {
  const [itemId, buyerId] = pair.split('/');
  await ask('doGetDeals', { sessionHandle: handle, itemId, buyerId });
}
for (const batch of chunks([...new Set(open.map(({ dealItemId }) => String(dealItemId)))]))
  await ask('doGetPostBuyData', { sessionHandle: handle, itemsArray: { item: batch } });
for (const event of open) await put(`deal:${event.dealId}`, event);
const seconds = (performance.now() - start) / 1_000;
const { user, system } = process.cpuUsage(before);
const processorSeconds = (user + system) / 1_000_000;
const megabytes = process.resourceUsage().maxRSS / 1_024;
console.log(JSON.stringify({ outcome: 'done', orders, seconds, processorSeconds, megabytes }));
process.exit();
