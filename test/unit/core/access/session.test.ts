import { describe, expect, it } from 'vitest';
import { openSession, type SessionCall } from '../../../../functions/core/access/session.ts';
import { takeLease } from '../../../../functions/core/account/transitions.ts';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/base/time.ts';
import { fault, type LoginWorld, loginWorld } from '../../../support/login-world.ts';

/** A call that the marketplace accepts for these handles only; returns all handles that were tried. */
function callWith(good: readonly string[], tried: string[] = []): SessionCall<string[]> {
  return async (handle) => {
    tried.push(handle.reveal());
    if (!good.includes(handle.reveal())) throw fault('session-ended');
    return tried;
  };
}

const open = async (world: LoginWorld) => openSession(world.deps, await world.account());

describe('a session', () => {
  it('is the stored one while it is good, without a login', async () => {
    const world = await loginWorld();
    await world.deps.sessions.save(world.accountId, world.session('stored', MINUTE));
    const session = await open(world);
    expect(await session.call(callWith(['stored']))).toEqual(['stored']);
    expect(world.sent).toEqual([]);
  });

  it.each<[string, number]>([
    ['there is none', -1],
    ['it is over', HOUR],
    ['its end is near', 59 * MINUTE],
  ])('is a new one where %s', async (_, ageMillis) => {
    const world = await loginWorld();
    if (ageMillis >= 0) await world.deps.sessions.save(world.accountId, world.session('old', ageMillis));
    const session = await open(world);
    expect(await session.call(callWith(['handle 1']))).toEqual(['handle 1']);
    expect(world.sent).toEqual(['first']);
  });

  it('is replaced once in a run when the marketplace ends it, and not twice', async () => {
    const world = await loginWorld();
    await world.deps.sessions.save(world.accountId, world.session('stored', MINUTE));
    const session = await open(world);
    expect(await session.call(callWith(['handle 1']))).toEqual(['stored', 'handle 1']);
    await expect(session.call(callWith([]))).rejects.toMatchObject({ reason: 'session-ended' });
    expect(world.sent).toEqual(['first']);
  });

  it('gets a second chance while it is young: it may not have arrived everywhere', async () => {
    const world = await loginWorld();
    await world.deps.sessions.save(world.accountId, world.session('young', 5 * SECOND));
    const session = await open(world);
    const tried: string[] = [];
    const call: SessionCall<string> = async (handle) => {
      tried.push(handle.reveal());
      if (tried.length === 1) throw fault('session-ended');
      return 'arrived';
    };
    expect(await session.call(call)).toBe('arrived');
    expect(tried).toEqual(['young', 'young']);
    expect(world.sent).toEqual([]);
  });

  it('is waited for where another worker is logging in', async () => {
    const world = await loginWorld();
    const { deps, accountId } = world;
    await world.set(takeLease({ token: 'theirs', now: deps.clock() })(await world.account()) ?? {});
    const account = await world.account();
    const sleep = async (millis: number) => {
      await deps.sleep(millis);
      await deps.sessions.save(accountId, world.session('theirs', 0));
    };
    const session = await openSession({ ...deps, sleep }, account);
    expect(await session.call(callWith(['theirs']))).toEqual(['theirs']);
    expect(world.sent).toEqual([]);
  });

  it('stays the old one where only a new password was refused', async () => {
    const world = await loginWorld();
    await world.deps.sessions.save(world.accountId, world.session('old', MINUTE));
    await world.set({ verdicts: { v1: { outcome: 'accepted', atMillis: world.deps.clock() } } });
    await world.type('v2', 'second');
    world.answers.push(fault('password-refused'));
    const session = await open(world);
    expect(await session.call(callWith(['old']))).toEqual(['old']);
    expect(world.sent).toEqual(['second']);
    expect(await world.account()).toMatchObject({
      currentVersion: 'v1',
      verdicts: { v2: { outcome: 'refused' } },
    });
  });

  it('locks the account where a reading call meets a captcha', async () => {
    const world = await loginWorld();
    await world.deps.sessions.save(world.accountId, world.session('stored', MINUTE));
    const session = await open(world);
    const call = session.call(() => Promise.reject(fault('account-locked')));
    await expect(call).rejects.toMatchObject({ reason: 'account-locked' });
    expect((await world.account()).lockedAtMillis).toBeDefined();
  });
});
