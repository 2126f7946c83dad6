import type { FaultMeaning } from './meaning.ts';
import { FAULTS } from './meanings.ts';

/**
 * Everything that can go wrong between us and a marketplace, by a stable name of our own. A driver maps its
 * protocol's answers to these names; the core decides by the name, never by a marketplace's text.
 */
export type FaultReason = keyof typeof FAULTS;

export const meaningOf = (reason: FaultReason): FaultMeaning => FAULTS[reason];

/**
 * How far a call got: `not-sent` (failed before a byte left), `answered` (a readable reply or fault came
 * back), `unclear` (the call may have been carried out).
 */
export type CallOutcome = 'not-sent' | 'answered' | 'unclear';

/** A call to a marketplace that failed. Safe to log, because it holds no part of the request. */
export class MarketplaceFault extends Error {
  override readonly name = 'MarketplaceFault';
  readonly reason: FaultReason;
  readonly outcome: CallOutcome;
  /** The operation's name in the protocol, e.g. `doLogin`. */
  readonly operation: string;
  /** The marketplace's own code, e.g. `ERR_USER_PASSWD`, if it gave one. */
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
