import type { EpochMillis } from './time.ts';

/** The calendar day of a moment in a time zone, e.g. `2026-11-22`. */
export const dayOf = (moment: EpochMillis, timeZone: string): string =>
  // Swedish writes dates as ISO 8601 does.
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(moment);

/** The day `days` later. */
export const dayAfter = (day: string, days = 1): string => {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
};
