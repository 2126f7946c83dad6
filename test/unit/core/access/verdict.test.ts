import { describe, expect, it } from 'vitest';
import { learn, succeed } from '../../../../functions/core/access/verdict.ts';
import type { Account } from '../../../../functions/core/account/account.ts';
import { beginAttempt, takeLease } from '../../../../functions/core/account/transitions.ts';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { epochSeconds } from '../../../../functions/core/base/time.ts';
import { type MarketplaceFault, meaningOf } from '../../../../functions/core/faults/fault.ts';
import { fault, loginWorld } from '../../../support/login-world.ts';

const PRINTS = [{ key: 'k1', print: 'print of first' }];

/** A login of version v1 that was noted and sent, under the lease "ours". */
async function sentLogin(changes: Partial<Account> = {}) {
  const world = await loginWorld(changes);
  const { deps, accountId } = world;
  const now = deps.clock();
  const leased = await world.set(takeLease({ token: 'ours', now })(await world.account()) ?? {});
  const open = { id: 'try', version: 'v1', atMillis: now };
  const begin = { attemptId: 'try', version: 'v1', now, placeMillis: now, leaseToken: 'ours' };
  const account = await world.set(beginAttempt(begin)(leased) ?? {});
  await deps.ledger.open(accountId, {
    attemptId: 'try',
    ...open,
    why: 'first',
    worker: 'w1',
    egressId: 'e1',
  });
  let discards = 0;
  const prepared = {
    discard: async () => {
      discards += 1;
      if (discards === 1) throw new Error('throttled');
    },
  };
  const job = { account, leaseToken: 'ours', why: 'first', open, prints: PRINTS } as const;
  const login = {
    session: new Secret('new handle'),
    userId: '1001',
    serverTimeSeconds: epochSeconds(0),
  };
  return {
    ...world,
    learn: (heard: MarketplaceFault) => learn(deps, { ...job, fault: heard, prepared }),
    discards: () => discards,
    succeed: (with_ = deps) => succeed(with_, { ...job, login }),
  };
}

describe('conclusions from an answer to a login', () => {
  it('a refusal is for ever: of the version, and of the password under any other', async () => {
    const world = await sentLogin();
    await world.learn(fault('password-refused'));
    expect(await world.account()).toMatchObject({
      verdicts: { v1: { outcome: 'refused' } },
      refused: [PRINTS[0]],
      possibleFailures: 1,
      fault: { reason: 'password-refused' },
    });
    expect(await world.log()).toMatchObject([{ outcome: 'password-refused' }]);
  });

  it('silence proves nothing: the attempt stays counted as a possible failure', async () => {
    const world = await sentLogin();
    await world.learn(fault('no-readable-reply', 'unclear'));
    expect(await world.account()).toMatchObject({ verdicts: {}, possibleFailures: 1 });
  });

  it.each<[string, MarketplaceFault, { possibleFailures: number; loginsSent: number }]>([
    [
      'a login that never left is taken back',
      fault('unreachable', 'not-sent'),
      { possibleFailures: 0, loginsSent: 0 },
    ],
    [
      'an answer from before the password takes the failure back',
      fault('key-refused'),
      { possibleFailures: 0, loginsSent: 1 },
    ],
    [
      'an answer that may follow a judgement takes nothing back',
      fault('login-service-trouble'),
      { possibleFailures: 1, loginsSent: 1 },
    ],
  ])('%s', async (_, heard, counts) => {
    const world = await sentLogin();
    await world.learn(heard);
    expect(await world.account()).toMatchObject({ verdicts: {}, ...counts });
  });

  it('a captcha locks the account until its owner has been on the website', async () => {
    const world = await sentLogin();
    await world.learn(fault('account-locked'));
    expect(await world.account()).toMatchObject({ fault: { reason: 'account-locked' }, verdicts: {} });
    expect((await world.account()).lockedAtMillis).toBeDefined();
    expect(meaningOf('account-locked').remedy).toBe('unlock-on-website');
  });

  it('a badly prepared login proves nothing of the password, and what it was prepared with is forgotten', async () => {
    const world = await sentLogin();
    await world.learn(fault('login-service-trouble'));
    expect(world.discards()).toBe(0);
    await world.learn(fault('preparation-stale'));
    // Repeated until the store accepts the write.
    expect(world.discards()).toBe(2);
    expect(await world.account()).toMatchObject({ verdicts: {}, possibleFailures: 0, loginsSent: 1 });
  });

  it('a late refusal judges its version, and says nothing of how the account stands', async () => {
    const world = await sentLogin();
    await world.set({ leaseToken: 'theirs' });
    await world.learn(fault('password-refused'));
    expect(await world.account()).toMatchObject({ verdicts: { v1: { outcome: 'refused' } } });
    expect((await world.account()).fault).toBeUndefined();
  });
});

describe('an accepted login', () => {
  it('clears the counters and stores its session', async () => {
    const world = await sentLogin();
    await world.succeed();
    expect(await world.account()).toMatchObject({
      verdicts: { v1: { outcome: 'accepted' } },
      possibleFailures: 0,
      loginsSent: 0,
    });
    expect(await world.handle()).toBe('new handle');
  });

  it('is written again until the store takes it', async () => {
    const world = await sentLogin();
    let failures = 3;
    const accounts: typeof world.deps.accounts = {
      ...world.deps.accounts,
      read: (id) => world.deps.accounts.read(id),
      amend: (id, amendment) => {
        failures -= 1;
        if (failures >= 0) return Promise.reject(new Error('throttled'));
        return world.deps.accounts.amend(id, amendment);
      },
    };
    await world.succeed({ ...world.deps, accounts });
    expect(await world.account()).toMatchObject({ verdicts: { v1: { outcome: 'accepted' } } });
  });

  it('counts for its version only when it is heard after the lease was lost, and its session is not stored', async () => {
    const world = await sentLogin();
    await world.set({ leaseToken: 'theirs' });
    await expect(world.succeed()).rejects.toMatchObject({ reason: 'login-in-progress' });
    expect(await world.account()).toMatchObject({
      verdicts: { v1: { outcome: 'accepted' } },
      possibleFailures: 0,
    });
    expect(await world.handle()).toBeUndefined();
  });

  it('leaves no session behind where its account is being removed', async () => {
    const world = await sentLogin();
    const sessions: typeof world.deps.sessions = {
      ...world.deps.sessions,
      save: async (id, session) => {
        await world.deps.sessions.save(id, session);
        await world.set({ phase: 'removing' });
      },
      drop: (id, handle) => world.deps.sessions.drop(id, handle),
    };
    await world.succeed({ ...world.deps, sessions });
    expect(await world.handle()).toBeUndefined();
  });
});
