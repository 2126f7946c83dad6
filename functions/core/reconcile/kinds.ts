import { type EpochMillis, MINUTE, plus } from '../base/time.ts';
import type { OrderState } from '../orders/order.ts';
import type { ListedKind } from './store.ts';

export function kindOf(state: OrderState): ListedKind {
  if (state === 'form-cancelled' || state === 'cancelled') return 'cancelled';
  return state === 'awaiting-payment' || state === 'awaiting-manual-payment' ? 'open' : 'live';
}

/** How far a form has come that is stored, for each kind. */
const STAGE: Partial<Record<ListedKind, number>> = { open: 0, live: 1, cancelled: 2 };

/** Whether the index has a form as stored, and further than this row. */
export const isBehindIndex = (known: ListedKind | undefined, state: OrderState | undefined): boolean => {
  const stage = known === undefined ? undefined : STAGE[known];
  return stage !== undefined && (state === undefined || (STAGE[kindOf(state)] ?? 0) < stage);
};

/** The journal is given so long to tell of a change; hours count as a fault of the service. */
const JOURNAL_DELAY = 10 * MINUTE;

/** Whether the journal may still tell of what happened then. `toldUntil`: the time of the newest event that was read. */
export const mayStillBeTold = (
  at: EpochMillis | undefined,
  use: { toldUntil: EpochMillis | undefined; now: EpochMillis },
): boolean => at !== undefined && at > (use.toldUntil ?? 0) && plus(at, JOURNAL_DELAY) > use.now;
