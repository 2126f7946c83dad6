import { divideMoney, type Money } from '../base/money.ts';
import type { OrderFlag, Sale } from '../marketplace/sales.ts';
import type { OrderContent, OrderLine, OrderPurchase } from './order.ts';

/** Number of changed orders with each flag. */
export type FlagCounts = Partial<Record<OrderFlag, number>>;

export function addFlags(counts: FlagCounts, more: FlagCounts): FlagCounts {
  const sum = { ...counts };
  for (const [flag, count] of Object.entries(more) as [OrderFlag, number][]) {
    sum[flag] = (sum[flag] ?? 0) + count;
  }
  return sum;
}

/** Rounding error of the marketplace's own floats, in minor units. */
const TOLERANCE_MINOR = 1;
const LONG_TEXT = 4_000;

/**
 * The order with its flags: those found while reading, and those that its amounts and texts show. Amounts and
 * texts are never corrected.
 */
export function withFlags(content: OrderContent, read: Sale['flags'] = []): OrderContent {
  const { flags: _, ...rest } = content;
  const flags = [
    ...new Set([...read, ...amountFlags(content), ...textFlags(rest), ...unreadFlags(rest)]),
  ].sort();
  return flags.length === 0 ? rest : { ...rest, flags };
}

const unreadFlags = ({ unread = [] }: OrderContent): OrderFlag[] =>
  unread.length > 0 ? ['missing-field'] : [];

function amountFlags(content: OrderContent): OrderFlag[] {
  const flags: OrderFlag[] = [];
  const amounts = amountsOf(content);
  if (amounts.some((amount) => amount === undefined)) flags.push('price-unknown');
  if (amounts.some((amount) => amount !== undefined && amount.minor < 0)) flags.push('negative-price');
  if (mismatches(content)) flags.push('total-mismatch');
  if (content.surcharges?.some(({ payment }) => payment === undefined)) flags.push('surcharge-unknown');
  return flags;
}

/** All amounts that a buyer may have to pay; undefined for an amount that cannot be read. */
const amountsOf = ({ total, lines, delivery, surcharges = [] }: OrderContent): (Money | undefined)[] => [
  total,
  ...(delivery === undefined ? [] : [delivery.cost]),
  ...lines.flatMap((line) => [
    line.unitPrice,
    line.amount,
    ...line.purchases.map(({ unitPrice }) => unitPrice),
  ]),
  ...surcharges.filter(({ payment }) => payment !== undefined).map(({ amount }) => amount),
];

/** Whether the parts do not add up to the total, or are in several currencies; false if any amount is unknown. */
function mismatches(content: OrderContent): boolean {
  const { lines, delivery, additionalServices, total } = content;
  const currencies = new Set(amountsOf(content).flatMap((amount) => amount?.currency ?? []));
  if (currencies.size > 1) return true;
  const parts = [...lines.map(goodsMinor), ...(delivery === undefined ? [] : [delivery.cost?.minor])];
  if (lines.length === 0 || total === undefined) return false;
  let sum = additionalServices?.minor ?? 0;
  for (const part of parts) {
    if (part === undefined) return false;
    sum += part;
  }
  return Math.abs(sum - total.minor) > TOLERANCE_MINOR;
}

/**
 * Price of a line's goods. Prices of its purchases may be rounded averages of the line; then the line's own
 * amount counts.
 */
function goodsMinor({ amount, quantity = 0, purchases }: OrderLine): number | undefined {
  const average = amount && (quantity > 0 ? divideMoney(amount, quantity) : amount);
  const isAverage = ({ unitPrice }: OrderPurchase) => unitPrice?.minor === average?.minor;
  if (purchases.length === 0 || purchases.some(isAverage)) return amount?.minor;
  let sum = 0;
  for (const purchase of purchases) {
    if (purchase.unitPrice === undefined || purchase.quantity === undefined) return amount?.minor;
    sum += purchase.unitPrice.minor * purchase.quantity;
  }
  return sum;
}

function textFlags(content: OrderContent): OrderFlag[] {
  const flags: OrderFlag[] = [];
  const all = JSON.stringify(content);
  if (all.includes('\uFFFD')) flags.push('broken-text');
  if (all.length > LONG_TEXT && textsIn(content).some((text) => text.length > LONG_TEXT))
    flags.push('long-text');
  return flags;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
