import type { EpochMillis } from '../base/time.ts';
import type { SharedTrouble } from './shared-trouble.ts';

/** What several accounts share, and may be in trouble together. */
export interface Shared {
  readonly kind: 'webapi-key' | 'egress' | 'marketplace';
  readonly name: string;
}

export interface Trouble extends Shared {
  readonly trouble: SharedTrouble;
}

/** Trouble that is stored once, where it belongs, and ended by one successful probe. */
export interface TroubleStore {
  /** `endedAtMillis` tells when the last trouble was over. */
  read(shared: Shared): Promise<{ trouble?: SharedTrouble; endedAtMillis?: EpochMillis }>;
  /** The first to report it sets its beginning. */
  record(shared: Shared, trouble: SharedTrouble): Promise<void>;
  /** Elects one prober: true for exactly one caller per `expectedMillis`. */
  takeProbe(
    shared: Shared,
    probe: { expectedMillis: EpochMillis; nextMillis: EpochMillis },
  ): Promise<boolean>;
  /**
   * Notes that an account's good password was refused. Answers with how many accounts that happened to within so many
   * milliseconds.
   */
  noteRefusal(
    shared: Shared,
    refusal: { accountId: string; atMillis: EpochMillis; withinMillis: number },
  ): Promise<number>;
  /** Ends trouble that had begun by then: what a worker learnt before says nothing of trouble that came after. */
  end(shared: Shared, endedAtMillis: EpochMillis): Promise<void>;
}

/** Trouble that began, or is over, and that people do not know of yet. */
export interface SharedNews extends Trouble {
  readonly over: boolean;
}

export interface TroubleNews {
  /** Trouble that was not told since then, and ends that were not told at all. */
  list(untoldSinceMillis: EpochMillis): Promise<SharedNews[]>;
  told(news: SharedNews, toldAtMillis: EpochMillis): Promise<void>;
}
