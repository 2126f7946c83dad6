import { tzOffset } from '@date-fns/tz';
import { type Money, parseMoney } from '../core/base/money.ts';
import { DAY, type EpochSeconds, epochSeconds, MINUTE } from '../core/base/time.ts';
import type { MarketplaceTime } from '../core/marketplace/sales.ts';
import { WireError } from './xml.ts';

/** A value of the wire with the name of its field, for errors. */
export type Named = readonly [field: string, text: string];

/** An amount in the marketplace's currency. Throws WireError. */
export function readMoney([field, text]: Named, currency: string): Money {
  try {
    return parseMoney(text, currency);
  } catch {
    throw new WireError('not an amount', field);
  }
}

/** A number that counts something, not an id. Throws WireError. */
export function readCount([field, text]: Named): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new WireError('too large', field);
  return value;
}

export const readSeconds = (named: Named): EpochSeconds => epochSeconds(readCount(named));

/**
 * The moment of a journal's entry; undefined if it cannot be read, because the entry is used without it too.
 */
export function readMoment(text: string | undefined): EpochSeconds | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? epochSeconds(value) : undefined;
}

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d+)?$/;
const ZONED = /(Z|[+-]\d\d:\d\d)$/;
const NEVER = /^0000-00-00/;

/**
 * A moment. With an offset (xsd:dateTime) it is kept as it is; without one it is local time of the
 * marketplace, whatever the zone of this process. Empty and zero dates are undefined. In the hour that autumn
 * repeats, the later reading is taken. Throws WireError.
 */
export function readTime([field, text]: Named, timeZone: string): MarketplaceTime | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || NEVER.test(trimmed)) return undefined;
  const offset = ZONED.exec(trimmed)?.[1];
  const wall = wallClock(offset === undefined ? trimmed : trimmed.slice(0, -offset.length));
  if (wall === undefined) throw new WireError('not a date', field);
  return { iso: offset === undefined ? localIso(wall, timeZone) : trimmed.replace(' ', 'T'), text };
}

/** The local time read as if it were UTC, in milliseconds; undefined for dates that no calendar has. */
function wallClock(text: string): number | undefined {
  const match = LOCAL.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const millis = Date.UTC(year, month - 1, day, hour, minute, second);
  const face = new Date(millis).toISOString().slice(0, 19);
  return face === text.slice(0, 19).replace(' ', 'T') ? millis : undefined;
}

/**
 * The local time with its offset. The offset after a change of clocks is tried first and taken if it holds
 * there, else the one before: so a repeated hour reads as the later one, and a skipped hour moves forward.
 */
function localIso(wall: number, timeZone: string): string {
  const offsetAt = (millis: number) => tzOffset(timeZone, new Date(millis));
  const [before, after] = [offsetAt(wall - DAY), offsetAt(wall + DAY)];
  if (before === after) return isoText(wall, after);
  const instant = wall - (offsetAt(wall - after * MINUTE) === after ? after : before) * MINUTE;
  return isoText(instant + offsetAt(instant) * MINUTE, offsetAt(instant));
}

function isoText(wall: number, offsetMinutes: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const size = Math.abs(offsetMinutes);
  const offset = `${offsetMinutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
  return new Date(wall).toISOString().slice(0, 19) + offset;
}
