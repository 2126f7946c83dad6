import { type EpochMillis, epochMillis } from '../base/time.ts';
import type { Form } from '../marketplace/sales.ts';
import type { OrderContent } from './order.ts';

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

/** Time of the form's first purchase; undefined if no date can be read. */
export const boughtAt = (form: Pick<Form, 'lines'>): EpochMillis | undefined => oldest(dealTimes(form));

/** The same time, from the stored order. */
export const orderBoughtAt = ({ lines }: OrderContent): EpochMillis | undefined =>
  oldest(momentsOf(lines.flatMap(({ deals }) => deals.map((deal) => deal.boughtAt))));

/** Time when the form was filled; undefined if the form does not tell. */
export const filledAt = (form: Form): EpochMillis | undefined =>
  oldest(momentsOf([form.payment.startedAt?.iso]));

/** Time of the form's last change, as far as the form tells. */
export function changedAt(form: Form): EpochMillis | undefined {
  const { startedAt, receivedAt } = form.payment;
  return newest([
    ...dealTimes(form),
    ...momentsOf([startedAt, receivedAt, form.cancelledAt].map((at) => at?.iso)),
  ]);
}
