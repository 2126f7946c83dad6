import { describe, expect, it } from 'vitest';
import { type Account, withChanges } from '../../../../functions/core/account/account.ts';
import { connectionOf } from '../../../../functions/core/account/connection.ts';
import { LEASE } from '../../../../functions/core/account/login-limits.ts';
import * as ask from '../../../../functions/core/account/requests.ts';
import * as to from '../../../../functions/core/account/transitions.ts';
import { DAY, MINUTE, plus, SECOND } from '../../../../functions/core/base/time.ts';
import { account, NOW } from '../../../support/accounts.ts';

const attempt = { id: 'try1', version: 'v1', atMillis: NOW };
const fault = {
  reason: 'password-refused',
  operation: 'doLogin',
  sinceMillis: NOW,
  atMillis: NOW,
  count: 1,
} as const;
const leased = (changes: Partial<Account> = {}) =>
  account({ leaseToken: 'mine', leaseUntilMillis: plus(NOW, LEASE), ...changes });
const begin = { attemptId: 'try1', placeMillis: NOW, version: 'v1', now: NOW, leaseToken: 'mine' };

const becomes = (before: Account, transition: to.Transition): Account => {
  const changes = transition(before);
  expect(changes).toBeDefined();
  return withChanges(before, changes ?? {});
};

describe('the login lease', () => {
  it('is taken when free, and half a minute after its end, not before', () => {
    expect(to.takeLease({ token: 'a', now: NOW })(account())).toEqual({
      leaseToken: 'a',
      leaseUntilMillis: plus(NOW, LEASE),
    });
    const held = account({ leaseToken: 'b', leaseUntilMillis: NOW });
    expect(to.takeLease({ token: 'a', now: plus(NOW, 30 * SECOND) })(held)).toBeUndefined();
    expect(to.takeLease({ token: 'a', now: plus(NOW, 30 * SECOND + 1) })(held)).toBeDefined();
  });

  it('is for active accounts only', () => {
    for (const phase of ['creating', 'paused', 'removing'] as const) {
      expect(to.takeLease({ token: 'a', now: NOW })(account({ phase }))).toBeUndefined();
    }
  });

  it('is released by its owner only', () => {
    expect(to.releaseLease('other')(leased())).toBeUndefined();
    expect(to.releaseLease('mine')(leased())).toEqual({ leaseToken: undefined, leaseUntilMillis: undefined });
  });
});

describe('an attempt', () => {
  it('is counted as a possible failure before it is sent', () => {
    const begun = becomes(leased({ possibleFailures: 1 }), to.beginAttempt(begin));
    expect(begun).toMatchObject({
      possibleFailures: 2,
      loginsSent: 1,
      unclearAttempts: [attempt],
      recentAttemptsMillis: [NOW],
    });
  });

  it('needs the lease, an active account and the permission of the guard, all on the state it is written to', () => {
    expect(to.beginAttempt(begin)(leased({ leaseToken: 'other' }))).toBeUndefined();
    expect(to.beginAttempt(begin)(leased({ phase: 'removing' }))).toBeUndefined();
    expect(to.beginAttempt(begin)(leased({ lockedAtMillis: NOW }))).toBeUndefined();
    expect(
      to.beginAttempt(begin)(leased({ verdicts: { v1: { outcome: 'refused', atMillis: NOW } } })),
    ).toBeUndefined();
  });

  it('is forgiven once, and only itself', () => {
    const begun = becomes(leased(), to.beginAttempt(begin));
    expect(to.notJudged('another')(begun)).toBeUndefined();
    const forgiven = becomes(begun, to.notJudged('try1'));
    expect(forgiven.possibleFailures).toBe(0);
    expect(to.notJudged('try1')(forgiven)).toBeUndefined();
  });
});

