import type { Account, AccountFault } from '../account.ts';
import { type FaultReason, MarketplaceFault } from '../faults.ts';
import type { EpochMillis } from '../time.ts';

/** The login service's ambiguous refusal is taken for a real one after this many in a row. */
const AMBIGUOUS_REFUSALS = 4;

const GUARD = 'guard';

/** Nothing was asked of the marketplace: we stopped ourselves. */
export const isOwnStop = (fault: MarketplaceFault): boolean => fault.operation === GUARD;

/** Thrown where a run cannot go on and no marketplace has said so: a guard, a missing secret, a lost lease. */
export const stopped = (reason: FaultReason): MarketplaceFault =>
  new MarketplaceFault({ reason, outcome: 'not-sent', operation: GUARD });

/** The trouble to remember on the account: counts repetitions and keeps the time of the first. */
export function nextFault(account: Account, fault: MarketplaceFault, now: EpochMillis): AccountFault {
  const previous = account.fault;
  // Our own refusal to try again says nothing new about the trouble that it is about.
  if (fault.operation === GUARD && previous?.reason === fault.reason) return previous;
  const repeated = previous !== undefined && family(previous.reason) === family(fault.reason);
  const count = repeated ? previous.count + 1 : 1;
  const ambiguous = family(fault.reason) === 'login-service-trouble';
  return {
    reason: ambiguous && count >= AMBIGUOUS_REFUSALS ? 'login-service-refusal' : fault.reason,
    operation: fault.operation,
    ...(fault.code !== undefined && { code: fault.code }),
    sinceMillis: repeated ? previous.sinceMillis : now,
    atMillis: now,
    count,
  };
}

const family = (reason: FaultReason): FaultReason =>
  reason === 'login-service-refusal' ? 'login-service-trouble' : reason;
