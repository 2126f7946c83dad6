import { type Clock, type EpochMillis, SECOND } from '../base/time.ts';
import type { ChangePage } from './changes.ts';

/** Feeds looked at per second by one waiting reader, at most. */
const LOOKS_PER_SECOND = 25;

interface Patience {
  readonly untilMillis: EpochMillis;
  /** How many feeds each look reads. */
  readonly feeds: number;
}

/** Looks until there is something or time is up, at least once; the more feeds, the less often. */
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
