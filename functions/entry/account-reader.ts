import { listKeys, type RegistryTable, readKey } from '../adapters/registry.ts';
import { type SessionTable, sessionAges } from '../adapters/sessions.ts';
import type { Account as AccountBody } from '../contract/account.ts';
import type { Shown } from '../contract/operation.ts';
import type { Account } from '../core/account/account.ts';
import { clock } from './basics.ts';
import { accountView } from './views.ts';

export interface AccountReader {
  one(account: Account): Promise<Shown<typeof AccountBody>>;
  /** Shows several accounts; data that they share is read once. */
  all(accounts: readonly Account[]): Promise<Shown<typeof AccountBody>[]>;
}

/** Accounts for readers of the API, with the age of the session and the trouble of the key. */
export const accountReader = ({
  sessions,
  registry,
}: {
  sessions: SessionTable;
  registry: RegistryTable;
}): AccountReader => ({
  async one(account) {
    const [ages, key] = await Promise.all([
      sessionAges(sessions, [account.accountId]),
      readKey(registry, account.integrationKeyId),
    ]);
    return accountView(account, { now: clock(), session: ages.get(account.accountId), key });
  },

  async all(accounts) {
    const ids = accounts.map(({ accountId }) => accountId);
    const [ages, keys] = await Promise.all([sessionAges(sessions, ids), listKeys(registry)]);
    const byId = new Map(keys.map((key) => [key.keyId, key]));
    const now = clock();
    return accounts.map((account) => {
      const [session, key] = [ages.get(account.accountId), byId.get(account.integrationKeyId)];
      return accountView(account, { now, session, key });
    });
  },
});
