import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimStore } from '../../../../functions/adapters/claims.ts';
import {
  amendLeft,
  completeFromClaims,
  isOwned,
  leaveClaims,
  loginClaim,
  recall,
  sellerClaim,
  takeClaim,
  takeLogin,
} from '../../../../functions/core/access/claims.ts';
import type { ClaimStore } from '../../../../functions/core/access/login-log.ts';
import { type Account, CREATION_TIME } from '../../../../functions/core/account/account.ts';
import { mergedMemory, NO_MEMORY } from '../../../../functions/core/account/memory.ts';
import * as to from '../../../../functions/core/account/transitions.ts';
import { DAY, plus, SECOND } from '../../../../functions/core/base/time.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { memoryClaims } from '../../../support/memory-claims.ts';
import { startOneTable } from '../../../support/one-table.ts';

let table: Awaited<ReturnType<typeof startOneTable>>;
beforeAll(async () => {
  table = await startOneTable('name', 'kind');
});
afterAll(() => table.close());

const STORES: readonly [string, () => ClaimStore][] = [
  ['in memory', memoryClaims],
  ['on the embedded DynamoDB', () => claimStore(table)],
];

let worlds = 0;

/** A world with accounts, a clock that tests move, and claims at a marketplace of its own. */
function world(claims: ClaimStore) {
  worlds += 1;
  const accounts = new Map<string, Account>();
  let now = NOW;
  return {
    identity: `market-${worlds}`,
    claims,
    accounts: {
      read: async (id: string) => accounts.get(id),
      amend: async (id: string, { changes }: { changes: Partial<Account> }) => {
        const before = accounts.get(id);
        if (before === undefined) return undefined;
        const after = { ...before, ...changes };
        accounts.set(id, after);
        return after;
      },
    },
    clock: () => now,
    newId: () => 'writer',
    loginKey: async (login: string) => `hash of ${login}`,
    exists: (one: Account) => accounts.set(one.accountId, one),
    gone: (one: Account) => accounts.delete(one.accountId),
    pass: (millis: number) => {
      now = plus(now, millis);
    },
    sleep: async (_millis: number): Promise<void> => undefined,
  };
}

