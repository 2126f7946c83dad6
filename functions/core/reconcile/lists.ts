import { DAY } from '../base/time.ts';
import type { ListKind } from '../marketplace/lists.ts';

/** How far back `form-ids` reaches. */
export const LISTED_DAYS = 30;

/** Whether a list can be asked for a stretch of time. */
const knowsTime = (list: ListKind): boolean => list === 'filled-forms';

/** Which lists to read for a stretch of time, and whether the first that there is will do. */
export function listsFor(
  lists: readonly ListKind[],
  { ageMillis }: { ageMillis: number },
): { lists: readonly ListKind[]; firstOnly: boolean } {
  const byTime = [...lists].sort((one, other) => Number(knowsTime(other)) - Number(knowsTime(one)));
  const [best] = byTime;
  // Where no list knows time, the one of a month sees more, and the offers go further back.
  const firstOnly = (best !== undefined && knowsTime(best)) || ageMillis <= LISTED_DAYS * DAY;
  return { lists: byTime, firstOnly };
}
