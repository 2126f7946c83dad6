import { describe, expect, it } from 'vitest';
import {
  finishPromotion,
  keyMaterial,
  passwordToTry,
  promote,
} from '../../../../functions/core/access/credentials.ts';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { plus } from '../../../../functions/core/base/time.ts';
import { KEY_ID } from '../../../proof/doors/shared.ts';
import { loginWorld, withoutVersionKeys } from '../../../support/login-world.ts';

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

describe('the key', () => {
  it('comes with its version key, which is asked for once, and again where a fresh one is wanted', async () => {
    const { deps, told } = await loginWorld();
    const material = (fresh: boolean) => keyMaterial(deps, { keyId: KEY_ID, fresh });
    expect(await material(false)).toMatchObject({ versionKey: 'version key 1' });
    expect(await material(false)).toMatchObject({ versionKey: 'version key 1' });
    expect(told.versionKeys).toBe(1);
    expect(await material(true)).toMatchObject({ versionKey: 'version key 2' });
    expect(await material(false)).toMatchObject({ versionKey: 'version key 2' });
  });

  it('stands alone where logins need no version key, and is tried alone where a fresh one is wanted', async () => {
    const { deps, told } = await loginWorld();
    const marketplace = withoutVersionKeys(deps.marketplace);
    const material = (fresh: boolean) => keyMaterial({ ...deps, marketplace }, { keyId: KEY_ID, fresh });
    expect((await material(false)).versionKey).toBeUndefined();
    expect(told.versionKeys).toBe(0);
    // After a failed login the version key is asked for by a call that risks no password.
    expect((await material(true)).versionKey).toBeUndefined();
    expect(told.versionKeys).toBe(1);
    expect((await deps.keys.read(KEY_ID))?.versionKeys).toEqual({});
  });

  it('is missing where it was removed', async () => {
    const { deps } = await loginWorld();
    const keys = { ...deps.keys, read: async () => undefined, readSecret: async () => new Secret('left') };
    await expect(keyMaterial({ ...deps, keys }, { keyId: KEY_ID, fresh: false })).rejects.toMatchObject({
      reason: 'key-missing',
    });
  });
});
