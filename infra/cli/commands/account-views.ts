import type { AnswerOf } from '../api/contract.ts';
import { Ended, EXIT } from '../exit.ts';
import type { Session } from '../session.ts';
import { duration, orDash, quoted, time } from '../show/text.ts';

type Account = AnswerOf<'accounts.show'>;
type Proven =
  | AnswerOf<'accounts.replacePassword'>
  | AnswerOf<'accounts.resendPassword'>
  | AnswerOf<'accounts.add'>;

export const accountTable = (session: Session, accounts: readonly Account[]): string =>
  session.table(accounts, [
    ['ACCOUNT', ({ accountId }) => accountId],
    ['LOGIN', ({ login }) => login],
    ['MARKETPLACE', ({ marketplace }) => marketplace],
    ['STATE', ({ connection }) => connection.state],
    [
      'LAST RUN',
      ({ lastRun }) => (lastRun === null ? '-' : `${time(lastRun.finishedAt)}, ${lastRun.outcome}`),
    ],
    ['NEXT RUN', ({ nextRunAt }) => time(nextRunAt)],
  ]);

/** An account with what its owner has to do, if anything. */
export function accountFacts(session: Session, account: Account): string {
  const { connection, session: open, lastRun, pendingPassword } = account;
  return session.facts([
    ['account', account.accountId],
    ['login', `${account.login} @ ${account.marketplace}`],
    ['state', [connection.state, connection.reason, connection.code].filter(Boolean).join(', ')],
    ['since', time(connection.since)],
    ['what to do', session.said(connection.message)],
    ['then', NEXT[connection.state]?.(quoted(account.login))],
    ['new password', pendingPassword === null ? undefined : session.said(pendingPassword.message)],
    ['integration key', account.integrationKeyId],
    ['seller id', orDash(account.userId)],
    ['session', open === null ? '-' : `${duration(open.ageSeconds)} old, until ${time(open.expiresAt)}`],
    ['last login', time(account.lastLoginAt)],
    ['orders since', time(account.ordersSince)],
    [
      'last run',
      lastRun === null
        ? '-'
        : `${time(lastRun.finishedAt)}, ${lastRun.outcome}, ${lastRun.events} events, ${lastRun.ordersChanged} order changes`,
    ],
    ['next run', time(account.nextRunAt)],
    ['added', time(account.createdAt)],
  ]);
}

/** The command that tells Klamka what a person has done, by the state of the account. */
const NEXT: Readonly<Partial<Record<Account['connection']['state'], (login: string) => string>>> = {
  'needs-app-password': (login) => `klamka password set ${login}`,
  locked: (login) => `klamka accounts unlocked ${login}`,
  'needs-owner': (login) => `klamka accounts resume ${login}`,
  misconfigured: (login) => `klamka accounts resume ${login}`,
  'unknown-fault': (login) => `klamka accounts resume ${login}`,
  paused: (login) => `klamka accounts resume ${login}`,
};

export const showAccount = (session: Session, account: Account): void =>
  session.show({ json: account, text: () => accountFacts(session, account) });

/** Shows an account after a password was handed over. Throws Ended if the marketplace has refused the password. */
export function showVerdict(session: Session, proven: Proven): void {
  session.show({
    json: proven,
    text: () => `${VERDICTS[proven.verdict][session.language]}\n\n${accountFacts(session, proven)}`,
  });
  if (proven.verdict === 'refused') throw new Ended(EXIT.person);
}

const VERDICTS = {
  accepted: { pl: 'Serwis przyjął hasło.', en: 'The marketplace has accepted the password.' },
  refused: { pl: 'Serwis odrzucił hasło.', en: 'The marketplace has refused the password.' },
  pending: {
    pl: 'Serwis jeszcze nie ocenił hasła. Wynik pokaże: klamka accounts show',
    en: 'The marketplace has not judged the password yet. This will show the result: klamka accounts show',
  },
} as const;
