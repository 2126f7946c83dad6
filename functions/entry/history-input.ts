import { TZDate } from '@date-fns/tz';
import { dayOf } from '../core/base/days.ts';
import { badField } from '../core/base/problem.ts';
import { type EpochMillis, epochMillis } from '../core/base/time.ts';

interface Here {
  readonly now: EpochMillis;
  /** Days are the marketplace's own. */
  readonly timeZone: string;
}

/** A day that is not to come; undefined where none is given. Throws Problem. */
export function readDay(day: string | undefined, { now, timeZone }: Here): string | undefined {
  if (day === undefined || day <= dayOf(now, timeZone)) return day;
  throw badField('day', {
    pl: 'Ten dzień jeszcze nie nadszedł. Podaj dzisiejszy albo wcześniejszy.',
    en: 'This day is still to come. Give today or an earlier one.',
  });
}

/** A day stands for its beginning in `from`, and for its end, or for now, in `to`. Throws Problem. */
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

/** The beginning of a day, or of one that is so many days later. */
function midnight(day: string, { timeZone, days = 0 }: { timeZone: string; days?: number }): EpochMillis {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return epochMillis(new TZDate(year, month - 1, date + days, timeZone).getTime());
}
