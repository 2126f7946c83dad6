import { describe, expect, it } from 'vitest';
import type { AccountFault } from '../../../../functions/core/account/account.ts';
import { connectionOf, isUnlockable, needsPerson } from '../../../../functions/core/account/connection.ts';
import { MINUTE, plus } from '../../../../functions/core/base/time.ts';
import type { FaultReason } from '../../../../functions/core/faults/fault.ts';
import { FAULTS } from '../../../../functions/core/faults/meanings.ts';
import { account, NOW } from '../../../support/accounts.ts';

const fault = (reason: FaultReason, changes: Partial<AccountFault> = {}): AccountFault => ({
  reason,
  operation: 'doLogin',
  sinceMillis: NOW,
  atMillis: NOW,
  count: 1,
  ...changes,
});

describe('connectionOf', () => {
  it('is new before the first login and connected after it', () => {
    expect(connectionOf(account()).state).toBe('new');
    const since = plus(NOW, -MINUTE);
    expect(connectionOf(account({ lastLoginAtMillis: since }))).toMatchObject({
      state: 'connected',
      sinceMillis: since,
    });
  });

  it('asks for a new application password once the current version was refused, and for nothing when only a staged one was', () => {
    const refused = { outcome: 'refused', atMillis: NOW } as const;
    const accepted = { outcome: 'accepted', atMillis: NOW } as const;
    expect(connectionOf(account({ verdicts: { v1: refused } })).state).toBe('needs-app-password');
    const staged = account({ verdicts: { v1: accepted, v2: refused }, lastLoginAtMillis: NOW });
    expect(connectionOf(staged).state).toBe('connected');
  });

  it('is locked by a captcha fault only while it is younger than the last success and the last unlock', () => {
    const locked = account({ lockedAtMillis: NOW, lastLoginAtMillis: plus(NOW, -1) });
    expect(connectionOf(locked)).toMatchObject({ state: 'locked', reason: 'account-locked' });
    expect(connectionOf({ ...locked, lastLoginAtMillis: plus(NOW, 1) }).state).toBe('connected');
  });

  it('shows a lock only where an unlock would be taken', () => {
    const found = account({ fault: fault('account-locked'), lastLoginAtMillis: NOW });
    expect(connectionOf(found).state).toBe('connected');
    expect(isUnlockable(found)).toBe(false);
    expect(isUnlockable({ ...found, lockedAtMillis: plus(NOW, 1) })).toBe(true);
  });

  it('asks for a password to be typed after an unlock of our own caution', () => {
    const open = account({ typedOnly: true, unlockedAtMillis: NOW });
    expect(connectionOf(open)).toMatchObject({ state: 'needs-app-password', reason: 'password-wanted' });
    expect(connectionOf({ ...open, stagedVersion: 'v2' }).state).toBe('new');
  });

  it('shows the trouble of a shared key before its own', () => {
    const shared = { reason: 'key-inactive', sinceMillis: NOW } as const;
    expect(connectionOf(account({ fault: fault('marketplace-unavailable') }), shared)).toMatchObject({
      state: 'needs-owner',
      reason: 'key-inactive',
    });
  });

  it('lets removal and pause stand over everything else', () => {
    expect(connectionOf(account({ phase: 'removing', lockedAtMillis: NOW })).state).toBe('removing');
    expect(connectionOf(account({ phase: 'paused', fault: fault('unknown-fault') })).state).toBe('paused');
  });

  it('gives code and reason of the fault for support', () => {
    const connection = connectionOf(account({ fault: fault('unknown-fault', { code: 'ERR_NEVER_SEEN' }) }));
    expect(connection).toMatchObject({ state: 'unknown-fault', code: 'ERR_NEVER_SEEN', sinceMillis: NOW });
  });
});

describe('the table of faults', () => {
  it.each(Object.keys(FAULTS) as FaultReason[])('%s tells in Polish and in English what to do', (reason) => {
    const { state, message } = connectionOf(
      account({ fault: fault(reason), ...(reason === 'account-locked' && { lockedAtMillis: NOW }) }),
    );
    expect(state).toBe(FAULTS[reason].state);
    expect(message.en.length).toBeGreaterThan(40);
    expect(message.pl.length).toBeGreaterThan(40);
    expect(message.pl).not.toBe(message.en);
  });

  it('knows which states wait for a person', () => {
    expect(
      ['needs-app-password', 'locked', 'needs-owner', 'misconfigured', 'unknown-fault', 'paused'].every(
        (state) => needsPerson(state as never),
      ),
    ).toBe(true);
    expect(
      ['new', 'connected', 'retrying', 'session-unstable', 'removing'].some((state) =>
        needsPerson(state as never),
      ),
    ).toBe(false);
  });
});
