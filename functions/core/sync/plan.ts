import type { DueIndex } from '../ports/accounts.ts';
import type { Log } from '../ports/log.ts';
import type { WorkQueue } from '../ports/messages.ts';
import { type Clock, MINUTE, plus } from '../time.ts';

/** If the message gets lost, or its worker dies, the account is due again after this. */
const SECOND_LOOK = 5 * MINUTE;

const IN_PARALLEL = 10;

export interface PlanDeps {
  readonly due: DueIndex;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly log: Log;
  readonly outOfTime: () => boolean;
}

/**
 * Sends one message for each account that is due. Sends first and moves the due time after, and only if it
 * is still the one that was seen, so that a crash between the two sends twice (the queue drops the copy)
 * and never not at all. Returns how many were sent.
 */
export async function plan(deps: PlanDeps): Promise<number> {
  let sent = 0;
  for await (const page of deps.due.pages(deps.clock())) {
    for (let start = 0; start < page.length; start += IN_PARALLEL) {
      if (deps.outOfTime()) return sent;
      const batch = page.slice(start, start + IN_PARALLEL);
      await Promise.all(batch.map((entry) => sendOne(deps, entry)));
      sent += batch.length;
    }
  }
  return sent;
}

async function sendOne(deps: PlanDeps, entry: Parameters<DueIndex['move']>[0]): Promise<void> {
  await deps.queue.send({ accountId: entry.accountId, slotMillis: entry.dueAtMillis, why: 'due' });
  await deps.due.move(entry, plus(deps.clock(), SECOND_LOOK));
}
