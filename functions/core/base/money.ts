/** An exact amount: whole minor units (grosze, halire) and an ISO 4217 currency. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

const DECIMAL = /^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * Reads a decimal from its text, exponents such as `1.0E7` included, without going through a binary
 * float, which would round. More than two decimals are rounded half up, away from zero. Throws RangeError for
 * text that is not a decimal or does not fit.
 */
export function parseMoney(text: string, currency: string): Money {
  const match = DECIMAL.exec(text.trim());
  if (match === null) throw new RangeError('not a decimal amount');
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const rounded = (thousandths(whole + fraction, whole.length + Number(exponent)) + 5n) / 10n;
  const minor = Number(sign === '-' ? -rounded : rounded);
  if (!Number.isSafeInteger(minor)) throw new RangeError('amount too large');
  return { minor, currency };
}

/**
 * The amount in thousandths; the decimal point stands after `point` of the digits, or outside of them.
 * Smaller parts are cut off.
 */
function thousandths(digits: string, point: number): bigint {
  const length = point + 3;
  return length <= 0 ? 0n : BigInt(digits.slice(0, length).padEnd(length, '0'));
}

/** Plain decimal text with two places, e.g. `12.05`. */
export function formatMoney(money: Money): string {
  const digits = Math.abs(money.minor).toString().padStart(3, '0');
  return `${money.minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The amount divided by `parts`, rounded half up, away from zero. */
export function divideMoney(money: Money, parts: number): Money {
  const share = Math.floor((2 * Math.abs(money.minor) + parts) / (2 * parts));
  return { ...money, minor: money.minor < 0 ? -share : share };
}

export const times = (money: Money, quantity: number): Money => ({ ...money, minor: money.minor * quantity });
