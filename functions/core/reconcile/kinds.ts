import { type EpochMillis, MINUTE, plus } from '../base/time.ts';
import type { OrderState } from '../orders/order.ts';
import type { ListedKind } from './store.ts';

export function kindOf(state: OrderState): ListedKind {
  if (state === 'form-cancelled') return 'cancelled';
  return state === 'awaiting-payment' || state === 'awaiting-manual-payment' ? 'open' : 'live';
}

/** The journal is given so long to tell of a change; hours count as a fault of the service. */
const JOURNAL_DELAY = 10 * MINUTE;

/** Whether the journal may still tell of what happened then. `toldUntil`: the time of the newest event that was read. */
export const mayStillBeTold = (
  at: EpochMillis | undefined,
  use: { toldUntil: EpochMillis | undefined; now: EpochMillis },
): boolean => at !== undefined && at > (use.toldUntil ?? 0) && plus(at, JOURNAL_DELAY) > use.now;
