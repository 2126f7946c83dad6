import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IntegrationKey } from '../../../../functions/core/access/key-store.ts';
import type { Account } from '../../../../functions/core/account/account.ts';
import type { AccountDeps } from '../../../../functions/core/admin/accounts.ts';
import { addAccount } from '../../../../functions/core/admin/add-account.ts';
import {
  mayServeAccounts,
  type RemovalDeps,
  removeKey,
  replaceKey,
} from '../../../../functions/core/admin/keys.ts';
import { Problem } from '../../../../functions/core/base/problem.ts';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { type EpochMillis, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryClaims } from '../../../support/memory-claims.ts';
import { SETTINGS } from '../../../support/sales.ts';

const KEY: IntegrationKey = { keyId: 'k1', label: 'ERP', createdAtMillis: NOW };

type Step = <T>(name: string, work: () => T) => Promise<T>;

/** A key and the accounts that use it, with the conditions of the real stores. */
function setUp({ cutOffAt, step }: { cutOffAt?: string; step?: Step } = {}) {
  const world = {
    now: NOW as EpochMillis,
    row: KEY as IntegrationKey | undefined,
    secret: 'abc123' as string | undefined,
    accounts: new Map<string, Account>(),
  };
  const after: Step = step ?? (async (_, work) => work());
  const store: Step = async (name, work) => {
    if (name === cutOffAt) throw new Error(`killed at ${name}`);
    return await after(name, work);
  };
  const unmarked = ({ removingSinceMillis: _, ...row }: IntegrationKey): IntegrationKey => row;
  const deps: RemovalDeps = {
    clock: () => world.now,
    users: {
      of: (keyId) =>
        store('users', () =>
          [...world.accounts.values()]
            .filter(({ integrationKeyId }) => integrationKeyId === keyId)
            .map(({ accountId }) => accountId),
        ),
    },
    keys: {
      read: () => store('read', () => world.row),
      beginRemoval: (_, { nowMillis, staleMillis }) =>
        store('beginRemoval', () => {
          const { row } = world;
          if (row === undefined || (row.removingSinceMillis ?? -1) >= staleMillis) return false;
          world.row = { ...row, removingSinceMillis: nowMillis };
          return true;
        }),
      endRemoval: (_, sinceMillis) =>
        store('endRemoval', () => {
          if (world.row?.removingSinceMillis === sinceMillis) world.row = unmarked(world.row);
        }),
      async remove(_, sinceMillis) {
        await store('removeSecret', () => {
          world.secret = undefined;
        });
        await store('removeRow', () => {
          if (world.row?.removingSinceMillis === sinceMillis) world.row = undefined;
        });
      },
    },
  };
  return { world, deps, store, remove: () => removeKey(deps, KEY.keyId) };
}

const accountOf = (accountId: string) => ({ accountId, integrationKeyId: KEY.keyId }) as Account;

