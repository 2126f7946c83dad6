import type { Clock } from '../base/time.ts';
import type { OrderStore } from '../orders/store.ts';
import type { Consumer, ConsumerStore } from './consumer-store.ts';
import { unknownConsumer, unknownPosition } from './problems.ts';

export interface ConsumerDeps {
  readonly consumers: ConsumerStore;
  readonly orders: Pick<OrderStore, 'lastFeedNumber'>;
}

/** A consumer and how many entries it has not acknowledged yet. */
export interface Standing extends Consumer {
  readonly lag: number;
}

export interface Acknowledgement {
  readonly accountId: string;
  readonly name: string;
  readonly number: number;
  /** Goes backwards too. */
  readonly reset: boolean;
}

/**
 * Notes how far a consumer has come; the first acknowledgement makes it. One that would go backwards
 * changes nothing, because several workers of one consumer may acknowledge in any order. Throws Problem for
 * what the feed has not reached yet.
 */
export async function acknowledge(
  deps: ConsumerDeps & { clock: Clock },
  { accountId, name, number, reset }: Acknowledgement,
): Promise<Standing> {
  const last = await deps.orders.lastFeedNumber(accountId);
  if (number > last) throw unknownPosition('position', accountId);
  const acknowledged = { name, number, acknowledgedAtMillis: deps.clock() };
  await deps.consumers.move(accountId, acknowledged, { back: reset });
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

/** The end of the feed is read after the consumer, so that it is never behind it. */
const withLag = (consumer: Consumer, last: number): Standing => ({
  ...consumer,
  lag: last - consumer.number,
});
