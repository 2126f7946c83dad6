import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dueIndex, shardOf } from '../../functions/adapters/shards.ts';
import { epochMillis, MINUTE } from '../../functions/core/base/time.ts';
import { plan } from '../../functions/core/run/plan.ts';
import { startKlamka } from '../support/klamka.ts';
import { LOCAL } from '../support/tables.ts';
import type { Figure } from './report.ts';

const ALL = [1_000, 100_000];
const SHARE_DUE = 0.01;
/** Size of an account item as runs leave it. */
const PADDING = 'x'.repeat(1_500);

interface Cost {
  readonly messages: number;
  readonly reads: number;
  /** Read units, eventually consistent: half a unit for 4 kB. */
  readonly readUnits: number;
  readonly seconds: number;
}

/** Reads of `plan` with many accounts stored, of which a share is due: they grow with the due ones only. */
export async function benchPlan(): Promise<Figure[]> {
  const klamka = await startKlamka({ seed: 6 });
  const client = new DynamoDBClient({ endpoint: klamka.world.stack.endpoints.dynamodb, ...LOCAL });
  try {
    const dynamo = DynamoDBDocumentClient.from(client);
    const table = klamka.world.stack.resource('AccountsTable').name;
    const rows: (Cost & { accounts: number; due: number })[] = [];
    let stored = 0;
    for (const accounts of ALL) {
      const due = accounts * SHARE_DUE;
      await store(dynamo, { table, from: stored, to: accounts });
      stored = accounts;
      rows.push({ accounts, due: 0, ...(await costOfPlan(dynamo, table)) });
      await makeDue(dynamo, { table, due });
      rows.push({ accounts, due, ...(await costOfPlan(dynamo, table)) });
    }
    console.log('plan with many accounts, of which one in a hundred is due');
    console.table(rows.map(({ seconds, ...row }) => ({ ...row, seconds: seconds.toFixed(2) })));
    return rows.flatMap(({ accounts, due, reads, readUnits }): Figure[] => [
      { name: `plan, ${accounts} accounts, ${due} due: reads`, value: reads, better: 'less' },
      { name: `plan, ${accounts} accounts, ${due} due: read units`, value: readUnits, better: 'less' },
    ]);
  } finally {
    client.destroy();
    await klamka.close();
  }
}

const LATER = Date.now() + 30 * MINUTE;
const idOf = (number: number): string => number.toString(16).padStart(20, '0');

async function store(
  dynamo: DynamoDBDocumentClient,
  rows: { table: string; from: number; to: number; dueAtMillis?: number },
): Promise<void> {
  const items = Array.from({ length: rows.to - rows.from }, (_, index) => {
    const accountId = idOf(rows.from + index);
    const Item = {
      accountId,
      revision: 1,
      phase: 'active',
      dueShard: shardOf(accountId),
      dueAtMillis: rows.dueAtMillis ?? LATER,
      padding: PADDING,
    };
    return { PutRequest: { Item } };
  });
  for (let start = 0; start < items.length; start += 200) {
    const batches = Array.from({ length: 8 }, (_, batch) =>
      items.slice(start + batch * 25, start + batch * 25 + 25),
    );
    await Promise.all(
      batches
        .filter((batch) => batch.length > 0)
        .map((batch) => dynamo.send(new BatchWriteCommand({ RequestItems: { [rows.table]: batch } }))),
    );
  }
}

const makeDue = (dynamo: DynamoDBDocumentClient, { table, due }: { table: string; due: number }) =>
  store(dynamo, { table, from: 0, to: due, dueAtMillis: Date.now() - MINUTE });

/** Runs `plan` with a queue that only counts, because no account here has a seller. */
async function costOfPlan(dynamo: DynamoDBDocumentClient, table: string): Promise<Cost> {
  let [messages, reads, readUnits] = [0, 0, 0];
  const counted = {
    send: async (command: { input: object; constructor: { name: string } }) => {
      const isRead = command.constructor.name === 'QueryCommand';
      if (isRead) Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
      const answer = (await dynamo.send(command as never)) as {
        ConsumedCapacity?: { CapacityUnits?: number };
      };
      if (isRead) reads += 1;
      readUnits += answer.ConsumedCapacity?.CapacityUnits ?? 0;
      return answer;
    },
  } as unknown as DynamoDBDocumentClient;
  const start = performance.now();
  await plan({
    due: dueIndex({ dynamo: counted, table }),
    queue: {
      send: async () => {
        messages += 1;
      },
    },
    clock: () => epochMillis(Date.now()),
    log: { info: () => undefined, warn: () => undefined },
    pollInterval: { quietMillis: 15 * MINUTE },
    outOfTime: () => false,
  });
  return { messages, reads, readUnits, seconds: (performance.now() - start) / 1_000 };
}
