import { describe, expect, it } from 'vitest';
import {
  finishPromotion,
  passwordToTry,
  preparedLogin,
  promote,
} from '../../../../functions/core/access/credentials.ts';
import { integrationKeyOf } from '../../../../functions/core/access/troubles.ts';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { plus } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { KEY_ID } from '../../../proof/doors/shared.ts';
import { loginWorld } from '../../../support/login-world.ts';

describe('the password to try', () => {
  it('is the one in use, and one that a person has typed before it', async () => {
    const world = await loginWorld();
    const version = async () => (await passwordToTry(world.deps, await world.account())).version;
    expect(await version()).toBe('v1');
    await world.type('v2', 'second');
    expect(await version()).toBe('v2');
    // The staged version was judged, so it is the turn of the version in use again.
    await world.set({ verdicts: { v2: { outcome: 'refused', atMillis: world.deps.clock() } } });
    expect(await version()).toBe('v1');
  });

  it('passes the same check as what is typed, because people edit secrets by hand', async () => {
    const world = await loginWorld();
    await world.type('v2', '{"password": "second"}');
    await expect(passwordToTry(world.deps, await world.account())).rejects.toMatchObject({
      reason: 'password-unfit',
    });
  });

  it('is read by its id where a reading of the current one is stale', async () => {
    const world = await loginWorld();
    const { deps, accountId } = world;
    await world.type('v2', 'second');
    const now = deps.clock();
    const account = await world.set({
      stagedVersion: undefined,
      currentVersion: 'v2',
      verdicts: {
        v1: { outcome: 'refused', atMillis: now },
        v2: { outcome: 'accepted', atMillis: plus(now, 1) },
      },
    });
    expect((await deps.passwords.readCurrent(accountId))?.version).toBe('v1');
    expect((await passwordToTry(deps, account)).version).toBe('v2');
  });

  it('is missing where the secret is', async () => {
    const world = await loginWorld();
    await world.deps.passwords.remove(world.accountId);
    await expect(passwordToTry(world.deps, await world.account())).rejects.toMatchObject({
      reason: 'password-missing',
    });
  });
});

describe('an accepted password', () => {
  it('is put into use before any login', async () => {
    const world = await loginWorld();
    const { deps, accountId } = world;
    await world.type('v2', 'second');
    const account = await world.set({
      stagedVersion: undefined,
      currentVersion: 'v2',
      promoteVersion: 'v2',
      promoteFrom: 'v1',
    });
    expect((await finishPromotion(deps, account)).promoteVersion).toBeUndefined();
    expect((await deps.passwords.readCurrent(accountId))?.version).toBe('v2');
  });

  it('leaves alone what a person has rotated meanwhile', async () => {
    const world = await loginWorld();
    const { deps, accountId } = world;
    await world.type('v2', 'second');
    await world.type('v3', 'rotated');
    await deps.passwords.promote(accountId, { version: 'v3', from: 'v1' });
    const account = await world.set({ promoteVersion: 'v2', promoteFrom: 'v1' });
    await promote(deps, account, 'v2');
    expect((await deps.passwords.readCurrent(accountId))?.version).toBe('v3');
  });
});

describe('a login that is ready to be sent', () => {
  it('was prepared with what is kept, and anew where that is wanted or nothing is kept', async () => {
    const { deps, told } = await loginWorld();
    const prepare = (fresh: boolean) => preparedLogin(deps, { keyId: KEY_ID, fresh });
    for (const fresh of [false, false]) await prepare(fresh);
    expect(told.questions).toBe(1);
    await prepare(true);
    await prepare(false);
    expect(told.questions).toBe(2);
    await (await prepare(false)).discard();
    await prepare(false);
    expect(told.questions).toBe(3);
  });

  it('asks the marketplace where a fresh one is wanted, though the protocol needs nothing beforehand', async () => {
    const { deps, told, unprepared: marketplace } = await loginWorld();
    const prepare = (fresh: boolean) => preparedLogin({ ...deps, marketplace }, { keyId: KEY_ID, fresh });
    await prepare(false);
    expect(told.questions).toBe(0);
    // After a failed login the next call risks no password.
    await prepare(true);
    expect(told.questions).toBe(1);
  });

  it('remembers the trouble of the key that it met', async () => {
    const { deps, answers } = await loginWorld();
    const operation = 'doQuerySysStatus';
    answers.push(new MarketplaceFault({ reason: 'key-refused', outcome: 'answered', operation }));
    await expect(preparedLogin(deps, { keyId: KEY_ID, fresh: false })).rejects.toMatchObject({
      reason: 'key-refused',
    });
    expect((await deps.troubles.read(integrationKeyOf(KEY_ID))).trouble?.reason).toBe('key-refused');
  });

  it('is none where the key was removed', async () => {
    const { deps } = await loginWorld();
    const keys = { ...deps.keys, read: async () => undefined, readSecret: async () => new Secret('left') };
    await expect(preparedLogin({ ...deps, keys }, { keyId: KEY_ID, fresh: false })).rejects.toMatchObject({
      reason: 'key-missing',
    });
  });
});
