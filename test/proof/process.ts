import type { Verdict } from '../../functions/core/account/account.ts';
import { SECOND } from '../../functions/core/base/time.ts';
import type { Attempt } from './attempt.ts';
import type { Dice } from './random.ts';

export type ProcessKind = 'work' | 'borrow' | 'http' | 'plan' | 'tell';

/** Where the platform ends an invocation. */
export const TIME_OUT: Record<ProcessKind, number> = {
  work: 120 * SECOND,
  borrow: 120 * SECOND,
  http: 29 * SECOND,
  plan: 50 * SECOND,
  tell: 50 * SECOND,
};

/** One invocation: a worker, a request of a person, a tick. Its clock may be wrong, and it may vanish. */
export interface Process {
  readonly id: number;
  readonly kind: ProcessKind;
  /** Which account of the schedule it is about; -1 for all. */
  readonly account: number;
  readonly skewMillis: number;
  readonly egressId: string;
  readonly startedAt: number;
  readonly dice: Dice;
  alive: boolean;
  done: boolean;
  frozenUntil: number;
  /** Frozen once: the platform's time-out did not end it. */
  everFrozen: boolean;
  readonly notes: Notes;
}

/** What the rules remember of a process. */
export interface Notes {
  /** The lease that it won last, since when, and until when by its own clock. */
  leaseToken?: string;
  /** The account that this lease is for. */
  leased?: string;
  leaseWonAt?: number;
  leaseUntil?: number | undefined;
  sessionReadAt?: number;
  /** The version of the password that it read last, and when. */
  password?: { version: string; value: string; readAt: number };
  /** The last line that it wrote into the ledger. */
  opened?: { accountId: string; attemptId: string; version: string; why: string };
  /** The last attempt that it wrote down, and whether a person had asked for it or permitted it. */
  begun?: string;
  begunAt?: number;
  /** The verdict of the version that was in use when it began. */
  inUse?: Verdict | undefined;
  asked?: boolean;
  staged?: boolean;
  permitted?: boolean;
  /** Shared trouble that it read and has not been elected to probe. */
  readonly shunned: Set<string>;
  /** Handles that it has called with. */
  readonly handles: Set<string>;
  /** Handles that the marketplace refused it, with the number of times; those that were young then. */
  readonly deaths: Map<string, number>;
  readonly youngDeaths: Set<string>;
  /** Logins sent under each lease; leases that it took to replace a dead handle. */
  readonly underLease: Map<string, number>;
  readonly reloginLeases: Set<string>;
  /** The lease under which its login was recorded. */
  savedUnder?: string;
  /** The last handle that it stored. */
  stored?: { accountId: string; handle: string };
  /** It heard that it was let in, by the login that it had written down. */
  accepted?: { accountId: string; attemptId: string; sentAt: number };
  /** Elected to log in for all accounts of the marketplace. */
  triesForAll?: boolean;
  /** It heard that this version key is stale, and when. */
  staleKey?: { key: string | undefined; at: number };
  /** It heard that this version is refused. */
  refusal?: { accountId: string; version: string; password: string };
  /** The lease under which it asked who has the login, or looked at the claim on the seller. */
  askedSellerUnder?: string;
  /** It heard that a captcha is demanded, and has not written it down yet. */
  heardLock?: Attempt | undefined;
  /** The account whose seller turned out to be another account's. */
  notOwner?: string | undefined;
  /** An account that is gone and still holds the seller. */
  deadOwner?: string | undefined;
  /** The store failed it, so what it learnt may be lost. */
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
