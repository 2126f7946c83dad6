import type { Verdict } from '../../functions/core/account/account.ts';
import { SECOND } from '../../functions/core/base/time.ts';
import type { Attempt } from './attempt.ts';
import type { Dice } from './random.ts';

export type ProcessKind = 'work' | 'borrow' | 'http' | 'plan' | 'notify';

/** Time after which the platform ends an invocation, by kind. */
export const TIME_OUT: Record<ProcessKind, number> = {
  work: 120 * SECOND,
  borrow: 120 * SECOND,
  http: 29 * SECOND,
  plan: 50 * SECOND,
  notify: 50 * SECOND,
};

/**
 * An invocation: a worker, a request of a person, a tick. Its clock may be wrong, and it may die at any time.
 */
export interface Process {
  readonly id: number;
  readonly kind: ProcessKind;
  /** Number of the account that the invocation is about; -1 for all. */
  readonly account: number;
  readonly skewMillis: number;
  readonly egressId: string;
  readonly startedAt: number;
  readonly dice: Dice;
  alive: boolean;
  done: boolean;
  frozenUntil: number;
  /** Whether the process was frozen once, so that no time-out of the platform ended it. */
  everFrozen: boolean;
  readonly notes: Notes;
}

/** Facts about a process that the rules remember. */
export interface Notes {
  /** The lease that the process won last, the time of winning it, and its end by the process's own clock. */
  leaseToken?: string;
  /** The account of this lease. */
  leased?: string;
  leaseWonAt?: number;
  leaseUntil?: number | undefined;
  sessionReadAt?: number;
  /** The version of the password that the process read last, and when. */
  password?: { version: string; value: string; readAt: number };
  /** The last entry that the process opened in the login log. */
  opened?: { accountId: string; attemptId: string; version: string; why: string };
  /** The last attempt that the process noted, and whether a person had asked for or permitted it. */
  begun?: string;
  begunAt?: number;
  /** The verdict of the version that was in use when the attempt was noted. */
  inUse?: Verdict | undefined;
  asked?: boolean;
  staged?: boolean;
  permitted?: boolean;
  /** Shared trouble that the process read without being elected to probe. */
  readonly shunned: Set<string>;
  /** Handles that the process has called with. */
  readonly handles: Set<string>;
  /** Handles that the marketplace refused, with the number of refusals, and those that were young then. */
  readonly deaths: Map<string, number>;
  readonly youngDeaths: Set<string>;
  /** Number of logins sent under each lease, and the leases taken to replace a dead handle. */
  readonly underLease: Map<string, number>;
  readonly reloginLeases: Set<string>;
  /** The lease under which the process recorded its login. */
  savedUnder?: string;
  /** The last handle that the process stored. */
  stored?: { accountId: string; handle: string };
  /** The noted attempt that the process heard to be accepted. */
  accepted?: { accountId: string; attemptId: string; sentAt: number };
  /** Whether the process was elected to log in for all accounts of the marketplace. */
  triesForAll?: boolean;
  /** The version key that the process heard to be stale, and when. */
  staleKey?: { key: string | undefined; at: number };
  /** The version that the process heard to be refused. */
  refusal?: { accountId: string; version: string; password: string };
  /** The lease under which the process asked for the seller's id, or read the claim on the seller. */
  askedSellerUnder?: string;
  /** The attempt whose answer demanded a captcha, until the process has noted the lock. */
  heardLock?: Attempt | undefined;
  /** The account whose seller turned out to belong to another account. */
  notOwner?: string | undefined;
  /** A removed account that still holds the claim on the seller. */
  deadOwner?: string | undefined;
  /** Whether the store failed the process, so that facts may be lost without a mistake of ours. */
  brokenStore: boolean;
}

export const newNotes = (): Notes => ({
  shunned: new Set(),
  handles: new Set(),
  deaths: new Map(),
  youngDeaths: new Set(),
  underLease: new Map(),
  reloginLeases: new Set(),
  brokenStore: false,
});
