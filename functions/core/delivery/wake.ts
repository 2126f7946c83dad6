import type { Clock } from '../base/time.ts';
import type { SendingIndex, SendQueue } from './store.ts';

const IN_PARALLEL = 10;

export interface WakeDeps {
  readonly sending: SendingIndex;
  readonly sendQueue: SendQueue;
  readonly clock: Clock;
  readonly outOfTime: () => boolean;
}

/**
 * Sends a message for each account whose feed, or a webhook of it, is due. It stays due until it was read, so
 * that a lost message is followed by another. Returns the number of messages.
 */
export async function wakeSenders(deps: WakeDeps): Promise<number> {
  const slotMillis = deps.clock();
  const woken = new Set<string>();
  for await (const page of deps.sending.pages(slotMillis)) {
    const due = new Set(page.map(({ accountId }) => accountId));
    const accountIds = [...due].filter((accountId) => !woken.has(accountId));
    for (let start = 0; start < accountIds.length; start += IN_PARALLEL) {
      if (deps.outOfTime()) return woken.size;
      const batch = accountIds.slice(start, start + IN_PARALLEL);
      await Promise.all(batch.map((accountId) => deps.sendQueue.send({ accountId, slotMillis })));
      for (const accountId of batch) woken.add(accountId);
    }
  }
  return woken.size;
}
