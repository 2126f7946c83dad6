import { DAY } from '../base/time.ts';
import type { ListKind } from '../marketplace/lists.ts';

/** Number of days that `all-sales` reaches back. */
export const LISTED_DAYS = 30;

/** Whether a list can be asked for a range of time. */
const knowsTime = (list: ListKind): boolean => list === 'filled-sales';

/** The lists to read for a range of time, and whether the first available one is enough. */
export function listsFor(
  lists: readonly ListKind[],
  { ageMillis }: { ageMillis: number },
): { lists: readonly ListKind[]; firstOnly: boolean } {
  const byTime = [...lists].sort((one, other) => Number(knowsTime(other)) - Number(knowsTime(one)));
  const [best] = byTime;
  // Without a list with times, the list of a month shows more, and that by offers reaches further back.
  const firstOnly = (best !== undefined && knowsTime(best)) || ageMillis <= LISTED_DAYS * DAY;
  return { lists: byTime, firstOnly };
}
