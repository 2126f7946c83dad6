import type { HourMark } from '../account/sync-facts.ts';
import { DAY, type EpochMillis, HOUR, plus } from '../base/time.ts';
import { addFlags, type FlagCounts } from '../orders/flags.ts';

type Counts = Pick<HourMark, 'events' | 'ordersChanged' | 'flagged' | 'flags' | 'late'>;

/**
 * Adds the counts of a run to their hour. A run without events adds no hour, so that the account of a quiet
 * seller stays small. Of marks older than a day only the newest is kept, for the cursor of that time.
 */
export function hoursAfter(
  hours: readonly HourMark[] = [],
  run: Counts & { cursor: string; now: EpochMillis },
): readonly HourMark[] {
  const { now, cursor, events, ordersChanged, flagged, flags = {}, late } = run;
  const isOld = ({ atMillis }: HourMark) => plus(atMillis, DAY) <= now;
  const kept = hours.slice(Math.max(0, hours.findLastIndex(isOld)));
  if (events === 0 && late === 0) return kept;
  const last = kept.at(-1);
  if (last === undefined || now >= plus(last.atMillis, HOUR))
    return [...kept, { atMillis: now, cursor, events, ordersChanged, flagged, ...someFlags(flags), late }];
  return [
    ...kept.slice(0, -1),
    {
      ...last,
      events: last.events + events,
      ordersChanged: last.ordersChanged + ordersChanged,
      flagged: last.flagged + flagged,
      ...someFlags(addFlags(last.flags ?? {}, flags)),
      late: last.late + late,
    },
  ];
}

const someFlags = (flags: FlagCounts) => Object.keys(flags).length > 0 && { flags };

/** Counts of the last 24 hours. */
export function dayCounts(hours: readonly HourMark[] = [], now: EpochMillis): Counts {
  const recent = hours.filter(({ atMillis }) => plus(atMillis, DAY) > now);
  const sum = (pick: (mark: HourMark) => number) => recent.reduce((total, mark) => total + pick(mark), 0);
  return {
    events: sum(({ events }) => events),
    ordersChanged: sum(({ ordersChanged }) => ordersChanged),
    flagged: sum(({ flagged }) => flagged),
    flags: recent.reduce((total, { flags = {} }) => addFlags(total, flags), {}),
    late: sum(({ late }) => late),
  };
}
