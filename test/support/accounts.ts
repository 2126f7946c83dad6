import type { Account } from '../../functions/core/account/account.ts';
import { epochMillis } from '../../functions/core/base/time.ts';

export const NOW = epochMillis(1_790_000_000_000);

/** An account that was just activated, with the changes of the test. */
export const account = (changes: Partial<Account> = {}): Account => ({
  accountId: 'a1',
  marketplaceId: 'allegro',
  login: 'sklep_1',
  integrationKeyId: 'k1',
  phase: 'active',
  createdAtMillis: NOW,
  currentVersion: 'v1',
  verdicts: {},
  revision: 0,
  possibleFailures: 0,
  recentAttemptsMillis: [],
  ...changes,
});