describe('removing an integration key', () => {
  it('takes its row and its secret away', async () => {
    const { world, remove } = setUp();
    await remove();
    expect(world).toMatchObject({ row: undefined, secret: undefined });
    await expect(remove()).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is refused while accounts use it, some of which it names, and leaves it as it was', async () => {
    const { world, remove } = setUp();
    for (const accountId of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'])
      world.accounts.set(accountId, accountOf(accountId));
    await expect(remove()).rejects.toMatchObject({
      code: 'wrong-state',
      text: { en: expect.stringContaining('a1, a2, a3, a4, a5, …'), pl: expect.stringContaining('a5, …') },
      extra: { accounts: 6 },
    });
    expect(world).toMatchObject({ row: KEY, secret: 'abc123' });
  });

  it.each(['removeSecret', 'removeRow'])(
    'cut off at %s, lets nobody use the key, and is finished two minutes later',
    async (cutOffAt) => {
      const { world, remove } = setUp({ cutOffAt });
      await expect(remove()).rejects.toThrow('killed');
      expect(mayServeAccounts(world.row)).toBe(false);
      const again = setUp();
      Object.assign(again.world, world);
      const unused = () => expect.unreachable('the key is not replaced');
      const keys = { ...again.deps.keys, replaceSecret: unused, forget: unused };
      const replacing = replaceKey({ keys }, { keyId: KEY.keyId, integrationKey: new Secret('new') });
      await expect(replacing).rejects.toMatchObject({ code: 'being-removed' });
      await expect(again.remove()).rejects.toMatchObject({ code: 'being-removed' });
      again.world.now = plus(NOW, 2 * MINUTE + 1);
      await again.remove();
      expect(again.world).toMatchObject({ row: undefined, secret: undefined });
    },
  );

  it('takes its mark back where an account has come to use the key in between', async () => {
    const ring = setUp({
      step: async (name, work) => {
        const done = work();
        if (name === 'beginRemoval') ring.world.accounts.set('a1', accountOf('a1'));
        return done;
      },
    });
    await expect(ring.remove()).rejects.toMatchObject({ code: 'wrong-state' });
    expect(ring.world).toMatchObject({ row: KEY, secret: 'abc123' });
  });
});

/** Dependencies of `addAccount` over the same stores; all logins are free. */
function adding({ world, store }: ReturnType<typeof setUp>): AccountDeps {
  const unused = () => expect.unreachable('not used by addAccount');
  let ids = 0;
  return {
    clock: () => world.now,
    newId: () => `a${++ids}`,
    newVersion: () => `v${++ids}`,
    sleep: unused,
    loginKey: async (login) => login,
    fingerprint: async () => [],
    claims: memoryClaims(),
    sharedKeys: {
      isUsable: () => store('isUsable', () => mayServeAccounts(world.row)),
      lookAgain: unused,
    },
    passwords: { create: () => store('createPassword', () => 'v1'), stage: unused },
    queue: { send: async () => undefined },
    accounts: {
      list: unused,
      read: (accountId) => store('readAccount', () => world.accounts.get(accountId)),
      create: (account) =>
        store('createAccount', () => {
          world.accounts.set(account.accountId, account);
        }),
      amend: (accountId, { changes }) =>
        store('activate', () => {
          const account = world.accounts.get(accountId);
          if (account === undefined) return undefined;
          const next: Account = { ...account, ...changes, revision: account.revision + 1 };
          world.accounts.set(accountId, next);
          return next;
        }),
    },
  };
}

it('no account is ever active without its key, however adding it and removing the key interleave', async () => {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const ring = setUp({
        step: async (name, work) => {
          await scheduler.schedule(Promise.resolve(), name);
          return work();
        },
      });
      const deps = adding(ring);
      const input = {
        marketplace: SETTINGS,
        login: 'sklep',
        integrationKeyId: KEY.keyId,
        applicationPassword: new Secret('x'),
      };
      const outcome = (work: Promise<unknown>) =>
        work.then(
          () => 'done',
          (error: unknown) => {
            if (error instanceof Problem) return error.code;
            throw error;
          },
        );
      const all = [outcome(addAccount(deps, input)), outcome(ring.remove()), outcome(ring.remove())];
      await scheduler.waitFor(Promise.all(all));
      const [added, ...removed] = await Promise.all(all);
      outcomes.add(`${added}, ${removed.toSorted().join(' and ')}`);
      const isActive = [...ring.world.accounts.values()].some(({ phase }) => phase === 'active');
      expect(isActive).toBe(added === 'done');
      if (isActive) expect(ring.world).toMatchObject({ row: KEY, secret: 'abc123' });
      if (removed.includes('done')) expect(ring.world).toMatchObject({ row: undefined, secret: undefined });
    }),
    { numRuns: 2_000 },
  );
  // Either outcome has to occur, or the property shows nothing.
  expect([...outcomes].some((one) => one.startsWith('done'))).toBe(true);
  expect([...outcomes].some((one) => one.startsWith('bad-input'))).toBe(true);
});
