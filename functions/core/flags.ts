import type { Form } from './marketplace.ts';
import { divideMoney, type Money } from './money.ts';
import type { OrderContent, OrderLine } from './order.ts';

/** What is odd about an order that is stored all the same; told to ERPs with the order. */
export type OrderFlag =
  | 'total-mismatch'
  | 'price-unknown'
  | 'negative-price'
  | 'impossible-date'
  | 'unknown-payment-word';

/** Rounding of the marketplace's own floats. */
const TOLERANCE_MINOR = 1;

/**
 * The order with its flags: those that the driver found while reading, and those that its amounts give.
 * Amounts are never corrected.
 */
export function withFlags(content: OrderContent, read: Form['flags'] = []): OrderContent {
  const { flags: _, ...rest } = content;
  const flags = [...new Set([...read, ...amountFlags(content)])].sort();
  return flags.length === 0 ? rest : { ...rest, flags };
}

function amountFlags(content: OrderContent): OrderFlag[] {
  const { total } = content;
  if (total === undefined) return ['price-unknown'];
  const flags: OrderFlag[] = [];
  if (amountsOf(content).some(({ minor }) => minor < 0)) flags.push('negative-price');
  if (mismatches(content, total)) flags.push('total-mismatch');
  return flags;
}

const amountsOf = ({ total, lines, delivery }: OrderContent): Money[] => [
  ...(total === undefined ? [] : [total]),
  ...(delivery === undefined ? [] : [delivery.cost]),
  ...lines.flatMap((line) => [line.unitPrice, line.amount, ...line.deals.map(({ unitPrice }) => unitPrice)]),
];

/** A surcharge has a total and no goods; there is nothing to compare. */
function mismatches({ lines, delivery }: OrderContent, total: Money): boolean {
  if (lines.length === 0) return false;
  const goods = lines.reduce((sum, line) => sum + goodsMinor(line), 0);
  return Math.abs(goods + (delivery?.cost.minor ?? 0) - total.minor) > TOLERANCE_MINOR;
}

/** Where deal prices may be averages of the line, which are rounded, the line's own amount counts. */
function goodsMinor({ amount, quantity, deals }: OrderLine): number {
  const average = quantity > 0 ? divideMoney(amount, quantity).minor : amount.minor;
  if (deals.length === 0 || deals.some(({ unitPrice }) => unitPrice.minor === average)) return amount.minor;
  return deals.reduce((sum, deal) => sum + deal.unitPrice.minor * deal.quantity, 0);
}
