import { beforeEach, expect, it } from 'vitest';
import type { Claim, ClaimStore, Ledger, LedgerEntry } from '../../../functions/core/access/login-log.ts';
import type {
  PasswordStore,
  PasswordVersions,
  PasswordWriter,
} from '../../../functions/core/access/password-store.ts';
import type { Session, SessionStore } from '../../../functions/core/access/session-store.ts';
import { Secret } from '../../../functions/core/base/secret.ts';
import { HOUR, plus } from '../../../functions/core/base/time.ts';
import { NOW } from '../../support/accounts.ts';

const session = (handle: string, changes: Partial<Session> = {}): Session => ({
  handle: new Secret(handle),
  loggedInAtMillis: NOW,
  renewAtMillis: plus(NOW, HOUR - 1),
  expiresAtMillis: plus(NOW, HOUR),
  egressId: 'e1',
  ...changes,
});

/** Tests for every store of sessions. */
export function sessionBattery(fresh: () => Promise<SessionStore>): void {
  let store: SessionStore;
  beforeEach(async () => {
    store = await fresh();
  });
  const handle = async (accountId = 'a1') => (await store.read(accountId))?.handle.reveal();

  it('gives back what was saved, for each account its own', async () => {
    await store.save('a1', session('h1'));
    const read = await store.read('a1');
    expect(read).toMatchObject({ loggedInAtMillis: NOW, expiresAtMillis: plus(NOW, HOUR), egressId: 'e1' });
    expect(await handle()).toBe('h1');
    expect(await handle('a2')).toBeUndefined();
  });

  it('replaces an older session, and never a younger one or one of the same age', async () => {
    await store.save('a1', session('h1'));
    await store.save('a1', session('older', { loggedInAtMillis: plus(NOW, -1) }));
    await store.save('a1', session('as old'));
    expect(await handle()).toBe('h1');
    await store.save('a1', session('younger', { loggedInAtMillis: plus(NOW, 1) }));
    expect(await handle()).toBe('younger');
  });

  it('drops this very handle only, and removes whichever is there', async () => {
    await store.save('a1', session('h1'));
    await store.drop('a1', new Secret('h0'));
    expect(await handle()).toBe('h1');
    await store.drop('a1', new Secret('h1'));
    expect(await handle()).toBeUndefined();
    await store.save('a1', session('h2'));
    await store.remove('a1');
    await store.remove('a1');
    expect(await handle()).toBeUndefined();
  });

  it('reads the session together with the trouble of others, of which there may be none', async () => {
    const shared = [{ kind: 'egress', name: 'market/e1' } as const];
    expect(await store.readWithTroubles('a1', shared)).toEqual({ troubles: [] });
    await store.save('a1', session('h1'));
    const { session: read, troubles } = await store.readWithTroubles('a1', shared);
    expect(read?.handle.reveal()).toBe('h1');
    expect(troubles).toEqual([]);
  });
}

const entry = (attemptId: string, changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
  attemptId,
  version: 'v1',
  atMillis: NOW,
  why: 'first',
  worker: 'w1',
  egressId: 'e1',
  ...changes,
});

/** Tests for every log of logins. */
export function ledgerBattery(fresh: () => Promise<Ledger>): void {
  let store: Ledger;
  beforeEach(async () => {
    store = await fresh();
  });
  const ids = async (limit = 10) =>
    (await store.newest('a1', { limit })).entries.map(({ attemptId }) => attemptId);

  it('lists the newest first, by their place where they have one', async () => {
    await store.open('a1', entry('t1'));
    await store.open('a1', entry('t2', { atMillis: plus(NOW, 5) }));
    // The clock of this worker is behind.
    await store.open('a1', entry('t3', { atMillis: plus(NOW, 1), placeMillis: plus(NOW, 6) }));
    expect(await ids()).toEqual(['t3', 't2', 't1']);
  });

  it('gives a page at a time, each entry once', async () => {
    for (const at of [1, 2, 3, 4, 5]) await store.open('a1', entry(`t${at}`, { atMillis: plus(NOW, at) }));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.newest('a1', { limit: 2, after });
      expect(page.entries.length).toBeLessThanOrEqual(2);
      seen.push(...page.entries.map(({ attemptId }) => attemptId));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(['t5', 't4', 't3', 't2', 't1']);
  });

  it('keeps how an attempt ended, with the marketplace’s own code', async () => {
    const open = entry('t1', { placeMillis: plus(NOW, 1) });
    await store.open('a1', open);
    const end = {
      outcome: 'password-refused',
      endedAtMillis: plus(NOW, 9),
      code: 'ERR_USER_PASSWD',
    } as const;
    await store.close('a1', { ...end, attemptId: 't1', atMillis: NOW, placeMillis: plus(NOW, 1) });
    expect((await store.newest('a1', { limit: 1 })).entries).toMatchObject([{ ...open, ...end }]);
  });

  it('closes nothing that was not opened, and removes all of one account', async () => {
    await store.close('a1', { attemptId: 't0', atMillis: NOW, outcome: 'accepted', endedAtMillis: NOW });
    expect(await ids()).toEqual([]);
    await store.open('a1', entry('t1'));
    await store.open('a2', entry('t2'));
    await store.removeAll('a1');
    expect(await ids()).toEqual([]);
    expect((await store.newest('a2', { limit: 9 })).entries).toHaveLength(1);
  });
}