describe('a success', () => {
  const success = { attempt, now: NOW, leaseToken: 'mine', userId: '7' };

  it('clears every counter and the lock', () => {
    const before = leased({
      possibleFailures: 2,
      lockedAtMillis: plus(NOW, -1),
      unclearAttempts: [attempt],
      permit: true,
    });
    expect(becomes(before, to.succeeded(success))).toMatchObject({
      possibleFailures: 0,
      lockedAtMillis: undefined,
      unclearAttempts: undefined,
      permit: undefined,
      userId: '7',
      lastLoginAtMillis: NOW,
    });
  });

  it('goes on counting the unclear attempts of the last ten minutes, and no others', () => {
    const old = { id: 'old', version: 'v0', atMillis: plus(NOW, -10 * MINUTE) };
    const young = { id: 'young', version: 'v0', atMillis: plus(NOW, -10 * MINUTE + 1) };
    const before = leased({
      possibleFailures: 3,
      loginsSent: 3,
      unclearAttempts: [old, young, attempt],
    });
    expect(becomes(before, to.succeeded(success))).toMatchObject({
      possibleFailures: 1,
      loginsSent: 1,
      unclearAttempts: [{ ...young, cleared: true }],
    });
    expect(becomes({ ...before, lockedAtMillis: NOW }, ask.unlocked(NOW)).unclearAttempts).toEqual([
      { ...young, cleared: true },
      { ...attempt, cleared: true },
    ]);
  });

  it('is kept though the account was paused meanwhile, and not while it is removed', () => {
    const paused = leased({ phase: 'paused', dueAtMillis: undefined, fault });
    expect(becomes(paused, to.succeeded(success))).toMatchObject({
      lastLoginAtMillis: NOW,
      dueAtMillis: undefined,
    });
    expect(to.succeeded(success)(leased({ phase: 'removing' }))).toBeUndefined();
  });

  it('redeems its password if that was refused once', () => {
    const prints = [{ key: 'k1', print: 'f' }];
    const refused = [
      { key: 'k1', print: 'f', atMillis: NOW },
      { key: 'k1', print: 'g', atMillis: NOW },
    ];
    expect(becomes(leased({ refused }), to.succeeded({ ...success, prints })).refused).toEqual([refused[1]]);
  });

  it('makes a staged version current, to be promoted', () => {
    const staged = { ...success, attempt: { ...attempt, version: 'v2' } };
    expect(becomes(leased({ stagedVersion: 'v2' }), to.succeeded(staged))).toMatchObject({
      currentVersion: 'v2',
      promoteVersion: 'v2',
      stagedVersion: undefined,
    });
  });

  it('ends the refusal of another version at once, and other trouble only with its run', () => {
    const after = becomes(leased({ fault, dueAtMillis: undefined }), to.succeeded(success));
    expect(after).toMatchObject({ fault: undefined, dueAtMillis: NOW });
    const planned = becomes(leased({ fault, dueAtMillis: plus(NOW, 5) }), to.succeeded(success));
    expect(planned.dueAtMillis).toBe(plus(NOW, 5));
    const other = { ...fault, reason: 'unreachable' } as const;
    expect(becomes(leased({ fault: other }), to.succeeded(success)).fault).toEqual(other);
  });

  it('without the lease tells of its version only', () => {
    const lost = leased({
      leaseToken: 'other',
      possibleFailures: 2,
      unclearAttempts: [attempt],
      lockedAtMillis: NOW,
    });
    expect(to.succeeded(success)(lost)).toBeUndefined();
    const late = becomes(lost, to.acceptedLate({ attempt, now: NOW, prints: [] }));
    expect(late).toMatchObject({
      verdicts: { v1: { outcome: 'accepted' } },
      possibleFailures: 1,
      lockedAtMillis: NOW,
    });
    expect(late.lastLoginAtMillis).toBeUndefined();
  });
});

