import { accountStore } from '../adapters/accounts.ts';
import { claimStore } from '../adapters/claims.ts';
import { clientBinding } from '../adapters/clients.ts';
import { sharedKeys } from '../adapters/keys.ts';
import type { LedgerTable } from '../adapters/ledger.ts';
import { loginKeys } from '../adapters/login-keys.ts';
import { workQueue } from '../adapters/queue.ts';
import { readKey } from '../adapters/registry.ts';
import { createVault, fingerprints, passwordWriter } from '../adapters/secrets.ts';
import type { IntegrationKey } from '../core/access/key-store.ts';
import { type Client, type ClientBinding, seesOwned } from '../core/account/client.ts';
import type { AccountDeps } from '../core/admin/accounts.ts';
import { type AccountReader, accountReader } from './account-reader.ts';
import { clock, newId, newShortId, sleep } from './basics.ts';
import { correlationId } from './correlation.ts';
import { setting, vaultSettings } from './settings.ts';
import { processDynamo } from './store.ts';

export interface AccountWiring {
  readonly deps: AccountDeps;
  readonly reader: AccountReader;
  readonly logins: LedgerTable;
  readonly clients: ClientBinding;
  /** Integration keys as a client sees them. */
  readonly keys: { read(keyId: string, client: Client): Promise<IntegrationKey | undefined> };
}

/** The real stores for the routes about accounts. */
export function accountWiring(): AccountWiring {
  const dynamo = processDynamo();
  const registry = { dynamo, table: setting('REGISTRY_TABLE') };
  const vault = createVault(vaultSettings());
  const keyName = setting('FINGERPRINT_KEY');
  const deps: AccountDeps = {
    accounts: accountStore({ dynamo, table: setting('ACCOUNTS_TABLE') }),
    claims: claimStore(registry),
    loginKey: loginKeys({ vault, keyName, registry }),
    fingerprint: fingerprints(vault, keyName),
    passwords: passwordWriter(vault),
    sharedKeys: sharedKeys(registry),
    queue: workQueue(setting('WORK_QUEUE_URL'), correlationId),
    clock,
    newId: newShortId,
    newVersion: newId,
    sleep,
  };
  return {
    deps,
    reader: accountReader({ sessions: { dynamo, table: setting('SESSIONS_TABLE') }, registry }),
    logins: { dynamo, table: setting('LOGINS_TABLE') },
    clients: clientBinding(registry),
    keys: {
      async read(keyId, client) {
        const key = await readKey(registry, keyId);
        return key !== undefined && seesOwned(client, key.clientId) ? key : undefined;
      },
    },
  };
}
