import { describe, expect, it } from 'vitest';
import {
  type Account,
  type AccountChanges,
  withChanges,
} from '../../../../functions/core/account/account.ts';
import { noticeOf } from '../../../../functions/core/account/notice.ts';
import { plus } from '../../../../functions/core/base/time.ts';
import type { FaultReason } from '../../../../functions/core/faults/fault.ts';
import { account, NOW } from '../../../support/accounts.ts';

const connected = account({ lastLoginAtMillis: plus(NOW, -5) });
const fault = (reason: FaultReason): AccountChanges => ({
  fault: { reason, operation: 'doLogin', sinceMillis: NOW, atMillis: NOW, count: 1 },
});
const changed = (before: Account, changes: AccountChanges) =>
  noticeOf({ before, after: withChanges(before, changes) }, NOW);

const lastNotice = {
  kind: 'needs-person',
  state: 'unknown-fault',
  reason: 'unknown-fault',
  sinceMillis: NOW,
} as const;

describe('noticeOf', () => {
  it('goes with the write that makes an account need somebody', () => {
    expect(changed(connected, fault('unknown-fault'))).toEqual({
      pendingNotice: lastNotice,
      notifyAtMillis: NOW,
    });
  });

  it('says nothing of trouble that passes by itself, nor of a key, which is told once for all', () => {
    expect(changed(connected, fault('marketplace-unavailable'))).toEqual({});
    expect(changed(connected, fault('key-inactive'))).toEqual({});
    expect(changed(connected, { phase: 'paused' })).toEqual({});
  });

  it('says the same thing once', () => {
    const waiting = withChanges(connected, { ...fault('unknown-fault'), lastNotice });
    expect(changed(waiting, { ...fault('unknown-fault'), possibleFailures: 1 })).toEqual({});
    const retrying = withChanges(waiting, fault('marketplace-unavailable'));
    expect(changed(retrying, fault('unknown-fault'))).toEqual({ pendingNotice: undefined });
  });

  it('tells of the end only those who were told of the beginning', () => {
    const waiting = withChanges(connected, fault('unknown-fault'));
    expect(changed({ ...waiting, lastNotice, notifyAtMillis: NOW }, { fault: undefined })).toMatchObject({
      pendingNotice: { kind: 'recovered', state: 'connected' },
      notifyAtMillis: NOW,
    });
    expect(
      changed({ ...waiting, pendingNotice: lastNotice, notifyAtMillis: NOW }, { fault: undefined }),
    ).toEqual({
      pendingNotice: undefined,
      lastNotice: undefined,
      notifyAtMillis: undefined,
    });
  });

  it('falls silent about an account that is removed', () => {
    const waiting = withChanges(connected, { ...fault('unknown-fault'), lastNotice, notifyAtMillis: NOW });
    expect(changed(waiting, { phase: 'removing' })).toEqual({
      pendingNotice: undefined,
      lastNotice: undefined,
      notifyAtMillis: undefined,
    });
  });
});
