import type { Form } from '../../marketplace.ts';
import type { OrderContent, OrderState } from '../../order.ts';
import type { ListedKind } from '../../ports/listed.ts';
import { type EpochMillis, epochMillis, MINUTE, plus } from '../../time.ts';

/** The calendar day of a moment in a time zone, e.g. `2026-11-22`. */
export const dayOf = (moment: EpochMillis, timeZone: string): string =>
  // The Swedish way of writing dates is ISO 8601.
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(moment);

/** The day so many days later. */
export const dayAfter = (day: string, days = 1): string => {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
};

const momentsOf = (texts: readonly (string | undefined)[]): EpochMillis[] =>
  texts
    .map((text) => Date.parse(text ?? ''))
    .filter(Number.isFinite)
    .map(epochMillis);

const oldest = (moments: readonly EpochMillis[]): EpochMillis | undefined =>
  moments.length === 0 ? undefined : epochMillis(Math.min(...moments));

const newest = (moments: readonly EpochMillis[]): EpochMillis | undefined =>
  moments.length === 0 ? undefined : epochMillis(Math.max(...moments));

const dealTimes = ({ lines }: Pick<Form, 'lines'>): EpochMillis[] =>
  momentsOf(lines.flatMap(({ deals }) => deals.map(({ boughtAt }) => boughtAt.iso)));

/** When the first deal of a form was made; undefined where no date can be read. */
export const boughtAt = (form: Pick<Form, 'lines'>): EpochMillis | undefined => oldest(dealTimes(form));

/** The same of the order that the form became. */
export const orderBoughtAt = ({ lines }: OrderContent): EpochMillis | undefined =>
  oldest(momentsOf(lines.flatMap(({ deals }) => deals.map((deal) => deal.boughtAt))));

/** When the form was filled; undefined where it does not tell. */
export const filledAt = (form: Form): EpochMillis | undefined =>
  oldest(momentsOf([form.payment.startedAt?.iso]));

/** When the form last changed, as far as it tells. */
export function changedAt(form: Form): EpochMillis | undefined {
  const { startedAt, receivedAt } = form.payment;
  return newest([
    ...dealTimes(form),
    ...momentsOf([startedAt, receivedAt, form.cancelledAt].map((at) => at?.iso)),
  ]);
}

export function kindOf(state: OrderState): ListedKind {
  if (state === 'form-cancelled') return 'cancelled';
  return state === 'awaiting-payment' || state === 'awaiting-manual-payment' ? 'open' : 'live';
}

/** The journal is given so long to tell of a change; hours count as a fault of the service. */
const JOURNAL_DELAY = 10 * MINUTE;

/** Whether the journal may still tell of what happened then. `toldUntil`: the time of the newest event that was read. */
export const mayStillBeTold = (
  at: EpochMillis | undefined,
  use: { toldUntil: EpochMillis | undefined; now: EpochMillis },
): boolean => at !== undefined && at > (use.toldUntil ?? 0) && plus(at, JOURNAL_DELAY) > use.now;
