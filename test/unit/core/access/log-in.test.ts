import { describe, expect, it } from 'vitest';
import { logIn } from '../../../../functions/core/access/log-in.ts';
import { connectionOf } from '../../../../functions/core/account/connection.ts';
import { resendPermitted } from '../../../../functions/core/account/requests.ts';
import { takeLease } from '../../../../functions/core/account/transitions.ts';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { DAY, HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { fault, loginWorld } from '../../../support/login-world.ts';

describe('logging in', () => {
  it('is written down and counted before it is sent, and forgotten with its success', async () => {
    const world = await loginWorld();
    const { accountId, deps } = world;
    world.meanwhile.run = async () => {
      expect(await world.account()).toMatchObject({ possibleFailures: 1, loginsSent: 1 });
      expect(await world.log()).toMatchObject([{ version: 'v1', why: 'first', worker: 'w1' }]);
    };
    const session = await logIn(deps, { accountId, why: 'first' });
    expect(session.handle.reveal()).toBe('handle 1');
    expect(await world.handle()).toBe('handle 1');
    expect(await world.account()).toMatchObject({
      possibleFailures: 0,
      verdicts: { v1: { outcome: 'accepted' } },
      userId: '1001',
    });
    expect(await world.log()).toMatchObject([{ outcome: 'accepted' }]);
  });

  it('belongs to the holder of the lease: another worker sends nothing', async () => {
    const world = await loginWorld();
    const { accountId, deps } = world;
    const lease = takeLease({ token: 'theirs', now: deps.clock() })(await world.account());
    await world.set(lease ?? {});
    await expect(logIn(deps, { accountId, why: 'first' })).rejects.toMatchObject({
      reason: 'login-in-progress',
    });
    expect(world.sent).toEqual([]);
    expect(await world.account()).toMatchObject({ leaseToken: 'theirs' });
  });

  it('waits for a lease of a clock that was ahead, which it only cuts down: it asks and sends nothing', async () => {
    const world = await loginWorld();
    const { accountId, deps } = world;
    await world.set({ leaseToken: 'theirs', leaseUntilMillis: plus(deps.clock(), DAY) });
    await expect(logIn(deps, { accountId, why: 'first' })).rejects.toMatchObject({
      reason: 'login-in-progress',
    });
    expect({ sent: world.sent, asked: world.told.questions }).toEqual({ sent: [], asked: 0 });
    expect(await world.account()).toMatchObject({ leaseToken: 'theirs' });
    await deps.sleep(3 * MINUTE);
    await logIn(deps, { accountId, why: 'first' });
    expect(world.sent).toEqual(['first']);
  });

  it('releases its lease, however it ends', async () => {
    const world = await loginWorld();
    const { accountId, deps } = world;
    world.answers.push(fault('password-refused'));
    await expect(logIn(deps, { accountId, why: 'first' })).rejects.toMatchObject({
      reason: 'password-refused',
    });
    expect((await world.account()).leaseToken).toBeUndefined();
  });

  it('is not needed where the holder before has stored a session', async () => {
    const world = await loginWorld();
    const { accountId, deps } = world;
    await deps.sessions.save(accountId, world.session('theirs', MINUTE));
    const session = await logIn(deps, { accountId, why: 'no-handle' });
    expect(session.handle.reveal()).toBe('theirs');
    expect(world.sent).toEqual([]);
  });

  it('is sent once more where it was badly prepared, and each is written down before it is sent', async () => {
    const world = await loginWorld();
    const { accountId, deps } = world;
    world.answers.push(fault('preparation-stale'));
    const counts: (number | undefined)[] = [];
    world.meanwhile.run = async () => void counts.push((await world.account()).loginsSent);
    await logIn(deps, { accountId, why: 'first' });
    expect(world.sent).toEqual(['first', 'first']);
    expect(world.versions).toEqual(['1', '2']);
    expect(counts).toEqual([1, 2]);
    expect(await world.log()).toMatchObject([{ outcome: 'accepted' }, { outcome: 'preparation-stale' }]);
  });

  it('is not sent a third time, however it is prepared', async () => {
    const world = await loginWorld();
    const { accountId, deps } = world;
    world.answers.push(fault('preparation-stale'), fault('preparation-stale'));
    await expect(logIn(deps, { accountId, why: 'first' })).rejects.toMatchObject({
      reason: 'preparation-stale',
    });
    expect(world.sent).toHaveLength(2);
    // No other login uses the stale preparation.
    await deps.marketplace.access.prepareLogin(
      { integrationKey: new Secret('key'), fresh: false },
      { timeoutMillis: 1_000 },
    );
    expect(world.told.questions).toBe(3);
  });

  it('is prepared anew where a person has permitted a resend, which a stale preparation would use up', async () => {
    const world = await loginWorld();
    const { accountId } = world;
    const deps = { ...world.deps, endsAtMillis: plus(world.deps.clock(), DAY) };
    await logIn(deps, { accountId, why: 'first' });
    world.answers.push(fault('password-refused'));
    await world.type('v2', 'second');
    await expect(logIn(deps, { accountId, why: 'new-password' })).rejects.toThrow('password-refused');
    await deps.sleep(2 * HOUR);
    await logIn(deps, { accountId, why: 'renewal' });
    const questions = world.told.questions;
    await world.set(resendPermitted(deps.clock())(await world.account()) ?? {});
    await logIn(deps, { accountId, why: 'new-password' });
    expect(world.told.questions).toBe(questions + 1);
    expect(world.sent).toEqual(['first', 'second', 'first', 'second']);
  });

  it('needs nothing beforehand where the protocol does not', async () => {
    const world = await loginWorld();
    const { accountId, unprepared: marketplace } = world;
    const deps = { ...world.deps, marketplace };
    await logIn(deps, { accountId, why: 'first' });
    expect(world.sent).toEqual(['first']);
    expect(world.told.questions).toBe(0);
    expect(connectionOf(await world.account())).toMatchObject({ state: 'connected' });
  });

  it('stops by itself after two possible failures', async () => {
    const world = await loginWorld();
    const { accountId, deps } = world;
    for (const _ of [1, 2]) {
      // The password may have been judged before this answer.
      world.answers.push(fault('unknown-fault'));
      await expect(logIn(deps, { accountId, why: 'first' })).rejects.toMatchObject({
        reason: 'unknown-fault',
      });
    }
    await expect(logIn(deps, { accountId, why: 'first' })).rejects.toMatchObject({
      reason: 'attempts-exhausted',
    });
    expect(world.sent).toHaveLength(2);
  });

  it('is not repeated with a password that was refused under another version', async () => {
    const world = await loginWorld();
    const { accountId, deps } = world;
    world.answers.push(fault('password-refused'));
    await expect(logIn(deps, { accountId, why: 'first' })).rejects.toThrow();
    await world.type('v2', 'first');
    await expect(logIn(deps, { accountId, why: 'new-password' })).rejects.toMatchObject({
      reason: 'password-refused',
    });
    expect(world.sent).toEqual(['first']);
  });
});
