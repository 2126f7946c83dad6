import { DAY, type EpochMillis, HOUR, plus, SECOND } from '../base/time.ts';
import type { FeedEntry } from '../orders/store.ts';
import { type Delivered, isGone } from './deliver.ts';
import { movedTo } from './rewind.ts';
import type { Lane, SenderPlace } from './store.ts';
import type { DeliveryError } from './webhook.ts';

/** An entry is given up when it is this old and its receiver has been failing for as long. */
export const GIVE_UP_AFTER = 3 * DAY;
const FIRST_PAUSE = 30 * SECOND;
const LONGEST_PAUSE = 4 * HOUR;

export interface Attempt {
  /** `unwanted`: the webhook does not ask for the entry, and nothing was sent. */
  readonly outcome: Delivered | 'unwanted';
  readonly now: EpochMillis;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly jitter: number;
}

/**
 * The lane after an attempt at its next entry. It moves past the entry unless the step is `retry` (tried again when
 * the lane is due) or `gone` (the receiver asks for nothing ever more).
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
    // Once the webhook is resumed, its three days begin anew.
    const { failingSinceMillis: _, ...resting } = failed;
    return { lane: resting, step: 'gone', error };
  }
  if (isGivenUp(failed, { entry, now }))
    return { lane: { ...at(failed, movedTo(failed, entry)), dueAtMillis: now }, step: 'gave-up', error };
  const dueAtMillis = plus(now, pauseAfter(failed.failures, jitter));
  return { lane: { ...failed, dueAtMillis }, step: 'retry', error };
}

/** The lane at another place. */
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
    // A lane that was due stays so until it is at its end: the feed's mark may be gone by now.
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

/** Twice as long each time, up or down by a quarter, so that many lanes do not come back at once. */
export const pauseAfter = (failures: number, jitter: number): number =>
  Math.round(Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) * (0.75 + jitter / 2));
