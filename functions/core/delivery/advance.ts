import { DAY, type EpochMillis, HOUR, plus, SECOND } from '../base/time.ts';
import type { FeedEntry } from '../orders/store.ts';
import { type Delivered, isGone } from './deliver.ts';
import { movedTo } from './rewind.ts';
import type { Lane, SenderPlace } from './store.ts';
import type { DeliveryError } from './webhook.ts';

/** Age of an entry from which it is given up, if its receiver has been failing for as long. */
export const GIVE_UP_AFTER = 3 * DAY;
const FIRST_PAUSE = 30 * SECOND;
const LONGEST_PAUSE = 4 * HOUR;
/** How far a pause is spread at most. */
const SPREAD = 0.25;
/** No lane rests for longer. */
export const LONGEST_REST = LONGEST_PAUSE * (1 + SPREAD);

export interface Attempt {
  /** With `unwanted`, the webhook does not ask for the entry, and nothing was sent. */
  readonly outcome: Delivered | 'unwanted';
  readonly now: EpochMillis;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly jitter: number;
}

/**
 * The lane after an attempt at its next entry. The lane moves past the entry unless the step is `retry`
 * (tried again when the lane is due) or `gone` (the receiver asks for no more deliveries).
 */
export type Advanced =
  | { readonly lane: Lane; readonly step: 'passed' | 'delivered' }
  | { readonly lane: Lane; readonly step: 'retry' | 'gave-up' | 'gone'; readonly error: DeliveryError };

export function advance(lane: Lane, entry: FeedEntry, { outcome, now, jitter }: Attempt): Advanced {
  if (outcome === 'unwanted') return { lane: at(lane, movedTo(lane, entry)), step: 'passed' };
  if (outcome === 'delivered') return { lane: afterDelivery(lane, entry, now), step: 'delivered' };
  const error = outcome;
  const failed = failedAgain(lane, { error, now });
  if (isGone(error)) {
    // The three days begin anew once the webhook is resumed.
    const { failingSinceMillis: _, ...resting } = failed;
    return { lane: resting, step: 'gone', error };
  }
  if (isGivenUp(failed, { entry, now }))
    return { lane: { ...at(failed, movedTo(failed, entry)), dueAtMillis: now }, step: 'gave-up', error };
  const dueAtMillis = plus(now, pauseAfter(failed.failures, jitter));
  return { lane: { ...failed, dueAtMillis }, step: 'retry', error };
}

/** The lane at another position. */
export function at({ atMillis: _, passed: __, ...lane }: Lane, place: SenderPlace): Lane {
  return { ...lane, ...place };
}

function afterDelivery(lane: Lane, entry: FeedEntry, now: EpochMillis): Lane {
  const { webhookId, accountId, lastError, dueAtMillis } = lane;
  return {
    webhookId,
    accountId,
    ...movedTo(lane, entry),
    failures: 0,
    deliveredAtMillis: now,
    ...(lastError && { lastError }),
    // A lane that was due stays due until it is at its end, because the feed's mark may be gone by now.
    ...(dueAtMillis !== undefined && { dueAtMillis: now }),
  };
}

function failedAgain(
  { dueAtMillis: _, ...lane }: Lane,
  { error, now }: { error: DeliveryError; now: EpochMillis },
): Lane {
  const failingSinceMillis = lane.failingSinceMillis ?? now;
  return { ...lane, failures: lane.failures + 1, failingSinceMillis, lastError: error };
}

const isGivenUp = (
  { failingSinceMillis }: Lane,
  { entry, now }: { entry: FeedEntry; now: EpochMillis },
): boolean =>
  failingSinceMillis !== undefined &&
  now >= plus(failingSinceMillis, GIVE_UP_AFTER) &&
  now >= plus(entry.atMillis, GIVE_UP_AFTER);

/**
 * Pause before the next attempt: twice as long each time, up or down by a quarter, so that many lanes do not
 * come back at once.
 */
export const pauseAfter = (failures: number, jitter: number): number =>
  Math.round(Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) * (1 - SPREAD + 2 * SPREAD * jitter));
