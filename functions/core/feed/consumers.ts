import { together } from '../base/batches.ts';
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

/** A consumer with the number of entries that it has not acknowledged. */
export interface Standing extends Consumer {
  readonly lag: number;
}

export interface Acknowledgement {
  readonly accountId: string;
  readonly name: string;
  readonly position: Position;
  /** Whether the position may move backwards. */
  readonly reset: boolean;
}

/**
 * Notes the position of a consumer; the first acknowledgement creates the consumer. A step backwards changes
 * nothing, because several workers of a consumer may acknowledge in any order, unless the feed has lost the
 * entry acknowledged before. Throws Problem for an entry that the feed does not have.
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

/** A consumer with its lag. Throws Problem if it does not exist. */
export async function standing(
  deps: ConsumerDeps,
  accountId: string,
  { name }: { name: string },
): Promise<Standing> {
  const consumer = await deps.consumers.read(accountId, name);
  if (consumer === undefined) throw unknownConsumer();
  return await withLag(deps.feed, accountId, consumer);
}

/** A page of an account's consumers, by name. */
export async function standings(
  deps: ConsumerDeps,
  accountId: string,
  page: { limit: number; after?: string | undefined },
): Promise<{ consumers: Standing[]; next?: string | undefined }> {
  const { consumers, next } = await deps.consumers.list(accountId, page);
  return { consumers: await together(consumers, (one) => withLag(deps.feed, accountId, one)), next };
}

const withLag = async (feed: FeedReader, accountId: string, consumer: Consumer): Promise<Standing> => ({
  ...consumer,
  lag: await lagOf(feed, accountId, consumer),
});
