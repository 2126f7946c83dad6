import { isStillThere } from '../feed/place.ts';
import type { FeedEntry, FeedReader } from '../orders/store.ts';
import type { SenderPlace } from './store.ts';

/** Factor by which each remembered position lies further back than the next. */
const SPREAD = 4;

/**
 * A sender that has reached this entry. Some of the positions behind it stay known, fewer the older they are.
 */
export function movedTo(from: SenderPlace, { number, atMillis }: FeedEntry): SenderPlace {
  const stretches = new Set<number>();
  const before = from.atMillis === undefined ? [] : [{ number: from.number, atMillis: from.atMillis }];
  // The oldest of each stretch stays, because it will be the one in the next stretch.
  const passed = [...(from.passed ?? []), ...before].filter((place) => {
    const stretch = Math.floor(Math.log(number - place.number) / Math.log(SPREAD));
    const isFirst = !stretches.has(stretch);
    stretches.add(stretch);
    return isFirst;
  });
  return { number, atMillis, passed };
}

/**
 * The position from which a sender starts again in a restored feed that lacks its entry: the newest position
 * behind it that still exists, else the beginning.
 */
export async function lastStillThere(
  feed: FeedReader,
  accountId: string,
  { passed = [] }: SenderPlace,
): Promise<SenderPlace> {
  for (const [index, place] of [...passed.entries()].reverse()) {
    if (await isStillThere(feed, accountId, place)) return { ...place, passed: passed.slice(0, index) };
  }
  return { number: 0 };
}
