import type { EpochMillis } from '../base/time.ts';
import type { FaultReason } from './fault.ts';

/** Trouble of an integration key or an outgoing address, stored once and shared by all accounts behind it. */
export interface SharedTrouble {
  readonly reason: FaultReason;
  readonly sinceMillis: EpochMillis;
  /** Time from which a worker may probe whether the trouble is over. */
  readonly probeAtMillis: EpochMillis;
  readonly notifiedAtMillis?: EpochMillis;
}
