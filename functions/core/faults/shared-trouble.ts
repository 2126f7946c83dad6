import type { EpochMillis } from '../base/time.ts';
import type { FaultReason } from './fault.ts';

/** Trouble that is stored once, at a WebAPI key or an outgoing address, and holds for all accounts behind it. */
export interface SharedTrouble {
  readonly reason: FaultReason;
  readonly sinceMillis: EpochMillis;
  /** When one worker may look whether it is over. */
  readonly probeAtMillis: EpochMillis;
  readonly toldAtMillis?: EpochMillis;
}
