import { FAULTS } from './fault-meanings.ts';
import type { BilingualText } from './text.ts';

/**
 * Everything that can go wrong between us and a marketplace, by a stable name of our own. A driver maps
 * what its protocol says to one of these; the core decides by them and never by a marketplace's text.
 */
export type FaultReason = keyof typeof FAULTS;

/** Who can mend it, and how. */
export type Remedy =
  | 'retry'
  | 'relogin'
  | 'refresh-version-key'
  | 'new-application-password'
  | 'unlock-on-website'
  | 'key-owner'
  | 'operator'
  | 'configuration'
  | 'bug';

/** What the trouble belongs to: trouble of a key or an address is shared by all accounts behind it. */
export type FaultScope = 'account' | 'key' | 'address';

/** The connection states that a fault can lead to; the others are reached without one. */
export type FaultState =
  | 'retrying'
  | 'session-unstable'
  | 'needs-app-password'
  | 'locked'
  | 'needs-owner'
  | 'misconfigured'
  | 'unknown-fault';

export interface FaultMeaning {
  readonly remedy: Remedy;
  readonly scope: FaultScope;
  readonly state: FaultState;
  readonly message: BilingualText;
}

export const meaningOf = (reason: FaultReason): FaultMeaning => FAULTS[reason];

/**
 * How far a call got: `not-sent` (failed before a byte left), `answered` (a readable reply or fault came
 * back), `unclear` (it may have been carried out; nobody knows).
 */
export type CallOutcome = 'not-sent' | 'answered' | 'unclear';

/** A call to a marketplace that did not give what it was asked for. Safe to log: it carries no request. */
export class MarketplaceFault extends Error {
  override readonly name = 'MarketplaceFault';
  readonly reason: FaultReason;
  readonly outcome: CallOutcome;
  /** The operation in the marketplace's own words, e.g. `doLogin`. */
  readonly operation: string;
  /** The marketplace's own code, e.g. `ERR_USER_PASSWD`, where it gave one. */
  readonly code: string | undefined;

  constructor(fault: {
    reason: FaultReason;
    outcome: CallOutcome;
    operation: string;
    code?: string | undefined;
    text?: string | undefined;
  }) {
    super([fault.operation, fault.reason, fault.code, fault.text].filter(Boolean).join(': '));
    this.reason = fault.reason;
    this.outcome = fault.outcome;
    this.operation = fault.operation;
    this.code = fault.code;
  }
}
