import type { ProcessKind } from './process.ts';

/** When every schedule begins: 2026-01-01 UTC. Its own times count from here, in milliseconds. */
export const START = 1_767_225_600_000;

/** What people, the marketplace and the weather do, as plain data: it can be printed, and made smaller. */
export type Action = { readonly at: number; readonly account: number } & (
  | { readonly kind: PlainKind; readonly by?: SecondName }
  | {
      readonly kind: 'add' | 'type' | 'rotate';
      readonly password: Typed;
      readonly by?: SecondName;
      readonly entrance?: 'second';
    }
  | { readonly kind: 'trouble'; readonly of: MarketTrouble; readonly millis: number }
  | { readonly kind: 'restore' | 'stale-reads'; readonly millis: number }
  | { readonly kind: 'jump'; readonly of: ProcessKind; readonly off: number; readonly millis: number }
  | { readonly kind: 'outage'; readonly of: 'store' | 'vault' | 'queue'; readonly millis: number }
);

/** A seller has a name, and an e-mail address that serves as a login too. */
export type SecondName = 'address';

/** What needs no more words: what people ask of us, and what happens elsewhere. */
export type PlainKind = RequestKind | HappeningKind;

export type RequestKind =
  | 'add-twin'
  | 'sync-now'
  | 'pause'
  | 'resume'
  | 'remove'
  | 'click-unlocked'
  | 'click-resend'
  | 'borrow';

type HappeningKind =
  | 'website-login'
  | 'captcha'
  | 'kill-sessions'
  | 'new-version-key'
  | 'move-egress'
  | 'new-right-password'
  | 'crowd-out';

/** `right` is whatever the marketplace takes at that moment. */
export type Typed = 'right' | 'edited' | 'wrong-0' | 'wrong-1' | 'wrong-2' | 'wrong-3';

/**
 * How the marketplace answers for a while. The first two leave our logins unanswered. Then: a password is judged and
 * counted, and another fault is the answer; it is judged minutes after its client has given up; a good one is refused.
 */
export type MarketTrouble =
  | 'silent-unjudged'
  | 'silent-judged'
  | 'counts-first'
  | 'judges-late'
  | 'refuses-wrongly'
  | 'slow'
  | 'key-refused'
  | 'key-rate-limited'
  | 'address-blocked'
  | 'marketplace-unavailable'
  | 'login-service-trouble'
  | 'unreachable'
  | 'unknown-fault';

/**
 * What becomes of one door call. Before: nothing of it happens. After: it happens, and its caller is gone or
 * late. `reply-lost` is repeated by the SDK, `unknown` ends in an error although it happened.
 */
export type FaultKind =
  | 'crash-before'
  | 'crash-after'
  | 'freeze-before'
  | 'freeze-after'
  | 'reply-lost'
  | 'unknown'
  | 'refused-by-store'
  /** Of a login: its reply comes, and the store is down from then on, for a while. */
  | 'outage-after';

export interface Fault {
  readonly kind: FaultKind;
  /** A door's name, or `*` for any. */
  readonly door: string;
  readonly account: number;
  /** The so-manieth call of that door for that account from `from` on. */
  readonly nth: number;
  readonly from: number;
  /** Of a freeze. */
  readonly millis: number;
}

export interface Schedule {
  readonly seed: number;
  readonly theme: string;
  /** Frozen between lease check and send: only the cap on failures has to hold then. */
  readonly frozenBeforeSend: boolean;
  /** Clocks are wrong by more than the rules about time allow for. */
  readonly jumps: boolean;
  readonly accounts: number;
  readonly egressId: string;
  /** Without it, messages of one account are delivered side by side. */
  readonly fifo: boolean;
  /** Whether the marketplace tells who has a login. */
  readonly namesSellers: boolean;
  readonly skews: readonly number[];
  /** Every call takes the same short time. */
  readonly calm: boolean;
  readonly actions: readonly Action[];
  readonly faults: readonly Fault[];
  /** How long people and faults are at work, in milliseconds. */
  readonly lasts: number;
}
