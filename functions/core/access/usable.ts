import { type Clock, plus, SECOND } from '../base/time.ts';
import type { Session } from './session-store.ts';

/** Time before its end in which a session is not used any more. */
const LAST_MOMENT = 30 * SECOND;

const UNPINNED = 'unpinned';

/**
 * Whether a session may be used: it has not expired, and was made from the present address if that is pinned.
 */
export function isUsable(session: Session, context: { clock: Clock; egressId: string }): boolean {
  if (plus(context.clock(), LAST_MOMENT) >= session.expiresAtMillis) return false;
  return context.egressId === UNPINNED || session.egressId === context.egressId;
}
