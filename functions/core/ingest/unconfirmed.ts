import { DAY, type EpochMillis, HOUR, plus } from '../base/time.ts';
import type { DealEvent } from '../marketplace/sales.ts';
import { formOrderId, type OrderContent, type OrderState } from '../orders/order.ts';
import type { BadOrder, Doubt, HintId, Tell } from './store.ts';

/** What is known of orders, from events and from earlier readings, so that a reading has to show it. */
export type Told = ReadonlyMap<HintId, ReadonlySet<Tell>>;

export const NOTHING_TOLD: Told = new Map();

/** Runs in a row that read an order again whose reading lacked something; then it is read hourly. */
const RUNS = 5;

/** What these events tell of their forms; what a deal has to show is the same for all. */
export function toldBy(events: readonly DealEvent[]): Told {
  const told = new Map<HintId, Set<Tell>>();
  for (const event of events) {
    if (event.formId === undefined) continue;
    const orderId = formOrderId(event.formId);
    const tells = told.get(orderId) ?? new Set<Tell>(['goods']);
    if (event.kind === 'payment-finished') tells.add('paid');
    if (event.kind === 'form-cancelled') tells.add('cancelled');
    told.set(orderId, tells);
  }
  return told;
}

export function bothTold(one: Told, other: Told): Told {
  const both = new Map([...one].map(([orderId, tells]) => [orderId, new Set(tells)]));
  for (const [orderId, tells] of other) both.set(orderId, new Set([...(both.get(orderId) ?? []), ...tells]));
  return both;
}

/** How far a form has come; each stage includes those before it, whatever a form's method of payment. */
const STAGES: Partial<Record<OrderState | Tell, number>> = {
  paid: 1,
  'ready-to-ship': 1,
  'payment-withdrawn': 2,
  cancelled: 2,
  'form-cancelled': 2,
};
const stageOf = (what: OrderState | Tell): number => STAGES[what] ?? 0;

/**
 * What the reading of a form lacks of what was told of it, or of what its row said before; undefined where it
 * lacks nothing. A form whose goods are kept from before has them.
 */
export function doubtOfForm(
  { state, lines }: Pick<OrderContent, 'state' | 'lines'>,
  use: { told: ReadonlySet<Tell> | undefined; before: OrderContent | undefined },
): Doubt | undefined {
  const earlier = stageOf(use.before?.state ?? state);
  const reached: Tell[] = earlier === 2 ? ['cancelled'] : earlier === 1 ? ['paid'] : [];
  const told = [...new Set([...(use.told ?? []), ...reached])];
  return doubtOf(told, (tell) => (tell === 'goods' ? lines.length === 0 : stageOf(tell) > stageOf(state)));
}

/**
 * The same of a deal that no form holds: price and buyer, from whichever reading they came. A text that came with
 * a broken character may come whole the next time, and no check reads a deal again as it does a form.
 */
export function doubtOfDeal({ lines, buyer, flags = [] }: OrderContent): Doubt | undefined {
  const isBroken = buyer.login === '' || flags.includes('broken-text');
  return doubtOf(['price', 'buyer'], (tell) => (tell === 'price' ? lines.length === 0 : isBroken));
}

function doubtOf(told: readonly Tell[], isLacking: (tell: Tell) => boolean): Doubt | undefined {
  const lacks = told.filter(isLacking);
  return lacks.length === 0 ? undefined : { told, lacks };
}

/** A named form that came without goods and that nobody has stored. */
export const withoutGoods = (told: Iterable<Tell>): Doubt => ({ told: [...told], lacks: ['goods'] });

/** Whether to read it again in this run. An order that was set aside has its own, daily turn. */
export const isDueAgain = (bad: BadOrder, now: EpochMillis): boolean =>
  bad.doubt !== undefined &&
  bad.setAsideAtMillis === undefined &&
  (bad.tries < RUNS || now >= plus(bad.lastAtMillis, HOUR));

/** After a day the marketplace is believed. */
export const isBelieved = ({ tries, firstAtMillis, lastAtMillis }: BadOrder): boolean =>
  tries >= RUNS && lastAtMillis >= plus(firstAtMillis, DAY);
