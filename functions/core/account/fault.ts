import { type EpochMillis, HOUR, plus } from '../base/time.ts';
import { type FaultReason, MarketplaceFault } from '../faults/fault.ts';
import { OwnStop, type Stop } from '../faults/own-stop.ts';
import type { Account, AccountFault } from './account.ts';

/**
 * Answers to a login that a marketplace gives without looking at the password: country, key, what the login was
 * prepared with, and call limits come before it. Every other fault, known or not, may be the answer to a wrong password.
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

/** Documented codes for an outage of the login as a whole: trouble of the marketplace, not of one account. */
const LOGIN_OUTAGES: ReadonlySet<FaultReason> = new Set<FaultReason>([
  'login-service-trouble',
  'marketplace-unavailable',
]);

/** Whether the marketplace lets nobody in for now, as far as this answer to a login tells. */
export const isLoginOutage = ({ reason, outcome }: MarketplaceFault): boolean =>
  outcome === 'unclear' || (outcome === 'answered' && LOGIN_OUTAGES.has(reason));

/**
 * Answers to reading calls that one bad hour of the service can cause. A person is needed only once they have
 * come back over hours with nothing working in between. Until then the account shows the trouble on the right.
 */
const UNEXPLAINED: Partial<Record<FaultReason, FaultReason>> = {
  'unknown-answer': 'unknown-answer',
  'bad-input': 'unknown-answer',
  business: 'unknown-answer',
  'feature-unknown': 'unknown-answer',
  'journal-stuck': 'unknown-answer',
  // A certificate that expired, mostly: the whole marketplace would wait for a person.
  'tls-refused': 'unreachable',
};

const UNEXPLAINED_FOR = 3 * HOUR;
/** After a pause two answers may lie hours apart. */
const UNEXPLAINED_ANSWERS = 8;

/**
 * The trouble to remember on the account: counts repetitions and keeps the time of the first. Expects
 * `account.fault` without `unexplained` where something has worked since.
 */
export function nextFault(account: Account, fault: Stop, now: EpochMillis): AccountFault {
  const previous = account.fault;
  // Our own refusal to try again says nothing new about the trouble that it is about.
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

/** What our own checks refuse to send is a bug that no waiting mends. */
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

/** Troubles that count as one, though they are shown under several names. */
const FAMILIES: Partial<Record<FaultReason, FaultReason>> = {
  ...UNEXPLAINED,
  'unknown-fault': 'unknown-answer',
};

const family = (reason: FaultReason): FaultReason => FAMILIES[reason] ?? reason;
