import { type Account, type AccountChanges, type OpenAttempt, withChanges } from '../account/account.ts';
import { amend } from '../account/amend.ts';
import {
  failed,
  forgiven,
  isAmongRefused,
  markedResent,
  stillCounted,
  unclearOf,
  unsent,
} from '../account/counting.ts';
import { isDecidedWithoutPassword } from '../account/fault.ts';
import { ATTEMPTS_KEPT } from '../account/login-limits.ts';
import { acceptedLate, locked, refused, type Transition } from '../account/transitions.ts';
import type { EpochMillis } from '../base/time.ts';
import { type FaultReason, meaningOf } from '../faults/fault.ts';
import type { LogInDeps } from './job.ts';
import type { LedgerEntry } from './login-log.ts';

const PAGE = 25;

/**
 * Completes an account before a login from the login log, if the log has entries that the account does not
 * know, as after the accounts table was restored: verdicts, fingerprints and counters. Usually this costs a
 * single small query.
 */
export async function catchUp(
  deps: LogInDeps,
  { account, leaseToken }: { account: Account; leaseToken: string },
): Promise<Account> {
  const missing = await unknownEntries(deps, account);
  if (missing.length === 0) return account;
  // After the lease was lost, the newest entry may be the attempt that its new holder is about to begin.
  const underLease: Transition = (now) =>
    now.leaseToken === leaseToken ? caughtUp(missing)(now) : undefined;
  return (await amend(deps, account.accountId, { to: underLease, from: account })) ?? account;
}

/** Entries that the account does not know, oldest first. */
async function unknownEntries(deps: LogInDeps, account: Account): Promise<LedgerEntry[]> {
  const unknown: LedgerEntry[] = [];
  let after: string | undefined;
  do {
    const page = await deps.ledger.newest(account.accountId, { limit: PAGE, after });
    const news = page.entries.filter((entry) => isUnheard(account, entry));
    unknown.push(...news);
    after = news.length < page.entries.length ? undefined : page.next;
  } while (after !== undefined);
  return unknown.reverse();
}

/** Place of the newest attempt that the account knows of. */
const knownPlace = (account: Account): number =>
  account.lastPlaceMillis ?? account.recentAttemptsMillis.at(-1) ?? 0;

const placeOfEntry = (entry: Pick<LedgerEntry, 'placeMillis' | 'atMillis'>): EpochMillis =>
  entry.placeMillis ?? entry.atMillis;

/**
 * Whether an entry is later than all that the account knows, or is its newest one with a judgement that it
 * has not learnt.
 */
function isUnheard(account: Account, entry: LedgerEntry): boolean {
  const known = knownPlace(account);
  if (placeOfEntry(entry) !== known) return placeOfEntry(entry) > known;
  return unclearOf(account).some(({ id }) => id === entry.attemptId) && isConclusive(entry.outcome);
}

const isConclusive = (outcome: LedgerEntry['outcome']): boolean =>
  outcome !== undefined &&
  (outcome === 'accepted' ||
    outcome === 'account-locked' ||
    NEVER_SENT.has(outcome) ||
    isDecidedWithoutPassword(outcome) ||
    meaningOf(outcome).remedy === 'new-application-password');

export const caughtUp =
  (entries: readonly LedgerEntry[]): Transition =>
  (account) => {
    const news = entries.filter((entry) => isUnheard(account, entry));
    if (news.length === 0) return undefined;
    const after = news.reduce((before, entry) => withChanges(before, replayed(before, entry)), account);
    const changed = Object.entries(after).filter(([key, value]) => Reflect.get(account, key) !== value);
    return Object.fromEntries(changed);
  };

/** Outcomes of attempts that were never sent. */
const NEVER_SENT: ReadonlySet<FaultReason> = new Set<FaultReason>([
  'login-in-progress',
  'unreachable',
  'tls-refused',
  'bad-input',
]);

/** The changes that this attempt would have made, had the account not been restored to an earlier state. */
function replayed(account: Account, entry: LedgerEntry) {
  const { attemptId: id, version, atMillis, outcome } = entry;
  const attempt: OpenAttempt = { id, version, atMillis };
  // A late word may have made the attempt known as unclear, and not to the budget.
  const isNewer = placeOfEntry(entry) > knownPlace(account);
  const begun = withChanges(account, {
    ...failed(account, attempt),
    ...(isNewer && {
      ...resentBy(account, entry),
      recentAttemptsMillis: [...account.recentAttemptsMillis, atMillis].slice(-ATTEMPTS_KEPT),
      lastPlaceMillis: placeOfEntry(entry),
      permit: undefined,
    }),
  });
  return { ...begun, ...outcomeOf(begun, { attempt, entry, outcome }) };
}

/** A refused password was sent again only at a person's request, which the attempt has used up. */
function resentBy(account: Account, { version, print }: LedgerEntry): AccountChanges {
  const prints = print === undefined ? [] : [print];
  const verdict = account.verdicts[version];
  const isRefused = verdict?.outcome === 'refused';
  if (!isRefused && !isAmongRefused(account, prints)) return {};
  return {
    ...markedResent(account, prints),
    ...(isRefused && { verdicts: { ...account.verdicts, [version]: { ...verdict, resend: 'used' } } }),
  };
}

function outcomeOf(
  account: Account,
  { attempt, entry, outcome }: { attempt: OpenAttempt; entry: LedgerEntry; outcome: LedgerEntry['outcome'] },
) {
  const now = entry.endedAtMillis ?? entry.atMillis;
  const prints = entry.print === undefined ? [] : [entry.print];
  if (outcome === undefined) return {};
  if (outcome === 'accepted') {
    return {
      ...acceptedLate({ attempt, now, prints })(account),
      ...stillCounted(account, { now, but: attempt.id }),
      lastLoginAtMillis: now,
      lockedAtMillis: undefined,
    };
  }
  // The fault is left out, because an old fault says nothing of the present state; the verdict does.
  const fault = { reason: outcome, operation: 'doLogin', sinceMillis: now, atMillis: now, count: 1 };
  if (meaningOf(outcome).remedy === 'new-application-password')
    return { ...refused({ attempt, now, prints, fault })(account), fault: account.fault };
  if (outcome === 'account-locked')
    return { ...locked({ attempt, now, fault })(account), fault: account.fault };
  if (NEVER_SENT.has(outcome)) return unsent(account, attempt.id);
  return isDecidedWithoutPassword(outcome) ? forgiven(account, attempt.id) : {};
}
