import { type Clock, plus, SECOND } from '../base/time.ts';
import type { Session } from './session-store.ts';

/** A handle that ends within this time is not begun with. */
const LAST_MOMENT = 30 * SECOND;

const UNPINNED = 'unpinned';

/** Expiry is judged here, when a handle is read; a handle made from another pinned address is not ours to use. */
export function isUsable(session: Session, context: { clock: Clock; egressId: string }): boolean {
  if (plus(context.clock(), LAST_MOMENT) >= session.expiresAtMillis) return false;
  return context.egressId === UNPINNED || session.egressId === context.egressId;
}
