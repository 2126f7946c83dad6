import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LOOK } from '../../functions/adapters/sending-items.ts';
import { shardOf } from '../../functions/adapters/shards.ts';
import { MINUTE } from '../../functions/core/base/time.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { type StoreProxy, type StoreRequest, startStoreProxy, WRITES } from '../support/store-proxy.ts';
import { LOCAL } from '../support/tables.ts';
import type { Figure } from './report.ts';
import { environmentOf } from './work-environment.ts';

const ALL = [1_000, 100_000];
const SHARE_DUE = 0.01;
/** Size of an account item as runs leave it. */
const PADDING = 'x'.repeat(1_500);
const PLAN_ONCE = join(import.meta.dirname, 'plan-once.ts');
const execute = promisify(execFile);

/** Tables that `plan` reads, by their names in the template. */
const TABLES = ['AccountsTable', 'SendingTable', 'RegistryTable'] as const;

interface Cost {
  readonly messages: number;
  /** Requests by table, and read units of all: eventually consistent, half a unit for 4 kB. */
  readonly reads: Readonly<Record<string, number>>;
  readonly readUnits: number;
  /** Moves of due times, one for each message of a run. */
  readonly writes: number;
  readonly seconds: number;
}

interface Row extends Cost {
  readonly accounts: number;
  readonly due: number;
}

/**
 * Reads of the function `plan` with many accounts stored, of which a share is due for a run and has changes to send
 * (its erasures and retention find nothing): they grow with the due ones only. Its messages go to queues that nobody
 * reads, because no account here has a seller.
 */
export async function benchPlan(): Promise<Figure[]> {
  const klamka = await startKlamka({ seed: 6 });
  const store = await startStoreProxy();
  store.target = klamka.world.stack.endpoints.dynamodb;
  try {
    const environment = {
      ...(await environmentOf(klamka, 'PlanLambdaFunction')),
      AWS_ENDPOINT_URL_DYNAMODB: store.url,
      WORK_QUEUE_URL: klamka.world.stack.resource('WorkDeadLetterQueue').url ?? '',
      SEND_QUEUE_URL: klamka.world.stack.resource('SendDeadLetterQueue').url ?? '',
    };
    const rows = await measureAll(klamka, { store, environment });
    console.log(
      'plan (runs, senders, erasures, retention) with many accounts, of which one in a hundred is due',
    );
    console.table(
      rows.map(({ seconds, reads, ...row }) => ({
        ...row,
        ...Object.fromEntries(TABLES.map((table) => [`reads of ${table}`, reads[table] ?? 0])),
        seconds: seconds.toFixed(2),
      })),
    );
    return rows.flatMap(({ accounts, due, reads, readUnits, writes }): Figure[] => {
      const name = (what: string) => `plan, ${accounts} accounts, ${due} due: ${what}`;
      const all = Object.values(reads).reduce((sum, count) => sum + count, 0);
      return [
        { name: name('reads'), value: all, better: 'less' },
        ...TABLES.map((table) => ({
          name: name(`reads of ${table}`),
          value: reads[table] ?? 0,
          better: 'less' as const,
        })),
        { name: name('read units'), value: readUnits, better: 'less' },
        { name: name('writes'), value: writes, better: 'less' },
      ];
    });
  } finally {
    await klamka.close();
    await store.close();
  }
}