describe('a refusal', () => {
  const refusal = { attempt, now: NOW, prints: [{ key: 'k1', print: 'f' }], fault };

  it('is for ever and keeps its possible failure', () => {
    const refused = becomes(leased({ possibleFailures: 1, unclearAttempts: [attempt] }), to.refused(refusal));
    expect(refused).toMatchObject({
      verdicts: { v1: { outcome: 'refused' } },
      refused: [{ key: 'k1', print: 'f', atMillis: NOW }],
      possibleFailures: 1,
      unclearAttempts: undefined,
    });
    expect(connectionOf(refused).state).toBe('needs-app-password');
  });

  it('is remembered once for each password, whatever is typed again in between', () => {
    let seller = leased();
    const type = (version: string, print: string, untried?: 'staged') => {
      const answer = {
        ...refusal,
        attempt: { ...attempt, version },
        prints: [{ key: 'k1', print }],
        ...(untried !== undefined && { untried }),
      };
      seller = becomes(seller, to.refused(answer));
    };
    type('a', 'A');
    type('b', 'B');
    for (let again = 0; again < 300; again += 1) type(`b${again}`, 'B', 'staged');
    expect(seller.refused?.map(({ print }) => print)).toEqual(['A', 'B']);
    expect(seller.possibleFailures).toBe(2);
    for (let other = 0; other < 250; other += 1) type(`c${other}`, `C${other}`);
    expect(seller.refused).toHaveLength(200);
    expect(seller.refused?.at(-1)?.print).toBe('C249');
  });

  it('counts anew if the attempt was cleared before it was heard of', () => {
    const cleared = leased({ possibleFailures: 0, lastLoginAtMillis: NOW });
    expect(becomes(cleared, to.refused(refusal))).toMatchObject({ possibleFailures: 1, loginsSent: 1 });
    expect(becomes(cleared, to.leftUnclear(attempt))).toMatchObject({
      possibleFailures: 1,
      unclearAttempts: [attempt],
    });
    expect(
      to.leftUnclear(attempt)(leased({ possibleFailures: 1, unclearAttempts: [attempt] })),
    ).toBeUndefined();
  });

  it('leaves the version in use as it was when a staged one is refused', () => {
    const before = leased({
      stagedVersion: 'v2',
      lastLoginAtMillis: NOW,
      verdicts: { v1: { outcome: 'accepted', atMillis: NOW } },
    });
    const refused = becomes(before, to.refused({ ...refusal, attempt: { ...attempt, version: 'v2' } }));
    expect(refused).toMatchObject({ currentVersion: 'v1', stagedVersion: undefined });
    expect(connectionOf(refused).state).toBe('connected');
  });

  it('leaves the version in use as it was when a newer one was staged while the refused one was on its way', () => {
    const before = leased({
      verdicts: { v1: { outcome: 'accepted', atMillis: NOW } },
      lastLoginAtMillis: NOW,
      stagedVersion: 'v3',
    });
    const refusal = { ...attempt, version: 'v2' };
    const after = becomes(
      before,
      to.refused({ attempt: refusal, now: NOW, leaseToken: 'mine', prints: [], fault }),
    );
    expect(connectionOf(after).state).toBe('connected');
    expect(after).toMatchObject({ stagedVersion: 'v3', verdicts: { v2: { outcome: 'refused' } } });
  });

  it('keeps the verdicts of versions in use whatever else there is', () => {
    let seller = leased();
    for (let version = 2; version < 60; version += 1) {
      seller = becomes(
        seller,
        to.refused({ ...refusal, attempt: { ...attempt, version: `v${version}` }, now: plus(NOW, version) }),
      );
    }
    const refused = becomes(seller, to.refused({ ...refusal, now: plus(NOW, -1) }));
    const again = becomes(
      refused,
      to.refused({ ...refusal, attempt: { ...attempt, version: 'v60' }, now: plus(NOW, 99) }),
    );
    expect(again.verdicts.v1?.outcome).toBe('refused');
    expect(Object.keys(again.verdicts).length).toBeLessThan(25);
    expect(again.verdicts.v59).toBeDefined();
  });
});

