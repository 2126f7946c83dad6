import type { ProcessKind } from './process.ts';

/** Start of every schedule: 2026-01-01 UTC. Times in a schedule count from here, in milliseconds. */
export const START = 1_767_225_600_000;

/**
 * An action of people, of the marketplace, or of the platform, as plain data that can be printed and shrunk.
 */
export type Action = { readonly at: number; readonly account: number } & (
  | { readonly kind: PlainKind; readonly by?: SecondName }
  | {
      readonly kind: 'add' | 'type' | 'rotate';
      readonly password: Typed;
      readonly by?: SecondName;
      readonly entrance?: 'second';
    }
  | { readonly kind: 'trouble'; readonly of: MarketTrouble; readonly millis: number }
  | { readonly kind: 'stale-reads'; readonly millis: number }
  /** `idle`: not while somebody logs in, as after everything was stopped. */
  | { readonly kind: 'restore'; readonly millis: number; readonly idle?: true }
  | { readonly kind: 'jump'; readonly of: ProcessKind; readonly off: number; readonly millis: number }
  | { readonly kind: 'outage'; readonly of: 'store' | 'vault' | 'queue'; readonly millis: number }
);

/** The second login of a seller: the e-mail address. */
export type SecondName = 'address';

/** Actions without further data: requests to us, and events elsewhere. */
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

/** `right` is the password that the marketplace accepts at that moment. */
export type Typed = 'right' | 'edited' | 'wrong-0' | 'wrong-1' | 'wrong-2' | 'wrong-3';

/**
 * Trouble of the marketplace for a while: logins without an answer (the first two); a password that is judged
 * and counted but answered with another fault; a judgement minutes after the client gave up; a good password
 * refused; ...
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
 * Fault of a call to a door. Before: the call has no effect. After: it has its effect, and the caller is dead
 * or late. The SDK repeats a call with `reply-lost`; `unknown` ends in an error although the call had its
 * effect.
 */
export type FaultKind =
  | 'crash-before'
  | 'crash-after'
  | 'freeze-before'
  | 'freeze-after'
  | 'reply-lost'
  | 'unknown'
  | 'refused-by-store'
  /** For a login: the reply comes, and the store is down for a while from then on. */
  | 'outage-after';

export interface Fault {
  readonly kind: FaultKind;
  /** Name of the door, or `*` for any. */
  readonly door: string;
  readonly account: number;
  /** Number of the call to that door for that account, counted from `from` on. */
  readonly nth: number;
  readonly from: number;
  /** Duration of a freeze, in milliseconds. */
  readonly millis: number;
}

export interface Schedule {
  readonly seed: number;
  readonly theme: string;
  /** Whether a worker freezes between lease check and send: only the cap on failures has to hold then. */
  readonly frozenBeforeSend: boolean;
  /** Whether clocks are wrong by more than the rules about time allow. */
  readonly jumps: boolean;
  readonly accounts: number;
  readonly egressId: string;
  /** Whether the queue is FIFO; if not, messages of the same account are delivered side by side. */
  readonly fifo: boolean;
  /** Whether the marketplace tells the id of the seller with a login. */
  readonly namesSellers: boolean;
  readonly skews: readonly number[];
  /** Every call takes the same short time. */
  readonly calm: boolean;
  readonly actions: readonly Action[];
  readonly faults: readonly Fault[];
  /** Milliseconds during which people and faults are at work. */
  readonly lasts: number;
}
