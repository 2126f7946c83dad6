import { DAY, type EpochMillis, HOUR, latestTrueTime, plus } from '../base/time.ts';
import type { SaleEvent } from '../marketplace/journal.ts';
import { type OrderContent, type OrderState, orderIdOfSale } from '../orders/order.ts';
import type { Doubt, FailedOrder, HintId, Tell } from './store.ts';

/** Parts that readings of orders have to show, known from events and from earlier readings. */
export type Told = ReadonlyMap<HintId, ReadonlySet<Tell>>;

export const NOTHING_TOLD: Told = new Map();

/** Number of runs in a row that read an order again; then it is read hourly. */
const RUNS = 5;

/** Parts that these events tell of their sales. A purchase has to show the same parts in any case. */
export function toldBy(events: readonly SaleEvent[]): Told {
  const told = new Map<HintId, Set<Tell>>();
  for (const event of events) {
    if (event.saleId === undefined) continue;
    const orderId = orderIdOfSale(event.saleId);
    const tells = told.get(orderId) ?? new Set<Tell>(['goods']);
    if (event.kind === 'payment-finished') tells.add('paid');
    if (event.kind === 'released') tells.add('cancelled');
    told.set(orderId, tells);
  }
  return told;
}

export function bothTold(one: Told, other: Told): Told {
  const both = new Map([...one].map(([orderId, tells]) => [orderId, new Set(tells)]));
  for (const [orderId, tells] of other) both.set(orderId, new Set([...(both.get(orderId) ?? []), ...tells]));
  return both;
}

/** How far a sale has come. A stage includes those before it, whatever the sale's method of payment. */
const STAGES: Partial<Record<OrderState | Tell, number>> = {
  paid: 1,
  'ready-to-ship': 1,
  'payment-withdrawn': 2,
  cancelled: 2,
  released: 2,
};
const stageOf = (what: OrderState | Tell): number => STAGES[what] ?? 0;

/**
 * The parts that the reading of a sale lacks, of those told and of those that its row had; undefined if none.
 * Goods kept from an earlier reading count.
 */
export function doubtOfSale(
  { state, lines }: Pick<OrderContent, 'state' | 'lines'>,
  evidence: { told: ReadonlySet<Tell> | undefined; before: OrderContent | undefined },
): Doubt | undefined {
  const earlier = stageOf(evidence.before?.state ?? state);
  const reached: Tell[] = earlier === 2 ? ['cancelled'] : earlier === 1 ? ['paid'] : [];
  const told = [...new Set([...(evidence.told ?? []), ...reached])];
  return doubtOf(told, (tell) => (tell === 'goods' ? lines.length === 0 : stageOf(tell) > stageOf(state)));
}

/**
 * The parts that a purchase without a sale lacks: price and buyer, from any reading. A buyer with a broken
 * character counts as lacking, because the text may come whole the next time and no check reads a purchase again.
 */
export function doubtOfPurchase({ lines, buyer, flags = [] }: OrderContent): Doubt | undefined {
  const isBroken = buyer.login === '' || flags.includes('broken-text');
  return doubtOf(['price', 'buyer'], (tell) => (tell === 'price' ? lines.length === 0 : isBroken));
}

function doubtOf(told: readonly Tell[], isLacking: (tell: Tell) => boolean): Doubt | undefined {
  const lacks = told.filter(isLacking);
  return lacks.length === 0 ? undefined : { told, lacks };
}

/** The doubt about an order whose purchases another order holds too, added to the other doubts about its reading. */
export const notAlone = ({ told, lacks }: Doubt = { told: [], lacks: [] }): Doubt => ({
  told: [...new Set([...told, 'alone' as const])],
  lacks: [...new Set([...lacks, 'alone' as const])],
});

/** The doubt of a named sale that came without goods and that is not stored. */
export const withoutGoods = (told: Iterable<Tell>): Doubt => ({ told: [...told], lacks: ['goods'] });

/**
 * Whether to read the order again in this run, though no event names it: its reading was in doubt, or it failed beside
 * the journal or after its event, as a purchase does that a sale has released. An order that was quarantined is retried
 * daily instead. A time that a clock that was ahead wrote is not waited for.
 */
export const isDueAgain = (
  { reason, quarantinedAtMillis, tries, lastAtMillis }: FailedOrder,
  now: EpochMillis,
): boolean =>
  reason !== 'event-unreadable' &&
  quarantinedAtMillis === undefined &&
  (tries < RUNS || now >= plus(lastAtMillis, HOUR) || lastAtMillis > latestTrueTime(now));

/** Whether the marketplace is believed, which it is after a day. */
export const isBelieved = ({ tries, firstAtMillis, lastAtMillis }: FailedOrder): boolean =>
  tries >= RUNS && lastAtMillis >= plus(firstAtMillis, DAY);