async function measureAll(klamka: Klamka, plan: Plan): Promise<Row[]> {
  const client = new DynamoDBClient({ endpoint: klamka.world.stack.endpoints.dynamodb, ...LOCAL });
  try {
    const dynamo = DynamoDBDocumentClient.from(client);
    const run = () => costOf(klamka, plan);
    const put = (table: string, items: readonly object[]) =>
      putAll(dynamo, klamka.world.stack.resource(table).name, items);
    const setDue = async (due: number, atMillis: number) => {
      await put(
        'AccountsTable',
        between(0, due, (number) => account(number, atMillis)),
      );
      await put(
        'SendingTable',
        between(0, due, (number) => mark(number, atMillis)),
      );
    };
    const rows: Row[] = [];
    let stored = 0;
    for (const accounts of ALL) {
      const due = accounts * SHARE_DUE;
      await put(
        'AccountsTable',
        between(stored, accounts, (number) => account(number, LATER)),
      );
      stored = accounts;
      rows.push({ accounts, due: 0, ...(await run()) });
      await setDue(due, Date.now() - MINUTE);
      rows.push({ accounts, due, ...(await run()) });
      // The due ones get their next time, as runs and senders would give it.
      await setDue(due, LATER);
    }
    return rows;
  } finally {
    client.destroy();
  }
}

const LATER = Date.now() + 60 * MINUTE;
const idOf = (number: number): string => number.toString(16).padStart(20, '0');

const account = (number: number, dueAtMillis: number) => {
  const accountId = idOf(number);
  const dueShard = shardOf(accountId);
  return { accountId, revision: 1, phase: 'active', dueShard, dueAtMillis, padding: PADDING };
};

/** The mark of a feed that has changes to send. */
const mark = (number: number, dueAtMillis: number) => {
  const owner = idOf(number);
  return { owner, entryKey: LOOK, dueShard: shardOf(owner), dueAtMillis };
};

const between = <Item>(from: number, to: number, item: (number: number) => Item): Item[] =>
  Array.from({ length: to - from }, (_, index) => item(from + index));

async function putAll(
  dynamo: DynamoDBDocumentClient,
  table: string,
  items: readonly object[],
): Promise<void> {
  for (let start = 0; start < items.length; start += 200) {
    const batches = Array.from({ length: 8 }, (_, batch) =>
      items.slice(start + batch * 25, start + batch * 25 + 25).map((Item) => ({ PutRequest: { Item } })),
    );
    await Promise.all(
      batches
        .filter((batch) => batch.length > 0)
        .map((batch) => dynamo.send(new BatchWriteCommand({ RequestItems: { [table]: batch } }))),
    );
  }
}

/** The function's environment, and the proxy between it and the store. */
interface Plan {
  readonly store: StoreProxy;
  readonly environment: Readonly<Record<string, string>>;
}

/** Counts only; throws for a request to a table that the bench does not name. */
async function costOf({ world: { stack } }: Klamka, { store, environment }: Plan): Promise<Cost> {
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, ...LOCAL });
  const waiting = async (queue: string): Promise<number> => {
    const QueueUrl = stack.resource(queue).url;
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return Number(Attributes?.ApproximateNumberOfMessages);
  };
  const messages = async () =>
    (await waiting('WorkDeadLetterQueue')) + (await waiting('SendDeadLetterQueue'));
  const before = await messages();
  store.reset();
  // In a process of its own, because one has one client of the store and reads its settings once.
  const { stdout } = await execute(process.execPath, [PLAN_ONCE], { env: { ...environment } });
  const seconds = Number(stdout.trim().split('\n').at(-1));
  const isWrite = ({ operation }: StoreRequest) => WRITES.has(operation);
  const queries = store.requests.filter((one) => !isWrite(one));
  const names = new Map(TABLES.map((table) => [stack.resource(table).name, table]));
  const reads = Object.fromEntries(TABLES.map((table) => [table, 0]));
  for (const { table = '', operation } of queries) {
    const known = names.get(table);
    if (known === undefined)
      throw new Error(`plan made a ${operation} of ${table}, which the bench does not know`);
    reads[known] = (reads[known] ?? 0) + 1;
  }
  const units = queries.flatMap(({ readUnits }) => Object.values(readUnits));
  const sent = (await messages()) - before;
  sqs.destroy();
  return {
    messages: sent,
    reads,
    readUnits: units.reduce((sum, one) => sum + one, 0),
    writes: store.requests.length - queries.length,
    seconds,
  };
}