describe('a lock and its end', () => {
  const locked = () =>
    becomes(
      leased({ unclearAttempts: [attempt], possibleFailures: 1 }),
      to.locked({ attempt, now: NOW, fault }),
    );

  it('judges no password', () => {
    expect(locked()).toMatchObject({ lockedAtMillis: NOW, possibleFailures: 0, verdicts: {} });
  });

  it('"unlocked" is taken in the locked state only, three times a day, and grants one attempt', () => {
    expect(ask.unlocked(NOW)(account())).toBeUndefined();
    let seller = locked();
    for (let click = 1; click <= 3; click += 1) {
      seller = becomes(seller, ask.unlocked(plus(NOW, click * MINUTE)));
      expect(seller.permit).toBe(true);
      seller = withChanges(seller, { lockedAtMillis: plus(NOW, click * MINUTE + 1), permit: undefined });
    }
    expect(ask.unlocked(plus(NOW, 10 * MINUTE))(seller)).toBeUndefined();
    expect(ask.unlocked(plus(NOW, DAY + 2 * MINUTE))(seller)).toBeDefined();
  });

  it('after our own caution grants nothing, drops what was typed before, and opens the way for what is typed then', () => {
    const exhausted = leased({ possibleFailures: 3, loginsSent: 3, stagedVersion: 'v4' });
    const open = becomes(exhausted, ask.unlocked(plus(NOW, 1)));
    expect(open).toMatchObject({ possibleFailures: 0, permit: undefined, stagedVersion: undefined });
    const later = { ...begin, now: plus(NOW, 2) };
    expect(to.beginAttempt(later)(open)).toBeUndefined();
    const typed = becomes(open, ask.staged({ version: 'v5', dueAtMillis: NOW }));
    expect(to.beginAttempt(later)(typed)).toBeUndefined();
    const begun = becomes(typed, to.beginAttempt({ ...later, version: 'v5' }));
    const success = {
      attempt: { ...attempt, version: 'v5' },
      now: plus(NOW, 3),
      leaseToken: 'mine',
      userId: '7',
    };
    expect(becomes(begun, to.succeeded(success)).typedOnly).toBeUndefined();
  });

  it('is not wasted while three attempts may be judged after it', () => {
    const unclear = [0, 1, 2].map((n) => ({ id: `u${n}`, version: 'v1', atMillis: plus(NOW, n) }));
    const exhausted = leased({ possibleFailures: 3, unclearAttempts: unclear });
    expect(ask.unlocked(plus(NOW, 9 * MINUTE))(exhausted)).toBeUndefined();
    expect(becomes(exhausted, ask.unlocked(plus(NOW, 10 * MINUTE))).possibleFailures).toBe(2);
    expect(ask.unlocked(plus(NOW, 9 * MINUTE))({ ...exhausted, lockedAtMillis: NOW })).toBeDefined();
  });

  it('stands whatever the clocks say', () => {
    const ahead = leased({ lastLoginAtMillis: plus(NOW, DAY), unclearAttempts: [attempt], loginsSent: 1 });
    const after = becomes(ahead, to.locked({ attempt, now: NOW, fault, leaseToken: 'mine' }));
    expect(connectionOf(after)).toMatchObject({ state: 'locked', reason: 'account-locked' });
    const again = becomes(after, to.foundLocked({ now: plus(NOW, -DAY), fault }));
    expect(again.lockedAtMillis).toBe(after.lockedAtMillis);
    const open = becomes(again, ask.unlocked(NOW));
    expect(open).toMatchObject({ lockedAtMillis: undefined, permit: true });
    expect(
      becomes({ ...open, lockedAtMillis: undefined }, to.foundLocked({ now: NOW, fault })).lockedAtMillis,
    ).toBeGreaterThan(open.unlockedAtMillis ?? 0);
  });

  it('is history if a success or an unlock came after its attempt and the lease was lost, and only then', () => {
    const answer = { attempt, now: NOW, fault, leaseToken: 'lost' };
    const cleared = leased({ possibleFailures: 1, unclearAttempts: [{ ...attempt, cleared: true }] });
    expect(becomes(cleared, to.locked(answer))).toMatchObject({ possibleFailures: 0 });
    expect(becomes(cleared, to.locked(answer)).lockedAtMillis).toBeUndefined();
    expect(becomes(leased(), to.locked(answer)).lockedAtMillis).toBeUndefined();
    const open = leased({ possibleFailures: 1, unclearAttempts: [attempt] });
    expect(becomes(open, to.locked(answer)).lockedAtMillis).toBe(NOW);
  });

  it('never revives a refused version', () => {
    const seller = becomes(
      { ...locked(), verdicts: { v1: { outcome: 'refused', atMillis: NOW } } },
      ask.unlocked(plus(NOW, 1)),
    );
    expect(to.beginAttempt({ ...begin, now: plus(NOW, 2) })(seller)).toBeUndefined();
  });

  it('after an unlock one attempt may be lost, and no second follows by itself', () => {
    const seller = becomes(
      becomes(locked(), ask.unlocked(plus(NOW, 1))),
      to.beginAttempt({ ...begin, now: plus(NOW, 2) }),
    );
    expect(seller.permit).toBeUndefined();
    expect(to.beginAttempt({ ...begin, attemptId: 'try2', now: plus(NOW, 3) })(seller)).toBeUndefined();
  });
});

