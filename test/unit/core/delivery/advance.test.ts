import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMillis, HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { type Attempt, advance, GIVE_UP_AFTER } from '../../../../functions/core/delivery/advance.ts';
import type { DeliveryCursor } from '../../../../functions/core/delivery/store.ts';
import type { FeedEntry } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';

const deliveryCursor: DeliveryCursor = {
  webhookId: 'w1',
  accountId: 'a1',
  number: 4,
  atMillis: plus(NOW, -HOUR),
  failures: 0,
};
const entry = (atMillis = NOW): FeedEntry => ({
  number: 5,
  revision: 1,
  atMillis,
  orderId: 'order:1',
  changes: ['created'],
});
const refusal = { atMillis: NOW, reason: 'status', status: 500 } as const;
const attempt = (outcome: Attempt['outcome'], now = NOW): Attempt => ({ outcome, now, jitter: 0.5 });

describe('a deliveryCursor after an attempt', () => {
  it('moves past what was delivered and forgets the failures before it', () => {
    const failing = {
      ...deliveryCursor,
      failures: 3,
      failingSinceMillis: NOW,
      lastError: refusal,
      dueAtMillis: NOW,
    };
    const now = plus(NOW, MINUTE);
    const next = advance(failing, entry(), attempt('delivered', now));
    expect(next.step).toBe('delivered');
    expect(next.deliveryCursor).toEqual({
      webhookId: 'w1',
      accountId: 'a1',
      number: 5,
      atMillis: NOW,
      passed: [{ number: 4, atMillis: deliveryCursor.atMillis }],
      failures: 0,
      deliveredAtMillis: now,
      lastError: refusal,
      dueAtMillis: now,
    });
  });

  it('moves past what is not wanted, and keeps its failures and its due time', () => {
    const failing = { ...deliveryCursor, failures: 3, failingSinceMillis: NOW, dueAtMillis: NOW };
    const next = advance(failing, entry(), attempt('unwanted'));
    expect(next).toMatchObject({ step: 'passed', deliveryCursor: { ...failing, number: 5, atMillis: NOW } });
  });

  it('stands where it stood after a failure, and is due after a pause', () => {
    const next = advance(deliveryCursor, entry(), attempt(refusal));
    expect(next).toEqual({
      step: 'retry',
      error: refusal,
      deliveryCursor: {
        ...deliveryCursor,
        failures: 1,
        failingSinceMillis: NOW,
        lastError: refusal,
        dueAtMillis: plus(NOW, MINUTE / 2),
      },
    });
  });

  it('stands where it stood where the receiver is gone, and its three days begin anew', () => {
    const failing = { ...deliveryCursor, failures: 7, failingSinceMillis: plus(NOW, -2 * GIVE_UP_AFTER) };
    const next = advance(failing, entry(plus(NOW, -2 * GIVE_UP_AFTER)), attempt({ ...refusal, status: 410 }));
    expect(next).toMatchObject({ step: 'gone', deliveryCursor: { number: 4, failures: 8 } });
    expect(next.deliveryCursor).not.toHaveProperty('failingSinceMillis');
    expect(next.deliveryCursor).not.toHaveProperty('dueAtMillis');
  });

  it('gives an entry up only when both it and the failing are three days old', () => {
    const age = fc.integer({ min: -HOUR, max: HOUR }).map((more) => epochMillis(NOW - GIVE_UP_AFTER - more));
    fc.assert(
      fc.property(age, age, (madeAtMillis, failingSinceMillis) => {
        const next = advance(
          { ...deliveryCursor, failures: 1, failingSinceMillis },
          entry(madeAtMillis),
          attempt(refusal),
        );
        const isOld = Math.max(madeAtMillis, failingSinceMillis) <= NOW - GIVE_UP_AFTER;
        expect(next.step).toBe(isOld ? 'gave-up' : 'retry');
        expect(next.deliveryCursor.number).toBe(isOld ? 5 : 4);
        // The failure goes on with the next entry, which is tried at once.
        if (isOld)
          expect(next.deliveryCursor).toMatchObject({ failures: 2, failingSinceMillis, dueAtMillis: NOW });
      }),
    );
  });
});
