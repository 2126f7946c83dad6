import { randomUUID } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, it, onTestFinished } from 'vitest';
import { passwordStore, passwordVersions, passwordWriter } from '../../../functions/adapters/secrets.ts';
import type { Account } from '../../../functions/core/account/account.ts';
import { type AccountDeps, replacePassword } from '../../../functions/core/admin/accounts.ts';
import { addAccount } from '../../../functions/core/admin/add-account.ts';
import { Secret } from '../../../functions/core/base/secret.ts';
import { type Operations, serveAwsJson } from '../../../infra/local/stack/aws-json.ts';
import { SecretFile } from '../../../infra/local/stack/secret-file.ts';
import { SecretVault } from '../../../infra/local/stack/secrets.ts';
import { secretOperations } from '../../../infra/local/stack/secrets-api.ts';
import { SETTINGS } from '../../proof/market.ts';
import { NOW } from '../../support/accounts.ts';
import { type MemoryAccount, memoryAccount } from '../../support/memory-account.ts';
import { memoryClaims } from '../../support/memory-claims.ts';
import { withoutTokens } from '../../support/own-versions.ts';
import { LOCAL } from '../../support/tables.ts';

const embedded = () => secretOperations(new SecretVault(new SecretFile(undefined)));

async function vaultOf(operations: Operations) {
  const server = await serveAwsJson(operations);
  onTestFinished(() => server.close());
  const client = new SecretsManagerClient({ endpoint: server.url, ...LOCAL });
  onTestFinished(() => client.destroy());
  return { client, prefix: 'klamka/test', key: 'alias/klamka-test' };
}

/** Dependencies of the requests that write passwords, over one row and this secret store. */
async function world(operations: Operations) {
  const vault = await vaultOf(operations);
  let accounts: MemoryAccount | undefined;
  const opened = (): MemoryAccount => {
    if (accounts === undefined) throw new Error('no account was created');
    return accounts;
  };
  const deps: AccountDeps = {
    clock: () => NOW,
    newId: randomUUID,
    newVersion: randomUUID,
    sleep: async () => undefined,
    loginKey: async (login) => login,
    fingerprint: async () => [],
    claims: memoryClaims(),
    sharedKeys: { isUsable: async () => true, lookAgain: async () => undefined },
    passwords: passwordWriter(vault),
    queue: { send: async () => undefined },
    accounts: {
      list: async () => ({ accounts: [], next: undefined }),
      read: async (accountId) => await opened().read(accountId),
      amend: async (accountId, write) => await opened().amend(accountId, write),
      async create(account: Account) {
        accounts = memoryAccount(account);
      },
    },
  };
  const add = () =>
    addAccount(deps, {
      marketplace: SETTINGS,
      login: 'sklep',
      integrationKeyId: 'k1',
      applicationPassword: new Secret('first'),
    });
  return {
    deps,
    add,
    row: () => opened().row,
    passwords: { ...passwordStore(vault), ...passwordVersions(vault) },
  };
}

it.each([
  ['keeps our ids', embedded],
  ['names versions itself', () => withoutTokens(embedded())],
])(
  'an account waits for the verdict of the version that is stored, in a store that %s',
  async (_, operations) => {
    const { deps, add, row, passwords } = await world(operations());
    const added = await add();
    const first = row();
    const read = await passwords.readVersion(added.accountId, added.version);
    expect(read?.value.reveal()).toBe('first');
    expect(await passwords.current(added.accountId)).toBe(added.version);
    expect(first).toMatchObject({
      phase: 'active',
      currentVersion: added.version,
      typedVersion: added.version,
    });

    const replacing = { account: first, applicationPassword: new Secret('second'), marketplace: SETTINGS };
    const typed = await replacePassword(deps, replacing);
    expect(row()).toMatchObject({ currentVersion: added.version, stagedVersion: typed.version });
    expect((await passwords.readVersion(added.accountId, typed.version))?.value.reveal()).toBe('second');
    await passwords.promote(added.accountId, { version: typed.version, from: added.version });
    expect(await passwords.current(added.accountId)).toBe(typed.version);
  },
);

it('a store that does not name the version is an error, because nothing could be proved of the password', async () => {
  const nameless = { ...embedded(), 'secretsmanager.CreateSecret': () => ({ Name: 'x' }) };
  const { add, row } = await world(nameless);
  await expect(add()).rejects.toThrow('did not name the version');
  expect(row().phase).toBe('creating');
});

it('another version than the one asked for is an error, or its verdict would go to the wrong version', async () => {
  const operations = embedded();
  const vault = await vaultOf({
    ...operations,
    'secretsmanager.GetSecretValue': (input) =>
      operations['secretsmanager.GetSecretValue']?.({ ...(input as object), VersionId: undefined }),
  });
  const version = await passwordWriter(vault).create('a1', {
    version: randomUUID(),
    value: new Secret('first'),
  });
  const store = passwordStore(vault);
  expect((await store.readVersion('a1', version))?.value.reveal()).toBe('first');
  await expect(store.readVersion('a1', randomUUID())).rejects.toThrow('instead of');
});