describe.each(STORES)('claims %s', (_, store) => {
  const failed = (changes: Partial<Account> = {}) =>
    account({ possibleFailures: 2, recentAttemptsMillis: [NOW], ...changes });

  it('a login is one account’s, and its name shows nothing of it', async () => {
    const deps = world(store());
    const first = { accountId: 'a1', identity: deps.identity, login: ' Sklep_1' };
    expect(isOwned(await takeLogin(deps, first))).toBe(false);
    deps.exists(account());
    expect(await takeLogin(deps, { ...first, accountId: 'a2', login: 'sklep_1' })).toMatchObject({
      owner: 'a1',
    });
    expect((await loginClaim(deps, first)).key).toBe('hash of sklep_1');
  });

  it('only one of two accounts that come at the same time gets the login', async () => {
    const deps = world(store());
    const take = (accountId: string) =>
      takeLogin(deps, { accountId, identity: deps.identity, login: 'sklep_1' });
    const answers = await Promise.all(['a1', 'a2', 'a3'].map(take));
    expect(answers.filter((answer) => !isOwned(answer))).toHaveLength(1);
  });

  it('a creation that was cut off with a clock that was ahead leaves the login free soon, and not at once', async () => {
    const deps = world(store());
    const login = { identity: deps.identity, login: 'sklep_1' };
    deps.pass(DAY);
    await takeLogin(deps, { ...login, accountId: 'a1' });
    deps.pass(-DAY);
    const later = (accountId: string) => takeLogin(deps, { ...login, accountId });
    expect(await later('a2')).toMatchObject({ owner: 'a1' });
    deps.pass(CREATION_TIME - 1);
    expect(await later('a2')).toMatchObject({ owner: 'a1' });
    deps.pass(1);
    expect(isOwned(await later('a2'))).toBe(false);
  });

  it('the memory of a removed account stays without an owner, and is taken over', async () => {
    const deps = world(store());
    const login = { identity: deps.identity, login: 'sklep_1' };
    await takeLogin(deps, { ...login, accountId: 'a1' });
    await leaveClaims(deps, { account: failed(), identity: deps.identity });
    expect(await recall(deps, login)).toMatchObject([{ id: 'a1', possibleFailures: 2 }]);
    expect(await takeLogin(deps, { ...login, accountId: 'a2' })).toMatchObject({
      memories: [{ id: 'a1', possibleFailures: 2 }],
    });
  });

  it('a memory is kept once: on the seller where the account has it, and either name finds it', async () => {
    const deps = world(store());
    const { identity } = deps;
    await takeLogin(deps, { identity, login: 'sklep_1', accountId: 'a1' });
    await takeClaim(deps, sellerClaim({ identity, userId: '1001' }), 'a1');
    await leaveClaims(deps, { account: failed({ userId: '1001' }), identity });
    await leaveClaims(deps, { account: failed({ userId: '1001' }), identity });
    expect(await recall(deps, { identity, login: 'sklep_1' })).toMatchObject([{ id: 'a1' }]);
    const seller = await takeClaim(deps, sellerClaim({ identity, userId: '1001' }), 'a2');
    expect(seller).toMatchObject({ accountId: 'a2', memory: { id: 'a1', possibleFailures: 2 } });
  });

  it('a creation that is cut off before its row gives the memory back', async () => {
    const deps = world(store());
    const login = { identity: deps.identity, login: 'sklep_1' };
    await takeLogin(deps, { ...login, accountId: 'a1' });
    await leaveClaims(deps, { account: failed(), identity: deps.identity });
    await takeLogin(deps, { ...login, accountId: 'cut-off' });
    expect(await takeLogin(deps, { ...login, accountId: 'a3' })).toMatchObject({ owner: 'cut-off' });
    deps.pass(CREATION_TIME);
    expect(await takeLogin(deps, { ...login, accountId: 'a3' })).toMatchObject({
      memories: [{ id: 'a1', possibleFailures: 2 }],
    });
  });

  it('a login whose seller another account has is given back at once', async () => {
    const deps = world(store());
    const { identity } = deps;
    await takeLogin(deps, { identity, login: 'sklep_1', accountId: 'a1' });
    await takeClaim(deps, sellerClaim({ identity, userId: '1001' }), 'a1');
    await leaveClaims(deps, { account: failed({ userId: '1001' }), identity });
    const other = account({ accountId: 'a2', login: 'sklep@example.com', userId: '1001' });
    await takeClaim(deps, sellerClaim({ identity, userId: '1001' }), 'a2');
    deps.exists(other);
    const login = { identity, login: 'sklep_1' };
    expect(await takeLogin(deps, { ...login, accountId: 'a3' })).toMatchObject({ owner: 'a2' });
    deps.gone(other);
    deps.pass(CREATION_TIME);
    expect(await takeLogin(deps, { ...login, accountId: 'a3' })).toMatchObject({ memories: [{ id: 'a1' }] });
  });

  it('a memory is forgotten 400 days after the last attempt, judged when it is read', async () => {
    const deps = world(store());
    const login = { identity: deps.identity, login: 'sklep_1' };
    await takeLogin(deps, { ...login, accountId: 'a1' });
    await leaveClaims(deps, { account: failed(), identity: deps.identity });
    deps.pass(400 * DAY - 1);
    expect(await recall(deps, login)).toHaveLength(1);
    deps.pass(1);
    expect(await recall(deps, login)).toEqual([]);
  });

  it('an answer that comes after the row is gone goes to what the account left', async () => {
    const deps = world(store());
    const { identity } = deps;
    const open = { id: 'try1', version: 'v1', atMillis: NOW };
    const gone = failed({ unclearAttempts: [open] });
    await takeLogin(deps, { identity, login: gone.login, accountId: 'a1' });
    await leaveClaims(deps, { account: gone, identity });
    await amendLeft(deps, { account: gone, identity, to: to.notSent('try1') });
    expect(await recall(deps, { identity, login: gone.login })).toMatchObject([{ possibleFailures: 1 }]);
  });

  it('or to the account that has taken over its memory', async () => {
    const deps = world(store());
    const { identity } = deps;
    const open = { id: 'try1', version: 'v1', atMillis: NOW };
    const gone = failed({ unclearAttempts: [open] });
    await takeLogin(deps, { identity, login: gone.login, accountId: 'a1' });
    await leaveClaims(deps, { account: gone, identity });
    await takeLogin(deps, { identity, login: gone.login, accountId: 'a2' });
    deps.exists({ ...gone, accountId: 'a2' });
    await amendLeft(deps, { account: gone, identity, to: to.notSent('try1') });
    expect(await deps.accounts.read('a2')).toMatchObject({ possibleFailures: 1 });
  });

  it.each([
    ['once its row is stored', true],
    ['or to the memory again, if its addition was cut off', false],
  ])('or to an account that is just being added, %s', async (_when, isStored) => {
    const deps = world(store());
    const { identity } = deps;
    const open = { id: 'try1', version: 'v1', atMillis: NOW };
    const gone = failed({ unclearAttempts: [open] });
    await takeLogin(deps, { identity, login: gone.login, accountId: 'a1' });
    await leaveClaims(deps, { account: gone, identity });
    await takeLogin(deps, { identity, login: gone.login, accountId: 'a2' });
    const sleep = async () => {
      if (isStored) deps.exists({ ...gone, accountId: 'a2' });
    };
    await amendLeft({ ...deps, sleep }, { account: gone, identity, to: to.notSent('try1') });
    expect((await deps.accounts.read('a2'))?.possibleFailures).toBe(isStored ? 1 : undefined);
    deps.pass(DAY);
    const next = await takeLogin(deps, { identity, login: gone.login, accountId: 'a3' });
    if (!isStored) expect(next).toMatchObject({ memories: [{ possibleFailures: 1 }] });
  });

  describe('a refusal that comes after its account was removed', () => {
    const open = { id: 'try1', version: 'v1', atMillis: NOW };
    const print = { key: 'k1', print: 'P' };
    const times = { sinceMillis: NOW, atMillis: NOW, count: 1 };
    const refusal = to.refused({
      attempt: open,
      now: plus(NOW, SECOND),
      leaseToken: 'gone',
      prints: [print],
      fault: { reason: 'password-refused', operation: 'doLogin', ...times },
    });
    const gone = failed({ unclearAttempts: [open] });

    /** The first account is gone, and the second has claimed what it left. */
    async function afterRemoval() {
      const deps = world(store());
      const { identity } = deps;
      await takeLogin(deps, { identity, login: gone.login, accountId: 'a1' });
      await leaveClaims(deps, { account: gone, identity });
      const claimant = { identity, login: gone.login, accountId: 'a2' };
      const taken = await takeLogin(deps, claimant);
      if (isOwned(taken)) throw new Error('the login has an owner');
      const memory = taken.memories.reduce(mergedMemory, NO_MEMORY);
      const heir: Account = {
        ...account({ accountId: 'a2', inherited: ['a1'] }),
        ...memory,
        phase: 'creating',
      };
      return { deps, heir, claimant };
    }

    it('is known to an addition that takes longer than the worker waits', async () => {
      const { deps, heir, claimant } = await afterRemoval();
      await amendLeft(deps, { account: gone, identity: deps.identity, to: refusal });
      deps.exists(heir);
      expect(await completeFromClaims(deps, claimant)).toBe(true);
      const after = await deps.accounts.read('a2');
      expect(after).toMatchObject({ accountId: 'a2', inherited: ['a1'], refused: [{ print: 'P' }] });
      // A second look changes nothing.
      await completeFromClaims(deps, claimant);
      expect(await deps.accounts.read('a2')).toEqual(after);
    });

    it('is known to an addition that has looked before the worker has written', async () => {
      const { deps, heir, claimant } = await afterRemoval();
      const claims: ClaimStore = {
        ...deps.claims,
        async write(name, claim) {
          deps.exists(heir);
          await completeFromClaims(deps, claimant);
          return await deps.claims.write(name, claim);
        },
      };
      await amendLeft({ ...deps, claims }, { account: gone, identity: deps.identity, to: refusal });
      expect(await deps.accounts.read('a2')).toMatchObject({ refused: [{ print: 'P' }] });
    });

    it('is known to a row that is stored between two readings', async () => {
      const { deps, heir } = await afterRemoval();
      let reads = 0;
      const accounts = {
        ...deps.accounts,
        async read(id: string) {
          reads += 1;
          if (reads === 2) deps.exists(heir);
          return await deps.accounts.read(id);
        },
      };
      await amendLeft({ ...deps, accounts }, { account: gone, identity: deps.identity, to: refusal });
      expect(await deps.accounts.read('a2')).toMatchObject({ refused: [{ print: 'P' }] });
    });

    it.each([
      ['is removed', true],
      ['was cut off and is followed by another', false],
    ])('is passed on by an heir that %s meanwhile', async (_what, isRemoved) => {
      const { deps, heir } = await afterRemoval();
      const { identity } = deps;
      let next: unknown;
      const accounts = {
        ...deps.accounts,
        async read(id: string) {
          if (id === 'a2' && next === undefined) {
            if (isRemoved) await leaveClaims(deps, { account: heir, identity });
            else deps.pass(CREATION_TIME);
            next = await takeLogin(deps, { identity, login: gone.login, accountId: 'a3' });
            deps.exists({ ...heir, accountId: 'a3' });
          }
          return await deps.accounts.read(id);
        },
      };
      await amendLeft({ ...deps, accounts }, { account: gone, identity, to: refusal });
      expect(next).toMatchObject({ memories: [{ possibleFailures: heir.possibleFailures }] });
      expect(await deps.accounts.read('a3')).toMatchObject({ refused: [{ print: 'P' }] });
    });
  });
});
