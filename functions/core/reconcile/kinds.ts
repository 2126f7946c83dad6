import { type EpochMillis, MINUTE, plus } from '../base/time.ts';
import type { OrderState } from '../orders/order.ts';
import type { ListedKind } from './store.ts';

export function listedKind(state: OrderState): ListedKind {
  if (state === 'released' || state === 'cancelled') return 'cancelled';
  if (state === 'replaced') return 'replaced';
  return state === 'awaiting-payment' || state === 'awaiting-manual-payment' ? 'open' : 'live';
}

/** Progress of a stored sale, by kind. */
const STAGE: Partial<Record<ListedKind, number>> = { open: 0, live: 1, cancelled: 2, replaced: 2 };

/** Whether the index has the sale as stored, and in a later state than this row. */
export const isBehindIndex = (known: ListedKind | undefined, state: OrderState | undefined): boolean => {
  // An order that was replaced before it was stored has no row.
  const stage = known === undefined || known === 'replaced' ? undefined : STAGE[known];
  return stage !== undefined && (state === undefined || (STAGE[listedKind(state)] ?? 0) < stage);
};

/** Time for which the journal may still tell a change; a delay of hours counts as a fault of the service. */
const JOURNAL_DELAY = 10 * MINUTE;

/**
 * Whether the journal may still tell a change of that time. `toldUntil`: time of the newest event that was
 * read.
 */
export const mayStillBeTold = (
  at: EpochMillis | undefined,
  { toldUntil, now }: { toldUntil: EpochMillis | undefined; now: EpochMillis },
): boolean => at !== undefined && at > (toldUntil ?? 0) && plus(at, JOURNAL_DELAY) > now;