describe('the resend of a refused version', () => {
  const refusedAt = (atMillis: number) => ({ outcome: 'refused', atMillis: plus(NOW, atMillis) }) as const;

  it('is permitted by a person, used before it is sent, counted, and not permitted again', () => {
    const refused = leased({ verdicts: { v1: refusedAt(0) }, possibleFailures: 1, loginsSent: 1, fault });
    expect(connectionOf(refused).state).toBe('needs-app-password');
    const permitted = becomes(refused, ask.resendPermitted(plus(NOW, 1)));
    const begun = becomes(permitted, to.beginAttempt({ ...begin, now: plus(NOW, 2) }));
    expect(begun).toMatchObject({ possibleFailures: 2, verdicts: { v1: { resend: 'used' } } });
    expect(to.beginAttempt({ ...begin, attemptId: 'try2', now: plus(NOW, 3) })(begun)).toBeUndefined();
    const again = becomes(begun, to.refused({ attempt, now: plus(NOW, 4), prints: [], fault }));
    expect(again.verdicts.v1).toMatchObject({ outcome: 'refused', resend: 'used' });
    expect(ask.resendPermitted(plus(NOW, 5))(again)).toBeUndefined();
  });

  it('is permitted once for each password, under whatever version it is typed again', () => {
    const prints = [{ key: 'k', print: 'p' }];
    const accepted = { outcome: 'accepted', atMillis: NOW } as const;
    const two = { attempt: { ...attempt, version: 'v2' }, now: plus(NOW, 1), prints, fault };
    const refused = becomes(leased({ verdicts: { v1: accepted }, stagedVersion: 'v2' }), to.refused(two));
    const permitted = becomes(refused, ask.resendPermitted(plus(NOW, 2)));
    const begun = becomes(permitted, to.beginAttempt({ ...begin, version: 'v2', prints, now: plus(NOW, 3) }));
    const again = becomes(begun, to.refused({ ...two, now: plus(NOW, 4) }));
    const typed = becomes(again, ask.staged({ version: 'v3', dueAtMillis: NOW }));
    const three = { ...two, attempt: { ...attempt, version: 'v3' }, now: plus(NOW, 5) };
    expect(
      ask.resendPermitted(plus(NOW, 6))(becomes(typed, to.refused({ ...three, untried: 'staged' }))),
    ).toBeUndefined();
  });

  it('is not permitted while the account is locked, and an unlock withdraws it', () => {
    const verdicts = { v1: { ...refusedAt(0), resend: 'permitted' as const } };
    const exhausted = leased({ verdicts: { v1: refusedAt(0) }, possibleFailures: 3, loginsSent: 3, fault });
    expect(ask.resendPermitted(NOW)(exhausted)).toBeUndefined();
    expect(
      ask.resendPermitted(NOW)(leased({ verdicts: { v1: refusedAt(0) }, lockedAtMillis: NOW })),
    ).toBeUndefined();
    const asked = { ...exhausted, verdicts, leaseToken: undefined, leaseUntilMillis: undefined };
    const open = becomes(asked, ask.unlocked(plus(NOW, DAY)));
    expect(open.verdicts.v1).toEqual(refusedAt(0));
    expect(open.typedOnly).toBe(true);
    expect(ask.resendPermitted(plus(NOW, DAY + 1))(open)).toBeUndefined();
  });

  it('is not permitted for a refusal from before another password was first accepted', () => {
    const accepted = { outcome: 'accepted', atMillis: NOW } as const;
    const success = {
      attempt: { ...attempt, version: 'v3', atMillis: plus(NOW, 8) },
      now: plus(NOW, 9),
      leaseToken: 'mine',
      userId: '7',
    };
    for (const resend of [{}, { resend: 'permitted' }] as const) {
      const verdicts = { v1: accepted, v2: { ...refusedAt(1), ...resend } };
      const moved = becomes(leased({ verdicts, stagedVersion: 'v3' }), to.succeeded(success));
      expect(moved).toMatchObject({
        currentVersion: 'v3',
        verdicts: { v2: { outcome: 'refused', resend: 'used' } },
      });
      expect(ask.resendPermitted(plus(NOW, 10))(moved)).toBeUndefined();
    }
    // A password that was sent before the refusal is older, however late its acceptance is heard.
    const late = leased({ verdicts: { v1: accepted, v2: refusedAt(1) }, stagedVersion: 'v3' });
    const heard = becomes(late, to.succeeded({ ...success, attempt: { ...attempt, version: 'v3' } }));
    expect(ask.resendPermitted(plus(NOW, 10))(heard)).toBeDefined();
    // A renewal with the password in use says nothing of a password that was typed since.
    const kept = leased({ verdicts: { v1: accepted, v2: refusedAt(1) } });
    const renewed = becomes(kept, to.succeeded({ ...success, attempt }));
    expect(ask.resendPermitted(plus(NOW, 10))(renewed)).toMatchObject({ stagedVersion: 'v2' });
  });

  it('is not permitted for a version that was superseded while it was under way', () => {
    const late = { attempt: { ...attempt, version: 'v2' }, now: plus(NOW, 4), prints: [], fault };
    const learnt = becomes(leased({ stagedVersion: 'v3' }), to.refused(late));
    expect(learnt.verdicts.v2).toMatchObject({ outcome: 'refused', resend: 'used' });
  });

  it('is of the version in use, or else of the one that was refused last', () => {
    const accepted = { outcome: 'accepted', atMillis: NOW } as const;
    const typed = leased({ verdicts: { v1: accepted, v2: refusedAt(1), v3: refusedAt(2) } });
    expect(becomes(typed, ask.resendPermitted(NOW))).toMatchObject({
      currentVersion: 'v1',
      stagedVersion: 'v3',
      verdicts: { v3: { resend: 'permitted' } },
    });
    expect(ask.resendPermitted(NOW)(leased({ verdicts: { v1: accepted } }))).toBeUndefined();
    expect(
      ask.resendPermitted(NOW)(leased({ verdicts: { v1: refusedAt(0) }, stagedVersion: 'v2' })),
    ).toBeUndefined();
  });
});

describe('requests of people', () => {
  it('pauses and resumes', () => {
    const paused = becomes(account({ dueAtMillis: NOW }), ask.paused);
    expect(paused).toMatchObject({ phase: 'paused', dueAtMillis: undefined });
    expect(ask.paused(paused)).toBeUndefined();
    expect(becomes(paused, ask.resumed(NOW))).toMatchObject({ phase: 'active', dueAtMillis: NOW });
  });

  it('stages a password while active or paused, and not while it is removed', () => {
    const stage = ask.staged({ version: 'v2', dueAtMillis: NOW });
    expect(stage(account())).toEqual({ stagedVersion: 'v2', dueAtMillis: NOW });
    expect(stage(account({ phase: 'paused' }))).toEqual({ stagedVersion: 'v2' });
    expect(stage(account({ phase: 'removing' }))).toBeUndefined();
  });
});
