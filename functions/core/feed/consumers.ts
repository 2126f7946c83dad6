import { chunks } from '../base/batches.ts';
import type { Clock } from '../base/time.ts';
import type { FeedReader } from '../orders/store.ts';
import type { Consumer, ConsumerStore } from './consumer-store.ts';
import { entryAt, isStillThere, lagOf } from './place.ts';
import { isAt, type Position } from './positions.ts';
import { positionGone, unknownConsumer } from './problems.ts';

export interface ConsumerDeps {
  readonly consumers: ConsumerStore;
  readonly feed: FeedReader;
}

/** So many consumers' places are looked at at the same time. */
const READS_AT_ONCE = 16;

/** A consumer and how many entries it has not acknowledged yet. */
export interface Standing extends Consumer {
  readonly lag: number;
}

export interface Acknowledgement {
  readonly accountId: string;
  readonly name: string;
  readonly position: Position;
  /** Goes backwards too. */
  readonly reset: boolean;
}

/**
 * Notes how far a consumer has come; the first acknowledgement makes it. One that would go backwards
 * changes nothing, because several workers of one consumer may acknowledge in any order; it counts where the
 * feed has lost the entry that was acknowledged before. Throws Problem for an entry that the feed does not have.
 */
export async function acknowledge(
  deps: ConsumerDeps & { clock: Clock },
  { accountId, name, position, reset }: Acknowledgement,
): Promise<Standing> {
  const { number } = position;
  const entry = await entryAt(deps.feed, accountId, number);
  if (number > 0 && !isAt(position, entry)) throw positionGone({ field: 'position', accountId });
  const place = { number, ...(entry !== undefined && { atMillis: entry.atMillis }) };
  const acknowledged = { name, ...place, acknowledgedAtMillis: deps.clock() };
  await deps.consumers.move(accountId, acknowledged, { back: reset });
  const stands = await standing(deps, accountId, { name });
  if (stands.number <= number || (await isStillThere(deps.feed, accountId, stands))) return stands;
  await deps.consumers.move(accountId, acknowledged, { back: true });
  return await standing(deps, accountId, { name });
}

/** Throws Problem. */
export async function standing(
  deps: ConsumerDeps,
  accountId: string,
  { name }: { name: string },
): Promise<Standing> {
  const consumer = await deps.consumers.read(accountId, name);
  if (consumer === undefined) throw unknownConsumer();
  return await withLag(deps.feed, accountId, consumer);
}

/** One page of an account's consumers, by name. */
export async function standings(
  deps: ConsumerDeps,
  accountId: string,
  page: { limit: number; after?: string | undefined },
): Promise<{ consumers: Standing[]; next?: string | undefined }> {
  const { consumers, next } = await deps.consumers.list(accountId, page);
  const found: Standing[] = [];
  for (const some of chunks(consumers, READS_AT_ONCE))
    found.push(...(await Promise.all(some.map((consumer) => withLag(deps.feed, accountId, consumer)))));
  return { consumers: found, next };
}

const withLag = async (feed: FeedReader, accountId: string, consumer: Consumer): Promise<Standing> => ({
  ...consumer,
  lag: await lagOf(feed, accountId, consumer),
});
