import { setTimeout } from 'node:timers/promises';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { StoreBusy } from '../core/base/store-busy.ts';

const BATCH_READ = 100;
const BATCH_WRITE = 25;

type Item = Record<string, unknown>;
type Gets = NonNullable<BatchGetCommandInput['RequestItems']>;
type Writes = NonNullable<BatchWriteCommandInput['RequestItems']>;
export type WriteRequest = Writes[string][number];

/** Items of one table by their keys, in any order; keys without an item are missing. Throws StoreBusy. */
export async function readItems(
  dynamo: DynamoDBDocumentClient,
  { table, keys, ...how }: { table: string; keys: readonly Item[] } & Omit<Gets[string], 'Keys'>,
): Promise<Item[]> {
  const found: Item[] = [];
  for (let start = 0; start < keys.length; start += BATCH_READ) {
    const batch = { [table]: { ...how, Keys: keys.slice(start, start + BATCH_READ) } };
    found.push(...((await readBatch(dynamo, batch)).get(table) ?? []));
  }
  return found;
}

/** Reads a batch of keys of several tables, at most a hundred. Throws StoreBusy. */
export async function readBatch(
  dynamo: DynamoDBDocumentClient,
  batch: Gets,
): Promise<ReadonlyMap<string, Item[]>> {
  const found = new Map<string, Item[]>();
  await untilDone(batch, async (rest) => {
    const answer: BatchGetCommandOutput = await dynamo.send(new BatchGetCommand({ RequestItems: rest }));
    for (const [table, items] of Object.entries(answer.Responses ?? {}))
      found.set(table, [...(found.get(table) ?? []), ...items]);
    return answer.UnprocessedKeys ?? {};
  });
  return found;
}

/** Deletes or puts of one table, at most 25. Throws StoreBusy. */
export async function writeBatch(
  dynamo: DynamoDBDocumentClient,
  { table, requests }: { table: string; requests: readonly WriteRequest[] },
): Promise<void> {
  if (requests.length > BATCH_WRITE) throw new RangeError(`more than ${BATCH_WRITE} writes`);
  await untilDone<Writes>({ [table]: [...requests] }, async (rest) => {
    const answer = await dynamo.send(new BatchWriteCommand({ RequestItems: rest }));
    return answer.UnprocessedItems ?? {};
  });
}

const FIRST_PAUSE_MILLIS = 50;
const LONGEST_PAUSE_MILLIS = 2_000;
/** In a row without anything done: some five seconds. */
const TRIES = 9;

/**
 * Sends what is left until nothing is. A store that leaves a request undone is short of capacity: each pause is
 * twice as long as the one before, with jitter, and begins anew only when something was done.
 */
async function untilDone<Batch extends Gets | Writes>(
  batch: Batch,
  send: (rest: Batch) => Promise<Record<string, unknown>>,
): Promise<void> {
  let rest = batch;
  let left = sizeOf(rest);
  for (let tries = 0; left > 0; ) {
    const undone = (await send(rest)) as Batch;
    const size = sizeOf(undone);
    tries = size < left ? 1 : tries + 1;
    [rest, left] = [undone, size];
    if (left === 0) return;
    if (tries >= TRIES) throw new StoreBusy(`${Object.keys(rest).join(', ')}: ${left} requests left undone`);
    const pause = Math.min(FIRST_PAUSE_MILLIS * 2 ** (tries - 1), LONGEST_PAUSE_MILLIS);
    await setTimeout(pause * (0.5 + Math.random() / 2));
  }
}

const sizeOf = (batch: Gets | Writes): number =>
  Object.values(batch).reduce(
    (sum, part) => sum + (Array.isArray(part) ? part : (part.Keys ?? [])).length,
    0,
  );
