import { listLogins } from '../../adapters/ledger.ts';
import { existing, pauseAccount, removeAccount, resumeAccount, syncNow } from '../../core/admin/accounts.ts';
import { unknownAccount } from '../../core/base/problem.ts';
import { accountWiring } from '../account-deps.ts';
import type { Route } from '../http.ts';
import { fromCursor, nextCursor, PageQuery, parse } from '../input.ts';
import { loginView } from '../views.ts';
import { accountProofs } from './account-proofs.ts';

type AccountRoutes = ReturnType<typeof accountProofs> &
  Readonly<Record<'list' | 'show' | 'remove' | 'syncNow' | 'pause' | 'resume' | 'logins', Route>>;

/** The routes about accounts, wired to the real stores. */
export function accountApi(): AccountRoutes {
  const wiring = accountWiring();
  const { deps, reader } = wiring;
  return {
    ...accountProofs(wiring),

    async list({ query }) {
      const { limit, cursor } = parse(PageQuery, query);
      const { accounts, next } = await deps.accounts.list({ limit, after: fromCursor(cursor) });
      return { status: 200, body: { accounts: await reader.all(accounts), cursor: nextCursor(next) } };
    },

    async show({ params }) {
      const account = await deps.accounts.read(params.accountId ?? '');
      if (account === undefined) throw unknownAccount();
      return { status: 200, body: await reader.one(account) };
    },

    async remove({ params }) {
      await removeAccount(deps, params.accountId ?? '');
      return { status: 202, body: { accountId: params.accountId, state: 'removing' } };
    },

    async pause({ params }) {
      return { status: 200, body: await reader.one(await pauseAccount(deps, params.accountId ?? '')) };
    },

    async resume({ params }) {
      return { status: 202, body: await reader.one(await resumeAccount(deps, params.accountId ?? '')) };
    },

    async logins({ params, query }) {
      const { limit, cursor } = parse(PageQuery, query);
      const { accountId } = await existing(deps, params.accountId ?? '');
      const page = { accountId, limit, after: fromCursor(cursor) };
      const { entries, next } = await listLogins(wiring.logins, page);
      return { status: 200, body: { logins: entries.map(loginView), cursor: nextCursor(next) } };
    },

    async syncNow({ params }) {
      const account = await existing(deps, params.accountId ?? '');
      await syncNow(deps, account.accountId);
      return { status: 202, body: await reader.one(account) };
    },
  };
}
