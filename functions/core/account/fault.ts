import { type EpochMillis, HOUR, plus } from '../base/time.ts';
import { type FaultReason, MarketplaceFault } from '../faults/fault.ts';
import { OwnStop, type Stop } from '../faults/own-stop.ts';
import type { Account, AccountFault } from './account.ts';

/**
 * Answers to a login that a marketplace gives without checking the password, because it checks country, key,
 * preparation and call limits first. Every other fault, known or not, may be the answer to a wrong password.
 */
const DECIDED_WITHOUT_PASSWORD: ReadonlySet<FaultReason> = new Set<FaultReason>([
  'preparation-stale',
  'key-refused',
  'key-inactive',
  'key-expired',
  'key-rate-limited',
  'address-blocked',
  'country-refused',
]);

export const isDecidedWithoutPassword = (reason: FaultReason): boolean =>
  DECIDED_WITHOUT_PASSWORD.has(reason);

/** Whether this answer to a login proves that its password was not judged. */
export const provesNoJudgement = ({ reason, outcome }: MarketplaceFault): boolean =>
  outcome === 'answered' && isDecidedWithoutPassword(reason);

/**
 * Codes documented for an outage of the login as a whole, which is trouble of the marketplace and not of an
 * account.
 */
const LOGIN_OUTAGES: ReadonlySet<FaultReason> = new Set<FaultReason>([
  'login-service-trouble',
  'marketplace-unavailable',
]);

/** Whether nobody can log in for now, as far as this answer to a login tells. */
export const isLoginOutage = ({ reason, outcome }: MarketplaceFault): boolean =>
  outcome === 'unclear' || (outcome === 'answered' && LOGIN_OUTAGES.has(reason));

/**
 * Answers to reading calls that may come from one bad hour of the service, with the trouble to show
 * meanwhile. A person is needed only after they have come back over hours without any success in between.
 */
const UNEXPLAINED: Partial<Record<FaultReason, FaultReason>> = {
  'unknown-answer': 'unknown-answer',
  'bad-input': 'unknown-answer',
  business: 'unknown-answer',
  'feature-unknown': 'unknown-answer',
  'journal-stuck': 'unknown-answer',
  // Mostly an expired certificate, for which every account of the marketplace would wait for a person.
  'tls-refused': 'unreachable',
};

const UNEXPLAINED_FOR = 3 * HOUR;
/** Least number of such answers, because after a pause two answers may lie hours apart. */
const UNEXPLAINED_ANSWERS = 8;

/**
 * The trouble to keep on the account: counts repetitions and keeps the time of the first. `account.fault`
 * must not hold `unexplained` if anything has worked since.
 */
export function nextFault(account: Account, fault: Stop, now: EpochMillis): AccountFault {
  const previous = account.fault;
  // An OwnStop for the same reason only repeats the trouble that is known.
  if (fault instanceof OwnStop && previous?.reason === fault.reason) return previous;
  const unexplained = unexplainedAfter(previous, fault, now);
  const reason = reasonShown(fault, { unexplained, now });
  const repeated = previous !== undefined && family(previous.reason) === family(reason);
  const count = repeated ? previous.count + 1 : 1;
  return {
    reason,
    operation: fault.operation,
    ...(fault.code !== undefined && { code: fault.code }),
    sinceMillis: repeated ? previous.sinceMillis : now,
    atMillis: now,
    count,
    ...(unexplained !== undefined && { unexplained }),
  };
}

/**
 * Whether the fault has no explanation. A request that our own checks refuse is a bug, which waiting does not
 * mend.
 */
const isUnexplained = (fault: Stop): boolean =>
  fault instanceof MarketplaceFault &&
  (fault.reason === 'tls-refused' || (fault.reason in UNEXPLAINED && fault.outcome !== 'not-sent'));

function unexplainedAfter(
  previous: AccountFault | undefined,
  fault: Stop,
  now: EpochMillis,
): AccountFault['unexplained'] {
  const before = previous?.unexplained;
  if (!isUnexplained(fault)) return before;
  return { sinceMillis: before?.sinceMillis ?? now, count: (before?.count ?? 0) + 1 };
}

function reasonShown(
  fault: Stop,
  { unexplained, now }: { unexplained: AccountFault['unexplained']; now: EpochMillis },
): FaultReason {
  if (!isUnexplained(fault) || unexplained === undefined) return fault.reason;
  const { sinceMillis, count } = unexplained;
  const lasts = now >= plus(sinceMillis, UNEXPLAINED_FOR) && count >= UNEXPLAINED_ANSWERS;
  if (!lasts) return UNEXPLAINED[fault.reason] ?? fault.reason;
  return fault.reason === 'unknown-answer' ? 'unknown-fault' : fault.reason;
}

/** Troubles that count as the same, though they are shown under several names. */
const FAMILIES: Partial<Record<FaultReason, FaultReason>> = {
  ...UNEXPLAINED,
  'unknown-fault': 'unknown-answer',
};

const family = (reason: FaultReason): FaultReason => FAMILIES[reason] ?? reason;
