import type { FaultReason } from './faults.ts';
import type { EpochMillis } from './time.ts';

/** What the marketplace said of one version of the secret; a version without an entry has no verdict yet. */
export interface Verdict {
  readonly outcome: 'accepted' | 'refused';
  readonly atMillis: EpochMillis;
}

/** The last trouble, kept until a run succeeds. */
export interface AccountFault {
  readonly reason: FaultReason;
  readonly operation: string;
  /** The marketplace's own code, where it gave one. */
  readonly code?: string;
  readonly sinceMillis: EpochMillis;
  readonly atMillis: EpochMillis;
  /** How often in a row. */
  readonly count: number;
}

/** A login that was about to be sent. It stays when its worker dies, and so does its possible failure. */
export interface OpenAttempt {
  readonly id: string;
  readonly version: string;
  readonly atMillis: EpochMillis;
}

export interface LastRun {
  readonly startedAtMillis: EpochMillis;
  readonly finishedAtMillis: EpochMillis;
  readonly outcome: 'done' | 'interrupted' | 'failed' | 'stopped';
  readonly events: number;
  readonly ordersChanged: number;
  readonly reason?: FaultReason;
}

/**
 * `creating` until the secret is stored, `active` from then on; `removing` until nothing of it is left.
 */
export type AccountPhase = 'creating' | 'active' | 'paused' | 'removing';

/** One seller at one marketplace: everything that guards it lives here, on one item without a TTL. */
export interface Account {
  readonly accountId: string;
  readonly marketplaceId: string;
  readonly login: string;
  readonly webapiKeyId: string;
  readonly phase: AccountPhase;
  readonly createdAtMillis: EpochMillis;

  /** The secret version that is in use, or the first one to be proven. */
  readonly currentVersion: string;
  /** A new version that waits to be tried once. */
  readonly stagedVersion?: string;
  /** An accepted version whose stage in the secret store still has to be moved. */
  readonly promoteVersion?: string;
  readonly verdicts: Readonly<Record<string, Verdict>>;

  /** Grows with every write that a login decision may depend on. */
  readonly loginRevision: number;
  /** Refusals, and attempts without a readable reply, since the last success or unlock. */
  readonly possibleFailures: number;
  /** When the last attempts were made, oldest first, whatever their outcome. */
  readonly recentAttemptsMillis: readonly EpochMillis[];
  readonly openAttempt?: OpenAttempt;
  readonly lockedAtMillis?: EpochMillis;
  readonly unlockedAtMillis?: EpochMillis;
  readonly lastLoginAtMillis?: EpochMillis;
  readonly userId?: string;
  readonly fault?: AccountFault;

  readonly leaseToken?: string;
  readonly leaseUntilMillis?: EpochMillis;
  readonly claimToken?: string;
  readonly claimUntilMillis?: EpochMillis;

  /** The last deal event up to which everything has landed; '0' = before the first. Absent before the first connect. */
  readonly cursor?: string;
  /** When the first connect set the cursor: earlier sales are not ours unless imported. */
  readonly connectedAtMillis?: EpochMillis;
  readonly lastSlotMillis?: EpochMillis;
  readonly lastRun?: LastRun;
  /** When `plan` shall send it to work; absent while only a person can help. */
  readonly dueAtMillis?: EpochMillis;
}

/** Logins are compared without case, surrounding blanks and differences of Unicode form. */
export const normaliseLogin = (login: string): string => login.trim().normalize('NFKC').toLowerCase();