/** Tests for every store of claims. */
export function claimBattery(fresh: () => Promise<ClaimStore>): void {
  const name = { kind: 'login', identity: 'market', key: 'hash' } as const;
  const claim = (revision: number, changes: Partial<Claim> = {}): Claim => ({
    revision,
    accountId: 'a1',
    atMillis: NOW,
    ...changes,
  });
  let store: ClaimStore;
  beforeEach(async () => {
    store = await fresh();
  });

  it('is written one revision after the other', async () => {
    expect(await store.read(name)).toBeUndefined();
    expect(await store.write(name, claim(2))).toBe(false);
    expect(await store.write(name, claim(1))).toBe(true);
    expect(await store.write(name, claim(1, { accountId: 'a2' }))).toBe(false);
    expect(await store.read(name)).toEqual(claim(1));
    expect(await store.write(name, claim(2, { accountId: 'a2' }))).toBe(true);
    expect(await store.write(name, claim(2))).toBe(false);
    expect(await store.read(name)).toMatchObject({ accountId: 'a2' });
  });

  it('goes to one of several that come at the same time', async () => {
    const all = ['a1', 'a2', 'a3'].map((accountId) => store.write(name, claim(1, { accountId })));
    expect((await Promise.all(all)).filter(Boolean)).toHaveLength(1);
  });

  it('is told apart by kind, marketplace and key', async () => {
    await store.write(name, claim(1));
    for (const other of [{ kind: 'seller' }, { identity: 'other' }, { key: 'other' }] as const)
      expect(await store.read({ ...name, ...other })).toBeUndefined();
  });

  it('replaces all that was there, and reads what it wrote, without marks of its own', async () => {
    const memory = { id: 'a1', possibleFailures: 2, recentAttemptsMillis: [NOW] };
    await store.write(name, claim(1));
    const left: Claim = { revision: 2, atMillis: NOW, memory, keptUntilMillis: plus(NOW, 5) };
    await store.write(name, left);
    expect(await store.read(name)).toEqual(left);
  });
}

/** Tests for every store of application passwords. */
export function passwordBattery(
  fresh: () => Promise<PasswordStore & PasswordWriter & PasswordVersions>,
): void {
  const [one, two] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
  const password = (version: string, value: string) => ({ version, value: new Secret(value) });
  let store: Awaited<ReturnType<typeof fresh>>;
  beforeEach(async () => {
    store = await fresh();
  });
  const current = async () => {
    const read = await store.readCurrent('a1');
    expect(read?.version).toBe(await store.current('a1'));
    return read?.value.reveal();
  };

  it('has nothing of an account that was not created', async () => {
    expect(await current()).toBeUndefined();
    expect(await store.readVersion('a1', one)).toBeUndefined();
    await expect(store.stage('a1', password(one, 'x'))).rejects.toThrow();
    await store.remove('a1');
  });

  it('is created once; the same request again is no error', async () => {
    expect(await store.create('a1', password(one, 'first'))).toBe(one);
    expect(await store.create('a1', password(one, 'first'))).toBe(one);
    await expect(store.create('a1', password(two, 'second'))).rejects.toThrow();
    expect(await current()).toBe('first');
  });

  it('stages a version without putting it into use', async () => {
    await store.create('a1', password(one, 'first'));
    expect(await store.stage('a1', password(two, 'second'))).toBe(two);
    expect(await current()).toBe('first');
    expect((await store.readVersion('a1', two))?.value.reveal()).toBe('second');
  });

  it('puts a version into use if the one that was still is', async () => {
    await store.create('a1', password(one, 'first'));
    await store.stage('a1', password(two, 'second'));
    await store.promote('a1', { version: two, from: one });
    expect(await current()).toBe('second');
    // The label was moved before, so the version in use stays.
    await store.promote('a1', { version: two, from: one });
    expect(await current()).toBe('second');
    expect((await store.readVersion('a1', one))?.value.reveal()).toBe('first');
  });

  it('removes all versions of one account', async () => {
    await store.create('a1', password(one, 'first'));
    await store.create('a2', password(two, 'other'));
    await store.remove('a1');
    expect(await current()).toBeUndefined();
    expect((await store.readCurrent('a2'))?.value.reveal()).toBe('other');
  });
}
