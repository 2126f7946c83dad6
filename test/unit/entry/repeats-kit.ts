import type { OperationId } from '../../../functions/contract/routes.ts';
import { giveBack, loginClaim } from '../../../functions/core/access/claims.ts';
import type { IntegrationKey, KeyAdmin } from '../../../functions/core/access/key-store.ts';
import { type Account, CREATION_TIME } from '../../../functions/core/account/account.ts';
import type { AccountDeps } from '../../../functions/core/admin/accounts.ts';
import { addAccount, earlierAdded } from '../../../functions/core/admin/add-account.ts';
import { registerKey, sweepKeys, wasKeyRegistered } from '../../../functions/core/admin/keys.ts';
import type { Outcome } from '../../../functions/core/admin/repeats.ts';
import { Secret } from '../../../functions/core/base/secret.ts';
import { type EpochMillis, plus } from '../../../functions/core/base/time.ts';
import {
  registerWebhook,
  type WebhookDeps,
  wasWebhookRegistered,
} from '../../../functions/core/delivery/webhooks.ts';
import { askForImport, type ImportDeps, wasBegun } from '../../../functions/core/history/imports.ts';
import type { Reply } from '../../../functions/entry/http-reply.ts';
import type { Attempt } from '../../../functions/entry/repeats.ts';
import { account, NOW } from '../../support/accounts.ts';
import { memoryAccount } from '../../support/memory-account.ts';
import { memoryClaims } from '../../support/memory-claims.ts';
import { memoryListed } from '../../support/memory-listed.ts';
import { type Life, mortal } from '../../support/mortal.ts';
import { SETTINGS } from '../../support/sales.ts';
import { sendingWorld } from '../../support/sending.ts';

/**
 * A route that makes something, over stores in memory. A process that serves it may be killed at each of its writes.
 */
export interface Maker {
  readonly operation: OperationId;
  readonly idName: string;
  /** The route as a process with this life carries it out. */
  open(life: Life): {
    answer(attempt: Attempt): Promise<Reply>;
    made(id: string): Promise<Outcome | undefined>;
  };
  /** Clears away things that were left half-done, as the schedules do. */
  tidy(): Promise<void>;
  /** Ids of the things that are whole. */
  whole(): string[];
  /** Ids of the things that are half-done. */
  half(): string[];
  /** All that is stored, as text. */
  stored(): string;
}

export interface Time {
  now: EpochMillis;
}

const unused = (): never => {
  throw new Error('not used by this route');
};

/** Stores a version of a secret of this id, and names the version. */
const createIn =
  (vault: Set<string>) =>
  async (id: string, { version }: { version: string }): Promise<string> => {
    vault.add(id);
    return version;
  };

let writers = 0;
const newId = (): string => `random${++writers}`;
const done = (name: string, id: string, secret?: string): Reply => ({
  status: 201,
  body: { [name]: id, ...(secret !== undefined && { secret }) },
});
const outcome = (name: string, id: string, isThere: boolean): Outcome | undefined =>
  isThere ? { status: 201, ids: { [name]: id } } : undefined;

export const SECRETS = ['klucz-integracji-77', 'haslo-apl-88'] as const;

export function keyMaker(time: Time): Maker {
  const rows = new Map<string, IntegrationKey>();
  const vault = new Set<string>();
  type Keys = Omit<KeyAdmin, 'beginRemoval' | 'endRemoval' | 'remove'>;
  const keys: Keys = {
    read: async (keyId) => rows.get(keyId),
    list: unused,
    create: async (key) => void rows.set(key.keyId, key),
    async createSecret(keyId) {
      if (vault.has(keyId)) throw new Error('the secret exists already');
      vault.add(keyId);
    },
    async complete(keyId) {
      const found = rows.get(keyId);
      if (found === undefined) return false;
      const { incomplete: _, ...row } = found;
      rows.set(keyId, row);
      return true;
    },
    replaceSecret: unused,
    forget: unused,
  };
  const clock = () => time.now;
  return {
    operation: 'keys.register',
    idName: 'integrationKeyId',
    open(life) {
      const deps = { keys: mortal(keys, life, ['create', 'createSecret', 'complete']), clock };
      const input = { label: 'ERP', integrationKey: new Secret(SECRETS[0]), clientId: 'erp' };
      return {
        answer: async (attempt) => {
          const key = await registerKey({ ...deps, newId: () => attempt.newId }, input);
          return done('integrationKeyId', key.keyId);
        },
        made: async (id) => outcome('integrationKeyId', id, await wasKeyRegistered(deps, id)),
      };
    },
    async tidy() {
      const sweep = {
        incomplete: async () => [...rows.values()].filter(({ incomplete }) => incomplete === true),
        async remove(keyId: string) {
          vault.delete(keyId);
          rows.delete(keyId);
        },
      };
      await sweepKeys({ keys: sweep, clock });
    },
    whole: () => [...vault].filter((id) => rows.has(id) && rows.get(id)?.incomplete !== true),
    half: () => {
      const isWhole = (id: string) => vault.has(id) && rows.has(id) && rows.get(id)?.incomplete !== true;
      return [...new Set([...rows.keys(), ...vault])].filter((id) => !isWhole(id));
    },
    stored: () => JSON.stringify([...rows.values()]),
  };
}

