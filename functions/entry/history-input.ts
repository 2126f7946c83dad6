import { TZDate } from '@date-fns/tz';
import { dayOf } from '../core/base/days.ts';
import { badField } from '../core/base/problem.ts';
import { type EpochMillis, epochMillis } from '../core/base/time.ts';

interface Here {
  readonly now: EpochMillis;
  /** Time zone of the marketplace, whose days are meant. */
  readonly timeZone: string;
}

/** A day that is not in the future; undefined if none is given. Throws Problem. */
export function readDay(day: string | undefined, { now, timeZone }: Here): string | undefined {
  if (day === undefined || day <= dayOf(now, timeZone)) return day;
  throw badField('day', {
    pl: 'Ten dzień jeszcze nie nadszedł. Podaj dzisiejszy albo wcześniejszy.',
    en: 'This day is still to come. Give today or an earlier one.',
  });
}

/**
 * The range of an import. In `from` a day means its beginning, in `to` its end, or now for today. Throws
 * Problem.
 */
export function readImport(
  { from, to }: { from: string; to: string },
  { now, timeZone }: Here,
): { fromMillis: EpochMillis; toMillis: EpochMillis } {
  const isToday = to === dayOf(now, timeZone);
  return {
    fromMillis: isDay(from) ? midnight(from, { timeZone }) : epochMillis(Date.parse(from)),
    toMillis: isToday ? now : isDay(to) ? midnight(to, { timeZone, days: 1 }) : epochMillis(Date.parse(to)),
  };
}

const isDay = (text: string): boolean => text.length === 10;

/** The beginning of a day, or of a day some days later. */
function midnight(day: string, { timeZone, days = 0 }: { timeZone: string; days?: number }): EpochMillis {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return epochMillis(new TZDate(year, month - 1, date + days, timeZone).getTime());
}
