import type { Clock } from '../base/time.ts';
import { type Account, withChanges } from './account.ts';
import { noticeOf } from './notice.ts';
import type { AccountStore } from './store.ts';
import type { Transition } from './transitions.ts';

/** Number of conflicts in a row that no writers cause by chance. */
const CONFLICTS = 50;

export interface AmendDeps {
  readonly accounts: Pick<AccountStore, 'read' | 'amend'>;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Changes an account by comparing its revision: decides on the state that it replaces, decides again if
 * another write came first, and writes notices to people in the same write. `from` saves the first reading.
 * Undefined if the account does not exist or the transition does not apply (any more).
 */
export async function amend(
  deps: AmendDeps,
  accountId: string,
  change: { to: Transition; from?: Account | undefined },
): Promise<Account | undefined> {
  let account = change.from ?? (await deps.accounts.read(accountId));
  for (let round = 0; round < CONFLICTS; round += 1) {
    const changes = account === undefined ? undefined : change.to(account);
    if (account === undefined || changes === undefined) return undefined;
    const notice = noticeOf({ before: account, after: withChanges(account, changes) }, deps.clock());
    const write = { revision: account.revision, writer: deps.newId(), changes: { ...changes, ...notice } };
    const after = await deps.accounts.amend(accountId, write);
    if (after !== undefined) return after;
    account = await deps.accounts.read(accountId);
  }
  throw new Error(`too many writers on account ${accountId}`);
}
