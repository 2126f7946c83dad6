import { describe, expect, it } from 'vitest';
import { caughtUp } from '../../../../functions/core/access/catch-up.ts';
import type { LedgerEntry } from '../../../../functions/core/access/login-log.ts';
import { withChanges } from '../../../../functions/core/account/account.ts';
import { wasResent } from '../../../../functions/core/account/counting.ts';
import { resendPermitted } from '../../../../functions/core/account/requests.ts';
import { HOUR, MINUTE, plus, SECOND } from '../../../../functions/core/base/time.ts';
import { account, NOW } from '../../../support/accounts.ts';

const print = { key: 'k1', print: 'P' };

const entry = (at: number, end: Partial<LedgerEntry> = {}): LedgerEntry => ({
  attemptId: `at${at}`,
  version: 'v2',
  atMillis: plus(NOW, at),
  why: 'new-password',
  worker: 'w',
  egressId: 'e',
  print,
  ...end,
});

const refusedAt = (at: number): LedgerEntry =>
  entry(at, { outcome: 'password-refused', endedAtMillis: plus(NOW, at + SECOND) });

const accepted = { outcome: 'accepted', atMillis: NOW } as const;

/** An account as it was before anything happened to the version v2, which a person has typed. */
const restored = account({
  verdicts: { v1: accepted },
  lastLoginAtMillis: NOW,
  recentAttemptsMillis: [NOW],
  lastPlaceMillis: NOW,
  stagedVersion: 'v2',
});

const learnt = (...entries: LedgerEntry[]) => withChanges(restored, caughtUp(entries)(restored) ?? {});

describe('an account that was restored', () => {
  it('learns a refusal, which a person may have sent again once', () => {
    const known = learnt(refusedAt(SECOND));
    expect(known).toMatchObject({ possibleFailures: 1, verdicts: { v2: { outcome: 'refused' } } });
    expect(wasResent(known, [print])).toBe(false);
    expect(resendPermitted(plus(NOW, 2 * HOUR))(known)).toBeDefined();
  });

  it.each([
    ['refused again', refusedAt(MINUTE)],
    ['left without an answer', entry(MINUTE)],
  ])(
    'learns that a refused password was sent again and %s: under no version is it sent a third time',
    (_, again) => {
      const known = learnt(refusedAt(SECOND), again);
      expect(known.verdicts.v2).toMatchObject({ outcome: 'refused', resend: 'used' });
      expect(wasResent(known, [print])).toBe(true);
      expect(resendPermitted(plus(NOW, 2 * HOUR))(known)).toBeUndefined();
    },
  );
});
