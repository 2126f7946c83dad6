import type { Log } from '../base/log.ts';
import { type Clock, MINUTE, plus } from '../base/time.ts';
import type { SendingMarks, SendQueue } from './store.ts';

/** Longer than any function lives, and then as much as clocks may differ: by then whoever marked has stopped appending. */
export const LOOK_WITHIN = 3 * MINUTE;

export interface NewsDeps {
  readonly marks: SendingMarks;
  readonly sendQueue: SendQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** Tells those who send on that feeds are about to grow, and that they have grown. */
export interface News {
  /** Lasting, and before anything is appended: a writer that dies then is only delayed. */
  announce(accountId: string): Promise<void>;
  /** At the end of a run; what gets lost here comes with the mark. */
  flush(): Promise<void>;
}

export function openNews(deps: NewsDeps): News {
  const announced = new Set<string>();
  return {
    async announce(accountId) {
      await deps.marks.mark(accountId, plus(deps.clock(), LOOK_WITHIN));
      announced.add(accountId);
    },

    async flush() {
      const accountIds = [...announced];
      announced.clear();
      const slotMillis = deps.clock();
      for (const accountId of accountIds) {
        await deps.sendQueue.send({ accountId, slotMillis }).catch((error: unknown) => {
          deps.log.warn('send-not-asked', { accountId, error });
        });
      }
    },
  };
}
