import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoginMemory } from '../../../../functions/core/account/account.ts';
import { withChanges } from '../../../../functions/core/account/account.ts';
import { JUDGED_WITHIN } from '../../../../functions/core/account/login-limits.ts';
import {
  amended,
  inherited,
  keptUntilMillis,
  type LeftMemory,
  memoryOf,
  mergedMemory,
  NO_MEMORY,
} from '../../../../functions/core/account/memory.ts';
import * as to from '../../../../functions/core/account/transitions.ts';
import { DAY, type EpochMillis, epochMillis, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { account, NOW } from '../../../support/accounts.ts';

const moment = fc.integer({ min: NOW - 30 * DAY, max: NOW }).map(epochMillis);
const moments = fc.array(moment, { maxLength: 4 }).map((times) => times.toSorted((a, b) => a - b));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const memories: fc.Arbitrary<LoginMemory> = fc.record({
  possibleFailures: fc.integer({ min: 0, max: 3 }),
  loginsSent: maybe(fc.integer({ min: 0, max: 3 })),
  unclearAttempts: maybe(
    fc.array(fc.record({ id: fc.uuid(), version: fc.uuid(), atMillis: moment }), { maxLength: 2 }),
  ),
  recentAttemptsMillis: moments,
  refused: maybe(
    fc.array(fc.record({ key: fc.constantFrom('k1', 'k2'), print: fc.uuid(), atMillis: moment }), {
      maxLength: 3,
    }),
  ),
  lockedAtMillis: maybe(moment),
  unlockedAtMillis: maybe(moment),
  recentUnlocksMillis: maybe(moments),
  lastLoginAtMillis: maybe(moment),
  userId: maybe(fc.constant('1001')),
});

describe('two memories of the same seller', () => {
  it('come to the same whichever is first', () => {
    fc.assert(
      fc.property(memories, memories, (a, b) => {
        const [one, other] = [mergedMemory(a, b), mergedMemory(b, a)];
        expect({ ...one, userId: undefined }).toEqual({ ...other, userId: undefined });
      }),
    );
  });

  it('count every unclear attempt that the marketplace may judge after the later success, and no attempt twice', () => {
    const counted = memories.map((one) => {
      const unclear = one.unclearAttempts?.length ?? 0;
      return {
        ...one,
        possibleFailures: one.possibleFailures + unclear,
        loginsSent: (one.loginsSent ?? 0) + unclear,
      };
    });
    const close = fc.integer({ min: -20 * MINUTE, max: 20 * MINUTE });
    fc.assert(
      fc.property(counted, counted, close, (a, b, apart) => {
        const success = plus(NOW, apart);
        const attempt = { id: 'near', version: 'v1', atMillis: epochMillis(NOW) };
        const before = {
          ...a,
          lastLoginAtMillis: undefined,
          unclearAttempts: [...(a.unclearAttempts ?? []), attempt],
        };
        const one = { ...before, possibleFailures: a.possibleFailures + 1, loginsSent: a.loginsSent + 1 };
        const both = mergedMemory(one, { ...b, lastLoginAtMillis: success });
        const kept = both.unclearAttempts ?? [];
        expect(both.possibleFailures).toBeGreaterThanOrEqual(kept.length);
        expect(both.loginsSent).toBeGreaterThanOrEqual(kept.length);
        if (attempt.atMillis > success - JUDGED_WITHIN) expect(kept.map(({ id }) => id)).toContain('near');
      }),
    );
  });

  it('lose no refused password, no attempt, and no unclear attempt that still counts', () => {
    fc.assert(
      fc.property(memories, memories, (a, b) => {
        const both = mergedMemory(a, b);
        for (const one of [a, b]) {
          for (const { print } of one.refused ?? [])
            expect(both.refused?.map((r) => r.print)).toContain(print);
          const success = both.lastLoginAtMillis ?? 0;
          const counts = ({ atMillis }: { atMillis: number }) => atMillis > success - JUDGED_WITHIN;
          for (const { id } of (one.unclearAttempts ?? []).filter(counts))
            expect(both.unclearAttempts?.map((attempt) => attempt.id)).toContain(id);
          for (const time of one.recentAttemptsMillis) expect(both.recentAttemptsMillis).toContain(time);
        }
      }),
    );
  });

  it('keep a password by when it was refused last, and count those of one time in one order', () => {
    const refused = (print: string, atMillis: EpochMillis) => ({ key: 'k1', print, atMillis });
    const a = { ...NO_MEMORY, refused: [refused('again', NOW), refused('once', plus(NOW, MINUTE))] };
    const b = {
      ...NO_MEMORY,
      refused: [refused('twin', plus(NOW, MINUTE)), refused('again', plus(NOW, DAY))],
    };
    const expected = ['once', 'twin', 'again'];
    expect(mergedMemory(a, b).refused?.map(({ print }) => print)).toEqual(expected);
    expect(mergedMemory(b, a).refused?.map(({ print }) => print)).toEqual(expected);
  });

  it('add their failures since the later success; those before it are history', () => {
    const accepted = { ...NO_MEMORY, possibleFailures: 1, lastLoginAtMillis: NOW };
    const before = { ...NO_MEMORY, possibleFailures: 2, recentAttemptsMillis: [plus(NOW, -MINUTE)] };
    const since = { ...before, recentAttemptsMillis: [plus(NOW, MINUTE)] };
    expect(mergedMemory(accepted, before).possibleFailures).toBe(1);
    expect(mergedMemory(accepted, since).possibleFailures).toBe(3);
  });

  it('keep the later lock and the later unlock', () => {
    const a = { ...NO_MEMORY, lockedAtMillis: NOW, unlockedAtMillis: plus(NOW, -DAY) };
    const b = { ...NO_MEMORY, lockedAtMillis: plus(NOW, -DAY), unlockedAtMillis: plus(NOW, -MINUTE) };
    expect(mergedMemory(a, b)).toMatchObject({ lockedAtMillis: NOW, unlockedAtMillis: plus(NOW, -MINUTE) });
  });
});

describe('a memory', () => {
  const memory: LeftMemory = {
    id: 'earlier',
    ...NO_MEMORY,
    possibleFailures: 2,
    recentAttemptsMillis: [NOW],
  };

  it('is taken over once, however often that is tried', () => {
    const change = inherited({ userId: '1001', memory });
    const once = withChanges(account(), change(account()) ?? {});
    const twice = withChanges(once, change(once) ?? {});
    expect(once).toMatchObject({ possibleFailures: 2, userId: '1001', inherited: ['earlier'] });
    expect(twice).toEqual(once);
  });

  it('is kept for 400 days after the last attempt, and not at all where there was none', () => {
    expect(keptUntilMillis(memory)).toBe(plus(NOW, 400 * DAY));
    expect(keptUntilMillis(NO_MEMORY)).toBe(0);
  });

  it('changes by a late answer as its account would have', () => {
    const attempt = { id: 'try1', version: 'v1', atMillis: NOW };
    const open = { ...memory, possibleFailures: 1, unclearAttempts: [attempt] };
    const late = { attempt, now: plus(NOW, MINUTE), prints: [{ key: 'k1', print: 'p1' }] };
    const fault = {
      reason: 'password-refused',
      operation: 'doLogin',
      sinceMillis: NOW,
      atMillis: NOW,
      count: 1,
    } as const;
    expect(amended(open, to.acceptedLate(late))).toMatchObject({ possibleFailures: 0 });
    expect(amended(open, to.refused({ ...late, fault }))).toMatchObject({
      possibleFailures: 1,
      refused: [{ key: 'k1', print: 'p1' }],
    });
    expect(amended(open, to.locked({ ...late, fault }))?.lockedAtMillis).toBeDefined();
  });

  it('holds all that guards a login and nothing else of the account', () => {
    const all = account({ lastLoginAtMillis: NOW, userId: '1001', stagedVersion: 'v2', permit: true });
    expect(memoryOf(all)).toMatchObject({ lastLoginAtMillis: NOW, userId: '1001' });
    expect(Object.keys(memoryOf(all))).not.toContain('stagedVersion');
    expect(Object.keys(memoryOf(all))).not.toContain('permit');
  });
});
