import { TZDate } from '@date-fns/tz';
import * as z from 'zod/mini';
import { dayOf } from '../core/base/days.ts';
import { badField } from '../core/base/problem.ts';
import { type EpochMillis, epochMillis } from '../core/base/time.ts';
import { parse } from './input.ts';

interface Here {
  readonly now: EpochMillis;
  /** Days are the marketplace's own. */
  readonly timeZone: string;
}

const dayOrMoment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const ImportBody = z.strictObject({ from: dayOrMoment, to: dayOrMoment });
const DayQuery = z.strictObject({ day: z.optional(z.iso.date()) });

/** A day that is not to come; undefined where none is given. Throws Problem. */
export function readDay(query: unknown, { now, timeZone }: Here): string | undefined {
  const { day } = parse(DayQuery, query);
  if (day === undefined || day <= dayOf(now, timeZone)) return day;
  throw badField('day', {
    pl: 'Ten dzień jeszcze nie nadszedł. Podaj dzisiejszy albo wcześniejszy.',
    en: 'This day is still to come. Give today or an earlier one.',
  });
}

/** A day stands for its beginning in `from`, and for its end, or for now, in `to`. Throws Problem. */
export function readImport(body: unknown, here: Here): { fromMillis: EpochMillis; toMillis: EpochMillis } {
  const { from, to } = parse(ImportBody, body);
  const { now, timeZone } = here;
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
