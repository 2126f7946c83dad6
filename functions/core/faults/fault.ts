import type { FaultMeaning } from './meaning.ts';
import { FAULTS } from './meanings.ts';

/**
 * Everything that can go wrong between us and a marketplace, by a stable name of our own. A driver maps
 * what its protocol says to one of these; the core decides by them and never by a marketplace's text.
 */
export type FaultReason = keyof typeof FAULTS;

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
