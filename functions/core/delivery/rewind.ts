import { isStillThere } from '../feed/place.ts';
import type { FeedEntry, FeedReader } from '../orders/store.ts';
import type { SenderPlace } from './store.ts';

/** Each place that is remembered is about so many times as far back as the one after it. */
const SPREAD = 4;

/** A sender that has come to this entry; some of the places that it passed stay known, fewer the older they are. */
export function movedTo(from: SenderPlace, { number, atMillis }: FeedEntry): SenderPlace {
  const stretches = new Set<number>();
  const before = from.atMillis === undefined ? [] : [{ number: from.number, atMillis: from.atMillis }];
  // The oldest of each stretch stays: it is the one that will come to the next stretch.
  const passed = [...(from.passed ?? []), ...before].filter((place) => {
    const stretch = Math.floor(Math.log(number - place.number) / Math.log(SPREAD));
    const isFirst = !stretches.has(stretch);
    stretches.add(stretch);
    return isFirst;
  });
  return { number, atMillis, passed };
}

/**
 * Where to begin again in a feed that lacks the entry at which a sender stands, because it was restored to an earlier
 * day: the newest place that the sender has passed and that is still there, else the beginning.
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
