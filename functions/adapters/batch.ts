import { setTimeout } from 'node:timers/promises';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { chunks } from '../core/base/batches.ts';
import { StoreBusy } from '../core/base/store-busy.ts';

const BATCH_READ = 100;
const BATCH_WRITE = 25;

type Item = Record<string, unknown>;
type Gets = NonNullable<BatchGetCommandInput['RequestItems']>;
type Writes = NonNullable<BatchWriteCommandInput['RequestItems']>;

/** `atOnce`: number of batches read at the same time; a single one by default. */
type ReadItems = { table: string; keys: readonly Item[]; atOnce?: number } & Omit<Gets[string], 'Keys'>;

/** Items of a table by their keys, in any order; keys without an item are missing. Throws StoreBusy. */
export async function readItems<Found extends object = Item>(
  dynamo: DynamoDBDocumentClient,
  { table, keys, atOnce = 1, ...how }: ReadItems,
): Promise<Found[]> {
  const found: Found[] = [];
  const read = async (Keys: Item[]) =>
    (await readBatch<Found>(dynamo, { [table]: { ...how, Keys } })).get(table) ?? [];
  for (const some of chunks(chunks(keys, BATCH_READ), atOnce))
    found.push(...(await Promise.all(some.map(read))).flat());
  return found;
}

/** Reads a batch of keys of several tables, at most a hundred. Throws StoreBusy. */
export async function readBatch<Found extends object = Item>(
  dynamo: DynamoDBDocumentClient,
  batch: Gets,
): Promise<ReadonlyMap<string, Found[]>> {
  const found = new Map<string, Found[]>();
  await untilDone(batch, async (rest) => {
    const answer: BatchGetCommandOutput = await dynamo.send(new BatchGetCommand({ RequestItems: rest }));
    for (const [table, items] of Object.entries(answer.Responses ?? {}))
      found.set(table, [...(found.get(table) ?? []), ...(items as Found[])]);
    return answer.UnprocessedKeys ?? {};
  });
  return found;
}

/** Largest number of items deleted at a time; a query for more would only wait. */
export const DELETED_AT_ONCE = 10 * BATCH_WRITE;

/** Deletes items of a table by their keys, all batches at the same time. Throws StoreBusy. */
export async function deleteItems(
  dynamo: DynamoDBDocumentClient,
  { table, keys }: { table: string; keys: readonly Item[] },
): Promise<void> {
  const requests = keys.map((Key) => ({ DeleteRequest: { Key } }));
  const write = (some: Writes[string]) =>
    untilDone<Writes>({ [table]: some }, async (rest) => {
      const answer = await dynamo.send(new BatchWriteCommand({ RequestItems: rest }));
      return answer.UnprocessedItems ?? {};
    });
  await Promise.all(chunks(requests, BATCH_WRITE).map(write));
}

const FIRST_PAUSE_MILLIS = 50;
const LONGEST_PAUSE_MILLIS = 2_000;
/** Number of requests in a row without progress after which the store counts as busy: some five seconds. */
const TRIES = 9;

/**
 * Sends the rest of a batch until nothing is left. A store that leaves requests undone is short of capacity,
 * so each pause is twice as long as the one before, with jitter, and short again only after progress.
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
