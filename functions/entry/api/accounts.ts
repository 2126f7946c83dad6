import { listLogins } from '../../adapters/ledger.ts';
import type { ACCOUNTS, SYNC } from '../../contract/accounts.ts';
import type { Account } from '../../core/account/account.ts';
import type { AccountAdmin } from '../../core/account/store.ts';
import { existing, markForRemoval, pauseAccount, resumeAccount, syncNow } from '../../core/admin/accounts.ts';
import { unknownAccount } from '../../core/base/problem.ts';
import { accountWiring } from '../account-deps.ts';
import { fromCursor, nextCursor } from '../input.ts';
import type { Routes } from '../serve.ts';
import { etagOf, meantFor } from '../version.ts';
import { loginView } from '../views.ts';
import { accountProofs } from './account-proofs.ts';

/** The routes about accounts, wired to the real stores. */
export function accountApi(): Routes<typeof ACCOUNTS> & Pick<Routes<typeof SYNC>, 'sync.start'> {
  const wiring = accountWiring();
  const { deps, reader } = wiring;
  const shown = async (account: Account) => ({
    headers: { etag: etagOf(account) },
    body: await reader.one(account),
  });
  return {
    ...accountProofs(wiring),

    async 'accounts.list'({ query: { limit, cursor }, client }) {
      const page = { limit, after: fromCursor(cursor) };
      const { accounts, next } = await (client.accountIds === undefined
        ? deps.accounts.list(page)
        : pageOfBound(deps, { ...page, accountIds: client.accountIds }));
      return { status: 200, body: { accounts: await reader.all(accounts), cursor: nextCursor(next) } };
    },

    async 'accounts.show'({ params }) {
      const account = await deps.accounts.read(params.accountId);
      if (account === undefined) throw unknownAccount();
      return { status: 200, ...(await shown(account)) };
    },

    async 'accounts.remove'({ params, ifMatch }) {
      await markForRemoval(deps, params.accountId, meantFor(ifMatch));
      return { status: 202, body: { accountId: params.accountId, state: 'removing' } };
    },

    async 'accounts.pause'({ params, ifMatch }) {
      return { status: 200, ...(await shown(await pauseAccount(deps, params.accountId, meantFor(ifMatch)))) };
    },

    async 'accounts.resume'({ params, ifMatch }) {
      return {
        status: 202,
        ...(await shown(await resumeAccount(deps, params.accountId, meantFor(ifMatch)))),
      };
    },

    async 'accounts.logins'({ params, query: { limit, cursor } }) {
      const { accountId } = await existing(deps, params.accountId);
      const page = { accountId, limit, after: fromCursor(cursor) };
      const { entries, next } = await listLogins(wiring.logins, page);
      return { status: 200, body: { logins: entries.map(loginView), cursor: nextCursor(next) } };
    },

    async 'sync.start'({ params }) {
      const account = await existing(deps, params.accountId);
      await syncNow(deps, account.accountId);
      return { status: 202, body: await reader.one(account) };
    },
  };
}

/** A page of the accounts of a bound client, in the order of their ids and without a scan. */
async function pageOfBound(
  { accounts }: { accounts: Pick<AccountAdmin, 'read'> },
  {
    after = '',
    accountIds,
    limit,
  }: { accountIds: readonly string[]; limit: number; after: string | undefined },
): Promise<{ accounts: Account[]; next?: string | undefined }> {
  const rest = accountIds.toSorted().filter((accountId) => accountId > after);
  const ids = rest.slice(0, limit);
  const read = await Promise.all(ids.map((accountId) => accounts.read(accountId)));
  const next = rest.length > ids.length ? ids.at(-1) : undefined;
  return { accounts: read.filter((account) => account !== undefined), next };
}
