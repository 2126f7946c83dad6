import { DAY, type EpochMillis, HOUR, plus, SECOND } from '../base/time.ts';
import type { FeedEntry } from '../orders/store.ts';
import { type Delivered, isGone } from './deliver.ts';
import { movedTo } from './rewind.ts';
import type { DeliveryCursor, SenderPlace } from './store.ts';
import type { DeliveryError } from './webhook.ts';

/** Age of an entry from which it is given up, if its receiver has been failing for as long. */
export const GIVE_UP_AFTER = 3 * DAY;
const FIRST_PAUSE = 30 * SECOND;
const LONGEST_PAUSE = 4 * HOUR;
/** How far a pause is spread at most. */
const SPREAD = 0.25;
/** No delivery cursor rests for longer. */
export const LONGEST_REST = LONGEST_PAUSE * (1 + SPREAD);

export interface Attempt {
  /** With `unwanted`, the webhook does not ask for the entry, and nothing was sent. */
  readonly outcome: Delivered | 'unwanted';
  readonly now: EpochMillis;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly jitter: number;
}

/**
 * The delivery cursor after an attempt at its next entry. The delivery cursor moves past the entry unless the step is
 * `retry` (tried again when the delivery cursor is due) or `gone` (the receiver asks for no more deliveries).
 */
export type Advanced =
  | { readonly deliveryCursor: DeliveryCursor; readonly step: 'passed' | 'delivered' }
  | {
      readonly deliveryCursor: DeliveryCursor;
      readonly step: 'retry' | 'gave-up' | 'gone';
      readonly error: DeliveryError;
    };

export function advance(
  deliveryCursor: DeliveryCursor,
  entry: FeedEntry,
  { outcome, now, jitter }: Attempt,
): Advanced {
  if (outcome === 'unwanted')
    return { deliveryCursor: at(deliveryCursor, movedTo(deliveryCursor, entry)), step: 'passed' };
  if (outcome === 'delivered')
    return { deliveryCursor: afterDelivery(deliveryCursor, entry, now), step: 'delivered' };
  const error = outcome;
  const failed = cursorAfterFailure(deliveryCursor, { error, now });
  if (isGone(error)) {
    // The three days begin anew once the webhook is resumed.
    const { failingSinceMillis: _, ...resting } = failed;
    return { deliveryCursor: resting, step: 'gone', error };
  }
  if (isGivenUp(failed, { entry, now }))
    return {
      deliveryCursor: { ...at(failed, movedTo(failed, entry)), dueAtMillis: now },
      step: 'gave-up',
      error,
    };
  const dueAtMillis = plus(now, pauseAfter(failed.failures, jitter));
  return { deliveryCursor: { ...failed, dueAtMillis }, step: 'retry', error };
}

/** The delivery cursor at another position. */
export function at(
  { atMillis: _, passed: __, ...deliveryCursor }: DeliveryCursor,
  place: SenderPlace,
): DeliveryCursor {
  return { ...deliveryCursor, ...place };
}

function afterDelivery(deliveryCursor: DeliveryCursor, entry: FeedEntry, now: EpochMillis): DeliveryCursor {
  const { webhookId, accountId, lastError, dueAtMillis } = deliveryCursor;
  return {
    webhookId,
    accountId,
    ...movedTo(deliveryCursor, entry),
    failures: 0,
    deliveredAtMillis: now,
    ...(lastError && { lastError }),
    // A delivery cursor that was due stays due until it is at its end, because the feed's mark may be gone by now.
    ...(dueAtMillis !== undefined && { dueAtMillis: now }),
  };
}

function cursorAfterFailure(
  { dueAtMillis: _, ...deliveryCursor }: DeliveryCursor,
  { error, now }: { error: DeliveryError; now: EpochMillis },
): DeliveryCursor {
  const failingSinceMillis = deliveryCursor.failingSinceMillis ?? now;
  return { ...deliveryCursor, failures: deliveryCursor.failures + 1, failingSinceMillis, lastError: error };
}

const isGivenUp = (
  { failingSinceMillis }: DeliveryCursor,
  { entry, now }: { entry: FeedEntry; now: EpochMillis },
): boolean =>
  failingSinceMillis !== undefined &&
  now >= plus(failingSinceMillis, GIVE_UP_AFTER) &&
  now >= plus(entry.atMillis, GIVE_UP_AFTER);

/**
 * Pause before the next attempt: twice as long each time, up or down by a quarter, so that many delivery cursors do not
 * come back at once.
 */
export const pauseAfter = (failures: number, jitter: number): number =>
  Math.round(Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) * (1 - SPREAD + 2 * SPREAD * jitter));
