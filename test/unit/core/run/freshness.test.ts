import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../functions/core/account/account.ts';
import { HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import type { FaultReason } from '../../../../functions/core/faults/fault.ts';
import { freshnessOf } from '../../../../functions/core/run/freshness.ts';
import { account, NOW } from '../../../support/accounts.ts';

const connected = (changes: Partial<Account> = {}) =>
  account({
    lastLoginAtMillis: plus(NOW, -HOUR),
    connectedAtMillis: plus(NOW, -HOUR),
    lastSuccessAtMillis: plus(NOW, -MINUTE),
    ...changes,
  });
const freshness = (one: Account, busyMillis = MINUTE) =>
  freshnessOf(one, { now: NOW, pollInterval: { busyMillis, quietMillis: busyMillis } });
const fault = (reason: FaultReason) => ({
  fault: { reason, operation: 'sync', sinceMillis: NOW, atMillis: NOW, count: 1 },
});

describe('freshnessOf', () => {
  it('is fresh after a success, and says how long ago that was', () => {
    const one = connected({ cursorEventAtMillis: plus(NOW, -90_000) });
    expect(freshness(one)).toMatchObject({ state: 'fresh', lagMillis: MINUTE, cursorAgeMillis: 90_000 });
  });

  it('is late after five minutes and stalled after thirty', () => {
    const stateAfter = (millis: number) =>
      freshness(connected({ lastSuccessAtMillis: plus(NOW, -millis) })).state;
    expect(stateAfter(5 * MINUTE - 1)).toBe('fresh');
    expect(stateAfter(5 * MINUTE)).toBe('late');
    expect(stateAfter(30 * MINUTE - 1)).toBe('late');
    expect(stateAfter(30 * MINUTE)).toBe('stalled');
  });

  it('lags behind the oldest event that is not processed, however well runs end', () => {
    const at = (minutes: number, more: Partial<Account> = {}) =>
      freshness(connected({ openEventAtMillis: plus(NOW, -minutes * MINUTE), failedOrders: 1, ...more }));
    expect(at(4)).toMatchObject({ state: 'fresh', lagMillis: 4 * MINUTE });
    expect(at(5)).toMatchObject({ state: 'late', lagMillis: 5 * MINUTE });
    expect(at(5).why.en).toMatch(/cannot be read/);
    expect(at(30)).toMatchObject({ state: 'stalled', lagMillis: 30 * MINUTE });
    // The age of unread events includes the pause before them.
    expect(at(600, { backlog: {} })).toMatchObject({ state: 'late', lagMillis: 600 * MINUTE });
  });

  it('gives an account of a slow pollInterval more time', () => {
    const one = connected({ lastSuccessAtMillis: plus(NOW, -40 * MINUTE) });
    expect(freshness(one, 15 * MINUTE).state).toBe('fresh');
  });

  it('is late during a backlog, and before the first run has ended', () => {
    const backlog = freshness(connected({ backlog: {} }));
    expect(backlog.state).toBe('late');
    expect(backlog.why.en).toMatch(/backlog/);
    expect(freshness(account({ lastLoginAtMillis: NOW })).state).toBe('late');
  });

  it('says that orders cannot be read where that is the reason', () => {
    const one = connected({ lastSuccessAtMillis: plus(NOW, -6 * MINUTE), failedOrders: 1 });
    expect(freshness(one).why.en).toMatch(/cannot be read/);
  });

  it.each(['sync-stalled', 'journal-stuck'] as const)('is stalled by %s', (reason) => {
    expect(freshness(connected(fault(reason))).state).toBe('stalled');
  });

  it('is disconnected while a person is needed, or nobody has logged in yet', () => {
    expect(freshness(connected(fault('account-closed'))).state).toBe('disconnected');
    expect(freshness(connected({ phase: 'paused' })).state).toBe('disconnected');
    expect(freshness(account()).state).toBe('disconnected');
  });

  it('is late, not disconnected, in trouble that passes by itself', () => {
    const trouble = fault('marketplace-unavailable');
    const one = freshness(connected({ ...trouble, lastSuccessAtMillis: plus(NOW, -6 * MINUTE) }));
    expect(one.state).toBe('late');
    expect(one.why.en).not.toMatch(/schedule/);
  });
});
