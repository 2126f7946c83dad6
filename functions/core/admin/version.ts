import type { Account } from '../account/account.ts';
import type { Transition } from '../account/transitions.ts';
import { operation } from '../base/operation.ts';
import { Problem } from '../base/problem.ts';

/** Number of changes that people and their programs have made; runs and logins do not count. */
export const versionOf = ({ version = 0 }: Pick<Account, 'version'>): number => version;

/** The versions that a request for a change was meant for; undefined for a request meant for any. */
export interface MeantFor {
  readonly versions?: readonly number[] | undefined;
}

/** Throws Problem if somebody has changed the account since the caller has read it. */
export function checkVersion(account: Account, { versions }: MeantFor): void {
  if (versions !== undefined && !versions.includes(versionOf(account)))
    throw accountChangedMeanwhile(account.accountId);
}

/** The transition of a request, only from the versions it was meant for. The transition throws Problem. */
export const requested =
  (to: Transition, meant: MeantFor): Transition =>
  (account) => {
    checkVersion(account, meant);
    const changes = to(account);
    return changes === undefined ? undefined : { ...changes, version: versionOf(account) + 1 };
  };

const accountChangedMeanwhile = (accountId: string): Problem =>
  new Problem({
    code: 'changed-meanwhile',
    text: {
      pl: `Ktoś zmienił to konto, odkąd je odczytano, więc niczego nie zmieniono. Odczytaj je ponownie (${operation('accounts.show', { accountId })}) i, jeśli zmiana nadal jest potrzebna, wyślij ją z nowym ETag.`,
      en: `Somebody has changed this account since you have read it, so nothing was changed. Read it again (${operation('accounts.show', { accountId })}), and if you still want the change, send it with the new ETag.`,
    },
  });
