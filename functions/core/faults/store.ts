import type { EpochMillis } from '../base/time.ts';
import type { SharedTrouble } from './shared-trouble.ts';

/** A thing that several accounts share, and whose trouble stops all of them. */
export interface Shared {
  readonly kind: 'integration-key' | 'egress' | 'marketplace';
  readonly name: string;
}

export interface Trouble extends Shared {
  readonly trouble: SharedTrouble;
}

/** Shared trouble, stored once at its owner, and ended by a successful probe. */
export interface TroubleStore {
  /** The present trouble; `endedAtMillis` is the end of the last one. */
  read(shared: Shared): Promise<{ trouble?: SharedTrouble; endedAtMillis?: EpochMillis }>;
  /** Records trouble; the first report sets its beginning. */
  record(shared: Shared, trouble: SharedTrouble): Promise<void>;
  /** Elects a prober: true for exactly one caller per `expectedMillis`. */
  takeProbe(
    shared: Shared,
    probe: { expectedMillis: EpochMillis; nextMillis: EpochMillis },
  ): Promise<boolean>;
  /**
   * Notes that an account's good password was refused. Returns the number of accounts to which that happened
   * within `withinMillis`.
   */
  noteRefusal(
    shared: Shared,
    refusal: { accountId: string; atMillis: EpochMillis; withinMillis: number },
  ): Promise<number>;
  /**
   * Ends trouble that began by `atMillis`. Later trouble stays, because the worker's success came before it; but
   * trouble that begins after `nowMillis` was noted by a clock that was ahead, and ends too.
   */
  end(shared: Shared, end: { atMillis: EpochMillis; nowMillis: EpochMillis }): Promise<void>;
}

/** Trouble that began or ended without people having been told. */
export interface SharedNotice extends Trouble {
  readonly over: boolean;
}

export interface TroubleNotices {
  /** Trouble of which people were not told since that time, and ends of which they were never told. */
  list(untoldSinceMillis: EpochMillis): Promise<SharedNotice[]>;
  notified(notice: SharedNotice, notifiedAtMillis: EpochMillis): Promise<void>;
}
