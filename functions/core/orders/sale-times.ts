import { type EpochMillis, earliest, epochMillis } from '../base/time.ts';
import type { Sale } from '../marketplace/sales.ts';
import type { OrderContent } from './order.ts';

const momentsOf = (texts: readonly (string | undefined)[]): EpochMillis[] =>
  texts
    .map((text) => Date.parse(text ?? ''))
    .filter(Number.isFinite)
    .map(epochMillis);

const newest = (moments: readonly EpochMillis[]): EpochMillis | undefined =>
  moments.length === 0 ? undefined : epochMillis(Math.max(...moments));

const purchaseTimes = ({ lines }: Pick<Sale, 'lines'>): EpochMillis[] =>
  momentsOf(lines.flatMap(({ purchases }) => purchases.map(({ boughtAt }) => boughtAt.iso)));

/** Time of the sale's first purchase; undefined if no date can be read. */
export const boughtAt = (sale: Pick<Sale, 'lines'>): EpochMillis | undefined => earliest(purchaseTimes(sale));

/** The same time, from the stored order. */
export const orderBoughtAt = ({ lines }: OrderContent): EpochMillis | undefined =>
  earliest(momentsOf(lines.flatMap(({ purchases }) => purchases.map((purchase) => purchase.boughtAt))));

/** Time when the sale was filled; undefined if the sale does not tell. */
export const filledAt = (sale: Sale): EpochMillis | undefined =>
  earliest(momentsOf([sale.payment.startedAt?.iso]));

/** Time of the sale's last change, as far as the sale tells. */
export function changedAt(sale: Sale): EpochMillis | undefined {
  const { startedAt, receivedAt } = sale.payment;
  return newest([
    ...purchaseTimes(sale),
    ...momentsOf([startedAt, receivedAt, sale.cancelledAt].map((at) => at?.iso)),
  ]);
}
