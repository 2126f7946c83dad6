import type { Clock } from '../base/time.ts';
import type { FeedReader, OrderStore } from '../orders/store.ts';
import type { Consumer, ConsumerStore } from './consumer-store.ts';
import { isPlaceOf } from './place.ts';
import { isAt, type Position } from './positions.ts';
import { positionGone, unknownConsumer } from './problems.ts';

export interface ConsumerDeps {
  readonly consumers: ConsumerStore;
  readonly orders: Pick<OrderStore, 'lastFeedNumber'>;
  readonly feed: FeedReader;
}

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
  const [entry] = number === 0 ? [] : await deps.feed.entries(accountId, { from: number, limit: 1 });
  if (number > 0 && !isAt(position, entry)) throw positionGone({ field: 'position', accountId });
  const place = { number, ...(entry !== undefined && { atMillis: entry.atMillis }) };
  const acknowledged = { name, ...place, acknowledgedAtMillis: deps.clock() };
  await deps.consumers.move(accountId, acknowledged, { back: reset });
  const stands = await standing(deps, accountId, { name });
  if (stands.number <= number || (await isStillThere(deps, accountId, stands))) return stands;
  await deps.consumers.move(accountId, acknowledged, { back: true });
  return await standing(deps, accountId, { name });
}

/** Whether the feed has the entry that was acknowledged. */
async function isStillThere(deps: ConsumerDeps, accountId: string, consumer: Consumer): Promise<boolean> {
  const [entry] = await deps.feed.entries(accountId, { from: consumer.number, limit: 1 });
  return isPlaceOf(consumer, entry);
}

/** Throws Problem. */
export async function standing(
  deps: ConsumerDeps,
  accountId: string,
  { name }: { name: string },
): Promise<Standing> {
  const consumer = await deps.consumers.read(accountId, name);
  if (consumer === undefined) throw unknownConsumer();
  return withLag(consumer, await deps.orders.lastFeedNumber(accountId));
}

/** One page of an account's consumers, by name. */
export async function standings(
  deps: ConsumerDeps,
  accountId: string,
  page: { limit: number; after?: string | undefined },
): Promise<{ consumers: Standing[]; next?: string | undefined }> {
  const { consumers, next } = await deps.consumers.list(accountId, page);
  const last = await deps.orders.lastFeedNumber(accountId);
  return { consumers: consumers.map((consumer) => withLag(consumer, last)), next };
}

/** The end of the feed is read after the consumer, so that it is never behind it, unless the feed was restored. */
const withLag = (consumer: Consumer, last: number): Standing => ({
  ...consumer,
  lag: Math.max(0, last - consumer.number),
});
