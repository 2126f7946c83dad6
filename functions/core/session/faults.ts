import type { Account, AccountFault } from '../account.ts';
import { type FaultReason, MarketplaceFault } from '../faults.ts';
import type { EpochMillis } from '../time.ts';

/** The login service's ambiguous refusal is taken for a real one after this many in a row. */
const AMBIGUOUS_REFUSALS = 4;

/** Nothing was asked of the marketplace: we stopped ourselves, until `againAtMillis` where that is known. */
export class OwnStop extends MarketplaceFault {
  readonly againAtMillis: EpochMillis | undefined;

  constructor(reason: FaultReason, more: { againAtMillis?: EpochMillis | undefined; code?: string } = {}) {
    super({ reason, outcome: 'not-sent', operation: 'guard', code: more.code });
    this.againAtMillis = more.againAtMillis;
  }
}

/** The trouble to remember on the account: counts repetitions and keeps the time of the first. */
export function nextFault(account: Account, fault: MarketplaceFault, now: EpochMillis): AccountFault {
  const previous = account.fault;
  // Our own refusal to try again says nothing new about the trouble that it is about.
  if (fault instanceof OwnStop && previous?.reason === fault.reason) return previous;
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