export function webhookMaker(time: Time): Maker {
  const world = sendingWorld();
  const { sending } = world;
  const vault = new Set<string>();
  return {
    operation: 'webhooks.register',
    idName: 'webhookId',
    open(life) {
      const secrets = {
        create: createIn(vault),
        hold: unused,
        add: unused,
        read: unused,
        remove: async (id: string) => void vault.delete(id),
      };
      const deps: WebhookDeps = {
        ...world.deps,
        clock: () => time.now,
        webhooks: mortal(sending.webhooks, life, ['create', 'replace', 'remove']),
        sending: mortal(sending.store, life, ['addDeliveryCursor']),
        marks: mortal(sending.marks, life, ['mark']),
        sendQueue: { send: async () => undefined },
        secrets: mortal(secrets, life, ['create', 'remove']),
        accounts: { list: async () => ['a1', 'a2'], has: async () => true },
        newId: unused,
        newVersion: newId,
      };
      const input = { clientId: 'erp', url: 'https://hooks.example/klamka' };
      return {
        async answer(attempt) {
          const made = await registerWebhook({ ...deps, newId: () => attempt.newId }, input);
          return done('webhookId', made.webhook.webhookId, made.secret.reveal());
        },
        made: async (id) => outcome('webhookId', id, await wasWebhookRegistered(deps, id)),
      };
    },
    tidy: async () => undefined,
    whole: () =>
      [...sending.hooks.values()].filter((one) => one.incomplete !== true).map(({ webhookId }) => webhookId),
    half: () => [
      ...[...sending.hooks.values()].filter((one) => one.incomplete === true).map((one) => one.webhookId),
      ...[...vault].filter((id) => !sending.hooks.has(id)),
    ],
    stored: () => JSON.stringify([...sending.hooks.values(), ...sending.deliveryCursors.values()]),
  };
}

export function importMaker(time: Time): Maker {
  const seller = account({ connectedAtMillis: NOW });
  const accounts = memoryAccount(seller);
  const listed = memoryListed();
  const isNamed = (id: string) => accounts.row.importing === id;
  return {
    operation: 'imports.start',
    idName: 'importId',
    open(life) {
      const deps: ImportDeps = {
        accounts: mortal(accounts, life, ['amend']),
        listed: mortal(listed, life, ['putListing', 'removeListing']),
        queue: mortal({ send: async () => undefined }, life, ['send']),
        clock: () => time.now,
        newId,
      };
      const range = { fromMillis: plus(NOW, -9_000), toMillis: plus(NOW, -1_000) };
      return {
        async answer(attempt) {
          const { id } = await askForImport(deps, seller, { ...range, id: attempt.newId });
          return done('importId', id);
        },
        made: async (id) => outcome('importId', id, await wasBegun(deps, seller.accountId, { importId: id })),
      };
    },
    tidy: async () => undefined,
    whole: () => [...listed.readings.keys()].filter(isNamed),
    half: () => [...listed.readings.keys()].filter((id) => !isNamed(id)),
    stored: () => JSON.stringify([...listed.readings.values()]),
  };
}

export function accountMaker(time: Time): Maker {
  const rows = new Map<string, Account>();
  const vault = new Set<string>();
  const claims = memoryClaims();
  const clock = () => time.now;
  const accounts: AccountDeps['accounts'] = {
    list: unused,
    read: async (accountId) => rows.get(accountId),
    async create(row) {
      if (rows.has(row.accountId)) throw new Error('the row exists already');
      rows.set(row.accountId, row);
    },
    async amend(accountId, { revision, changes }) {
      const row = rows.get(accountId);
      if (row?.revision !== revision) return undefined;
      rows.set(accountId, { ...row, ...changes, revision: revision + 1 });
      return rows.get(accountId);
    },
  };
  const passwords = { create: createIn(vault), stage: unused };
  const loginKey = async (login: string) => login;
  return {
    operation: 'accounts.add',
    idName: 'accountId',
    open(life) {
      const deps: AccountDeps = {
        clock,
        newId,
        newVersion: newId,
        sleep: unused,
        loginKey,
        fingerprint: async () => [],
        claims: mortal(claims, life, ['write']),
        sharedKeys: { isUsable: async () => true, lookAgain: unused },
        passwords: mortal(passwords, life, ['create']),
        queue: mortal({ send: async () => undefined }, life, ['send']),
        accounts: mortal(accounts, life, ['create', 'amend']),
      };
      const input = {
        marketplace: SETTINGS,
        login: 'sklep',
        integrationKeyId: 'k1',
        applicationPassword: new Secret(SECRETS[1]),
      };
      return {
        async answer(attempt) {
          const added = await addAccount(deps, { ...input, accountId: attempt.newId });
          return done('accountId', added.accountId);
        },
        made: async (id) => outcome('accountId', id, (await earlierAdded(deps, id)) !== undefined),
      };
    },
    async tidy() {
      for (const [accountId, { phase, createdAtMillis }] of rows) {
        if (phase !== 'creating' || time.now < plus(createdAtMillis, CREATION_TIME)) continue;
        vault.delete(accountId);
        const deps = { claims, accounts, clock, loginKey };
        await giveBack(
          deps,
          await loginClaim(deps, { identity: SETTINGS.identity, login: 'sklep' }),
          accountId,
        );
        rows.delete(accountId);
      }
    },
    whole: () => [...rows.values()].filter(({ phase }) => phase === 'active').map((one) => one.accountId),
    half: () => [...new Set([...rows.keys(), ...vault])].filter((id) => rows.get(id)?.phase !== 'active'),
    stored: () => JSON.stringify([...rows.values()]),
  };
}
