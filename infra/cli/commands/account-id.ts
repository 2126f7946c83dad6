import type { AnswerOf } from '../api/contract.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Session } from '../session.ts';

type Account = AnswerOf<'accounts.list'>['accounts'][number];

/** Ids as Klamka makes them; a login name of this form is looked up by `login@marketplace`. */
const ID = /^[0-9a-f]{16,64}$/;

export const listAccounts = async (session: Pick<Session, 'pages'>): Promise<Account[]> =>
  (await session.pages('accounts.list', {}, { of: ({ accounts }) => accounts })).entries;

/**
 * The id of an account that was given by its id, its login, `login@marketplace`, or the beginning of its id. Throws
 * CliError if none or several fit.
 */
export async function accountId(session: Session, given: string): Promise<string> {
  if (ID.test(given)) return given;
  const accounts = await listAccounts(session);
  const fit = [
    ({ accountId: id }: Account) => id === given,
    ({ login, marketplace }: Account) => login === given || `${login}@${marketplace}` === given,
    ({ accountId: id }: Account) => given.length >= 4 && id.startsWith(given),
  ]
    .map((fits) => accounts.filter(fits))
    .find((found) => found.length > 0);
  const [only, ...more] = fit ?? [];
  if (only !== undefined && more.length === 0) return only.accountId;
  throw only === undefined ? noAccount(given) : severalAccounts(fit ?? []);
}

const noAccount = (given: string) =>
  new CliError(EXIT.notFound, {
    pl: `Nie ma konta „${given}”. Konta pokazuje: klamka accounts list`,
    en: `There is no account "${given}". This shows the accounts: klamka accounts list`,
  });

const severalAccounts = (accounts: readonly Account[]) => {
  const names = accounts.map((one) => `${one.login}@${one.marketplace} (${one.accountId})`).join(', ');
  return new CliError(EXIT.usage, {
    pl: `Pasuje kilka kont: ${names}. Podaj identyfikator albo login@serwis.`,
    en: `Several accounts fit: ${names}. Give the id, or login@marketplace.`,
  });
};
