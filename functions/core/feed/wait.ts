import { type Clock, type EpochMillis, SECOND } from '../base/time.ts';
import type { ChangePage } from './changes.ts';

/** Most feeds that a waiting reader has read per second. */
const LOOKS_PER_SECOND = 25;

interface Patience {
  readonly untilMillis: EpochMillis;
  /** Number of feeds that each look reads. */
  readonly feeds: number;
}

/** Looks until there are changes or the time is up, at least once; the more feeds, the more rarely. */
export async function awaitChanges(
  deps: { clock: Clock; sleep: (millis: number) => Promise<void>; look: () => Promise<ChangePage> },
  { untilMillis, feeds }: Patience,
): Promise<ChangePage> {
  const lookEveryMillis = Math.max(SECOND, (feeds * SECOND) / LOOKS_PER_SECOND);
  for (;;) {
    const page = await deps.look();
    const left = untilMillis - deps.clock();
    if (page.changes.length > 0 || left <= 0) return page;
    await deps.sleep(Math.min(lookEveryMillis, left));
  }
}
