import { type EpochMillis, MINUTE } from '../base/time.ts';
import type { FaultReason } from '../faults/fault.ts';
import type { SyncFacts } from './sync-facts.ts';

/** The marketplace's verdict on one version of the secret; a version without an entry has no verdict yet. */
export interface Verdict {
  readonly outcome: 'accepted' | 'refused';
  readonly atMillis: EpochMillis;
  /**
   * A person's permission to send a refused version again; marked as used before the version is sent, and once another
   * password has been accepted.
   */
  readonly resend?: 'permitted' | 'used' | undefined;
}

/** Keyed fingerprint of a password, which recognises the password and reveals nothing of it. */
export interface Fingerprint {
  readonly print: string;
  /** The version of the key that made the fingerprint. */
  readonly key: string;
}

/**
 * A password that the marketplace has refused, with the time when that was learnt, and whether a person has had it sent
 * again.
 */
export interface RefusedPassword extends Fingerprint {
  readonly atMillis: EpochMillis;
  readonly resent?: true | undefined;
}

/** The last trouble, kept until a run succeeds. */
export interface AccountFault {
  readonly reason: FaultReason;
  readonly operation: string;
  /** The marketplace's own code, if it gave one. */
  readonly code?: string;
  readonly sinceMillis: EpochMillis;
  readonly atMillis: EpochMillis;
  /** Number of times in a row. */
  readonly count: number;
  /**
   * Answers without an explanation since anything last worked; other trouble in between does not reset them.
   */
  readonly unexplained?: { readonly sinceMillis: EpochMillis; readonly count: number } | undefined;
}

/** A login that was about to be sent, and whose judgement by the marketplace is not known. */
export interface OpenAttempt {
  readonly id: string;
  readonly version: string;
  readonly atMillis: EpochMillis;
  /** Place of the attempt in the login log, if that is not the attempt's time. */
  readonly placeMillis?: EpochMillis;
  /** Whether a success or an unlock came after the attempt. */
  readonly cleared?: boolean;
}

/** A notice that people are to get, or got last. */
export interface Notice {
  readonly kind: 'needs-person' | 'recovered';
  readonly state: string;
  readonly reason?: FaultReason;
  readonly sinceMillis: EpochMillis;
}

/** `creating` until the secret is stored, then `active`; `removing` until nothing of the account is left. */
export type AccountPhase = 'creating' | 'active' | 'paused' | 'removing';

/** Facts that never change about an account. */
export interface AccountIdentity {
  readonly accountId: string;
  readonly marketplaceId: string;
  readonly login: string;
  readonly integrationKeyId: string;
  readonly createdAtMillis: EpochMillis;
}

/** Facts that guard a seller's login and outlive the account, because the marketplace goes on counting failures. */
export interface LoginMemory {
  /** Number of refusals, and of attempts without a known judgement, since the last success or unlock. */
  readonly possibleFailures: number;
  /**
   * Number of logins sent since the last success or unlock, whatever their answer, without those that met a
   * captcha.
   */
  readonly loginsSent?: number | undefined;
  /**
   * Attempts without a proven judgement, oldest first, including one under way. Each counts as a possible
   * failure. A success or an unlock leaves the young ones, because the marketplace may judge them later.
   */
  readonly unclearAttempts?: readonly OpenAttempt[] | undefined;
  /** Times of the last attempts, oldest first, whatever their outcome. */
  readonly recentAttemptsMillis: readonly EpochMillis[];
  /** Passwords that the marketplace has refused, each once, the newest last. */
  readonly refused?: readonly RefusedPassword[] | undefined;
  readonly lockedAtMillis?: EpochMillis | undefined;
  readonly unlockedAtMillis?: EpochMillis | undefined;
  /** Times of recent confirmations by people that they had unlocked the account. */
  readonly recentUnlocksMillis?: readonly EpochMillis[] | undefined;
  readonly lastLoginAtMillis?: EpochMillis | undefined;
  readonly userId?: string | undefined;
}

/** Facts by which logins and notices are decided. Written only by comparing `revision`. */
export interface LoginFacts extends LoginMemory {
  readonly phase: AccountPhase;
  /** Number of changes by people and their programs; absent before the first. */
  readonly version?: number | undefined;
  /** The secret version in use, or the first one to be proven. */
  readonly currentVersion: string;
  /** A new version that waits to be tried once. */
  readonly stagedVersion?: string | undefined;
  /** An accepted version whose stage in the secret store still has to be moved. */
  readonly promoteVersion?: string | undefined;
  /** The version in use before the promotion. */
  readonly promoteFrom?: string | undefined;
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** The first password of an account until it is tried; typed by a person, as a later staged one is. */
  readonly typedVersion?: string | undefined;
  /** Ids of accounts whose memory was taken over, so that none is counted twice. */
  readonly inherited?: readonly string[] | undefined;

  /**
   * Place of the newest attempt in the login log. A log with later attempts knows more than this row, e.g.
   * after a restore.
   */
  readonly lastPlaceMillis?: EpochMillis | undefined;
  /** Whether the only attempt that an unlock permits is still unused. */
  readonly permit?: boolean | undefined;
  /**
   * After an unlock that follows our own caution: only a password typed since then is tried, until one
   * succeeds.
   */
  readonly typedOnly?: boolean | undefined;
  readonly fault?: AccountFault | undefined;
  /** Times at which sessions ended long before their time, recent ones only. */
  readonly earlyDeathsMillis?: readonly EpochMillis[] | undefined;

  readonly leaseToken?: string | undefined;
  readonly leaseUntilMillis?: EpochMillis | undefined;

  readonly pendingNotice?: Notice | undefined;
  readonly lastNotice?: Notice | undefined;
  /** Time to tell or to remind people; absent while there is nothing to tell. */
  readonly notifyAtMillis?: EpochMillis | undefined;
}

/** A seller at a marketplace. Everything that guards its login is on this item, which has no TTL. */
export interface Account extends AccountIdentity, LoginFacts, SyncFacts {
  /** Grows with every write except those of the cursor and of the due time. */
  readonly revision: number;
}

/** A change of an account. An attribute that is present and undefined is removed. */
export type AccountChanges = Partial<LoginFacts & SyncFacts>;

/** Logins are compared without case, surrounding blanks and differences of Unicode form. */
export const normaliseLogin = (login: string): string => login.trim().normalize('NFKC').toLowerCase();

/** The account after `changes` are written. */
export const withChanges = (account: Account, changes: AccountChanges): Account => ({
  ...account,
  ...changes,
});

/** Time after which an account that is still being created was cut off, and is undone. */
export const CREATION_TIME = 2 * MINUTE;
