import type { Log } from '../base/log.ts';
import { type Clock, MINUTE, plus } from '../base/time.ts';
import type { SendingMarks, SendQueue } from './store.ts';

/**
 * Time until a marked feed is read: longer than any function lives, plus the difference of clocks, so that
 * the writer has stopped appending by then.
 */
const LOOK_WITHIN = 3 * MINUTE;

export interface AnnouncerDeps {
  readonly marks: SendingMarks;
  readonly sendQueue: SendQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** Tells `send` that feeds are about to grow, and that they have grown. */
export interface Announcer {
  /**
   * Marks the feed, before anything is appended, so that the entries of a writer that dies are only delayed.
   */
  announce(accountId: string): Promise<void>;
  /** Sends messages at the end of a run. Feeds whose message is lost are found by their mark. */
  flush(): Promise<void>;
}

export function openAnnouncer(deps: AnnouncerDeps): Announcer {
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
