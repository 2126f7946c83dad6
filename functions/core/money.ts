/** An exact amount: whole minor units (grosze, halire) and an ISO 4217 currency. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?$/;

/**
 * Reads a decimal from its text, without ever going through a binary float. More than two decimals are
 * rounded half up, away from zero. Throws RangeError for text that is no plain decimal or does not fit.
 */
export function parseMoney(text: string, currency: string): Money {
  const match = DECIMAL.exec(text.trim());
  if (match === null) throw new RangeError(`not a decimal amount: ${JSON.stringify(text.slice(0, 40))}`);
  const [, sign = '', whole = '0', fraction = ''] = match;
  const thousandths = BigInt(whole + fraction.slice(0, 3).padEnd(3, '0'));
  const rounded = (thousandths + 5n) / 10n;
  const minor = Number(sign === '-' ? -rounded : rounded);
  if (!Number.isSafeInteger(minor)) throw new RangeError('amount too large');
  return { minor, currency };
}

/** Plain decimal text with two places, e.g. `12.05`. */
export function formatMoney(money: Money): string {
  const digits = Math.abs(money.minor).toString().padStart(3, '0');
  return `${money.minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Same currency required; throws TypeError otherwise, because adding złoty to koruny is a bug. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new TypeError(`cannot add ${a.currency} and ${b.currency}`);
  return { minor: a.minor + b.minor, currency: a.currency };
}

export const times = (money: Money, quantity: number): Money => ({ ...money, minor: money.minor * quantity });
