import type { DueEntry, DueIndex } from '../account/store.ts';
import type { WorkQueue } from '../account/work-queue.ts';
import type { Log } from '../base/log.ts';
import { type Clock, epochMillis, HOUR, MINUTE, plus } from '../base/time.ts';
import type { PollInterval } from './poll-interval.ts';

/** Time after which an account is due again, in case its message is lost or its worker dies. */
const SECOND_LOOK = 5 * MINUTE;

const IN_PARALLEL = 10;

/** Longest rest of an account in trouble. */
const LONGEST_TROUBLE = 7 * HOUR;

export interface PlanDeps {
  readonly due: DueIndex;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly log: Log;
  readonly pollInterval: Pick<PollInterval, 'quietMillis'>;
  readonly outOfTime: () => boolean;
}

/**
 * Sends a message for each account that is due. The due time is moved after sending, and only if it is
 * unchanged, so that a crash in between sends twice (the queue drops the copy) and loses nothing. A due time
 * beyond any rest was written by a clock that was ahead, and is due now. Returns the number of messages.
 */
export async function plan(deps: PlanDeps): Promise<number> {
  const longestRest = Math.max(LONGEST_TROUBLE, 2 * deps.pollInterval.quietMillis);
  const sent = await sendAll(deps, deps.due.pages(deps.clock()));
  return sent + (await sendAll(deps, deps.due.beyond(plus(deps.clock(), longestRest))));
}

async function sendAll(deps: PlanDeps, pages: AsyncIterable<readonly DueEntry[]>): Promise<number> {
  let sent = 0;
  for await (const page of pages) {
    for (let start = 0; start < page.length; start += IN_PARALLEL) {
      if (deps.outOfTime()) return sent;
      const batch = page.slice(start, start + IN_PARALLEL);
      await Promise.all(batch.map((entry) => sendOne(deps, entry)));
      sent += batch.length;
    }
  }
  return sent;
}

async function sendOne(deps: PlanDeps, entry: DueEntry): Promise<void> {
  const slotMillis = epochMillis(Math.min(entry.dueAtMillis, deps.clock()));
  await deps.queue.send({ accountId: entry.accountId, slotMillis, why: 'due' });
  await deps.due.move(entry, plus(deps.clock(), SECOND_LOOK));
}
