import type { Account } from '../account/account.ts';
import { type Connection, connectionOf, needsPerson } from '../account/connection.ts';
import { pendingPassword } from '../account/pending.ts';
import type { EpochMillis } from '../base/time.ts';
import { type AccountDeps, existing, type Pending, type Resent } from './accounts.ts';

export interface Proof {
  readonly verdict: 'accepted' | 'refused' | 'pending';
  readonly account: Account;
  readonly connection: Connection;
}

/**
 * Waits until the marketplace has judged this version, a person is needed first, or the time is up. Throws
 * Problem.
 */
export async function awaitVerdict(
  deps: Pick<AccountDeps, 'accounts' | 'clock' | 'sleep'>,
  { accountId, version, askedAtMillis, untilMillis, lookEveryMillis }: Pending & Patience,
): Promise<Proof> {
  for (;;) {
    const account = await existing(deps, accountId);
    const connection = connectionOf(account);
    const verdict = account.verdicts[version]?.outcome;
    if (verdict !== undefined) return { verdict, account, connection };
    const hasRun = (account.lastRun?.finishedAtMillis ?? 0) >= askedAtMillis;
    // No verdict will come during the wait: a person is needed, or the next try is later.
    const waitsUntil = pendingPassword(account, { now: deps.clock() })?.untilMillis ?? 0;
    const nextTry = Math.max(account.dueAtMillis ?? Infinity, waitsUntil);
    const isOver = needsPerson(connection.state) || nextTry > untilMillis;
    if ((hasRun && isOver) || deps.clock() >= untilMillis) return { verdict: 'pending', account, connection };
    await deps.sleep(lookEveryMillis);
  }
}

interface Patience {
  readonly untilMillis: EpochMillis;
  readonly lookEveryMillis: number;
}

/** Waits until a run has ended that began after the request, or the time is up. Throws Problem. */
export async function awaitRun(
  deps: Pick<AccountDeps, 'accounts' | 'clock' | 'sleep'>,
  {
    accountId,
    askedAtMillis,
    untilMillis,
    lookEveryMillis,
  }: Patience & { accountId: string; askedAtMillis: EpochMillis },
): Promise<Account> {
  for (;;) {
    const account = await existing(deps, accountId);
    const ended = (account.lastRun?.startedAtMillis ?? 0) >= askedAtMillis;
    if (ended || deps.clock() >= untilMillis) return account;
    await deps.sleep(lookEveryMillis);
  }
}

/**
 * The verdict on a password that was sent once more. The refusal that was known before is none: until there is another
 * one, or an acceptance, the marketplace has not judged.
 */
export function verdictOnResent(
  { verdicts }: Pick<Account, 'verdicts'>,
  { version, refusedAtMillis }: Pick<Resent, 'version' | 'refusedAtMillis'>,
): Proof['verdict'] {
  const verdict = verdicts[version ?? ''];
  if (verdict === undefined) return 'pending';
  return verdict.outcome === 'refused' && verdict.atMillis === refusedAtMillis ? 'pending' : verdict.outcome;
}
