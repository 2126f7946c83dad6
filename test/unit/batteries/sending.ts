import { beforeEach, expect, it } from 'vitest';
import { HOUR, MINUTE, plus } from '../../../functions/core/base/time.ts';
import type {
  DeadLetter,
  DeliveryCursor,
  SenderPlace,
  SendingMarks,
  SendingStore,
  WebhookStore,
} from '../../../functions/core/delivery/store.ts';
import { NOW } from '../../support/accounts.ts';
import { webhook } from '../../support/sending.ts';

export interface SendingStores {
  readonly marks: SendingMarks;
  readonly store: SendingStore;
  readonly webhooks: WebhookStore;
}

/** Tests for all stores of sending. */
export function sendingBattery(fresh: () => Promise<SendingStores>): void {
  const claim = (token: string, afterMillis = 0) => ({
    token,
    untilMillis: plus(NOW, afterMillis + MINUTE),
    nowMillis: plus(NOW, afterMillis),
    latestMillis: plus(NOW, afterMillis + HOUR),
  });
  const deliveryCursor = (number: number, changes: Partial<DeliveryCursor> = {}): DeliveryCursor => ({
    webhookId: 'w1',
    accountId: 'a1',
    number,
    failures: 0,
    ...changes,
  });
  const letter = (number: number, accountId = 'a1'): DeadLetter => ({
    webhookId: 'w1',
    accountId,
    number,
    orderId: 'order:1',
    revision: 1,
    changes: ['created'],
    atMillis: NOW,
    diedAtMillis: NOW,
    error: { atMillis: NOW, reason: 'time-out' },
  });
  let marks: SendingMarks;
  let store: SendingStore;
  let webhooks: WebhookStore;
  beforeEach(async () => {
    ({ marks, store, webhooks } = await fresh());
  });

  it('lets one sender at a time work on an account, and the next once its claim is over', async () => {
    expect(await store.claim('a1', claim('c1'))).toEqual({ bus: { number: 0 } });
    expect(await store.claim('a1', claim('c2'))).toBe('busy');
    expect(await store.claim('a1', claim('c1'))).toEqual({ bus: { number: 0 } });
    expect(await store.claim('a2', claim('c2'))).toEqual({ bus: { number: 0 } });
    expect(await store.claim('a1', claim('c2', MINUTE + 1))).toEqual({ bus: { number: 0 } });
  });

  it('ignores a claim that was made by a clock that was ahead', async () => {
    await store.claim('a1', claim('c1', 2 * HOUR));
    expect(await store.claim('a1', claim('c2'))).toEqual({ bus: { number: 0 } });
  });

  it('moves the bus for the holder only, also back where the feed was restored', async () => {
    const five: SenderPlace = { number: 5, atMillis: NOW, passed: [{ number: 1, atMillis: NOW }] };
    await store.claim('a1', claim('c1'));
    expect(await store.moveBus('a1', { token: 'c0', to: { number: 9 } })).toBe(false);
    expect(await store.moveBus('a1', { token: 'c1', to: { number: 9 } })).toBe(true);
    expect(await store.moveBus('a1', { token: 'c1', to: five })).toBe(true);
    await store.release('a1', 'c0');
    expect(await store.claim('a1', claim('c2'))).toBe('busy');
    await store.release('a1', 'c1');
    expect(await store.claim('a1', claim('c2'))).toEqual({ bus: five });
  });

  it('looks at a feed until it is unmarked, which a later mark prevents', async () => {
    const look = async () => (await store.read('a1', [])).lookAtMillis;
    expect(await look()).toBeUndefined();
    await marks.mark('a1', plus(NOW, 2));
    await marks.mark('a1', plus(NOW, 1));
    expect(await look()).toBe(plus(NOW, 2));
    await store.looked('a1', plus(NOW, 1));
    expect(await look()).toBe(plus(NOW, 2));
    await store.looked('a1', plus(NOW, 2));
    expect(await look()).toBeUndefined();
  });

  it('adds a deliveryCursor once, and moves it from where it stands', async () => {
    expect(await store.addDeliveryCursor(deliveryCursor(3))).toBe(true);
    expect(await store.addDeliveryCursor(deliveryCursor(9))).toBe(false);
    expect(await store.saveDeliveryCursor(deliveryCursor(5), 4)).toBe(false);
    const failing = { failures: 2, dueAtMillis: plus(NOW, 5), failingSinceMillis: NOW };
    expect(await store.saveDeliveryCursor(deliveryCursor(5, failing), 3)).toBe(true);
    // The same write again, as the SDK repeats it.
    expect(await store.saveDeliveryCursor(deliveryCursor(5, failing), 3)).toBe(true);
    const { deliveryCursors } = await store.read('a1', ['w1', 'w2']);
    expect(deliveryCursors).toEqual(new Map([['w1', deliveryCursor(5, failing)]]));
    expect((await webhooks.deliveryCursors('w1', { limit: 9 })).deliveryCursors).toMatchObject([
      deliveryCursor(5, failing),
    ]);
  });

  it('moves no deliveryCursor that is gone', async () => {
    expect(await store.saveDeliveryCursor(deliveryCursor(5), 4)).toBe(false);
    expect((await store.read('a1', ['w1'])).deliveryCursors).toEqual(new Map());
  });

  it('lists dead letters by account and number, a page at a time, until they are removed', async () => {
    for (const one of [letter(10), letter(9), letter(1, 'a2')]) await store.putDeadLetter(one);
    const numbers: number[] = [];
    let after: string | undefined;
    do {
      const page = await store.deadLetters('w1', { limit: 2, after });
      numbers.push(...page.letters.map(({ number }) => number));
      after = page.next;
    } while (after !== undefined);
    expect(numbers).toEqual([9, 10, 1]);
    expect((await store.deadLetters('w1', { accountId: 'a2', limit: 9 })).letters).toEqual([letter(1, 'a2')]);
    await store.removeDeadLetter(letter(9));
    expect((await store.deadLetters('w1', { limit: 9 })).letters).toHaveLength(2);
    expect((await store.deadLetters('w2', { limit: 9 })).letters).toEqual([]);
  });

  it('ends the replay that was asked for, and no later one', async () => {
    const key = { webhookId: 'w1', accountId: 'a1' };
    const asked = async () => (await store.read('a1', ['w1'])).replays.get('w1');
    await webhooks.askReplay(key, plus(NOW, 1));
    await webhooks.askReplay(key, plus(NOW, 2));
    await store.endReplay(key, plus(NOW, 1));
    expect(await asked()).toBe(plus(NOW, 2));
    await store.endReplay(key, plus(NOW, 2));
    expect(await asked()).toBeUndefined();
  });

  it('replaces a webhook that nobody has changed since, and knows a repeated write again', async () => {
    const hook = webhook('w1');
    await webhooks.create(hook);
    const changed = { ...hook, url: 'https://other.example/hook' };
    expect(await webhooks.replace(changed)).toBe(true);
    expect(await webhooks.replace(changed)).toBe(true);
    expect(await webhooks.replace(hook)).toBe(false);
    expect(await webhooks.read('w1')).toEqual({ ...changed, revision: 1 });
    expect(await webhooks.replace(webhook('w2'))).toBe(false);
    expect(await webhooks.list()).toHaveLength(1);
  });

  it('disables a webhook once, and none that is gone', async () => {
    await webhooks.create(webhook('w1'));
    await store.disable('w1', plus(NOW, 1));
    await store.disable('w1', plus(NOW, 2));
    await store.disable('w2', plus(NOW, 2));
    expect(await webhooks.read('w1')).toMatchObject({ disabledAtMillis: plus(NOW, 1), revision: 1 });
    expect(await webhooks.read('w2')).toBeUndefined();
  });

  it('lists the deliveryCursors of a webhook a page at a time', async () => {
    for (const accountId of ['a2', 'a1', 'a3'])
      await store.addDeliveryCursor(deliveryCursor(1, { accountId }));
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await webhooks.deliveryCursors('w1', { limit: 2, after });
      expect(page.deliveryCursors.length).toBeLessThanOrEqual(2);
      found.push(...page.deliveryCursors.map(({ accountId }) => accountId));
      after = page.next;
    } while (after !== undefined);
    expect(found).toEqual(['a1', 'a2', 'a3']);
  });

  it('removes what it knows of an account, or of a webhook', async () => {
    await webhooks.create(webhook('w1'));
    for (const accountId of ['a1', 'a2']) {
      await store.addDeliveryCursor(deliveryCursor(1, { accountId }));
      await store.putDeadLetter(letter(1, accountId));
      await marks.mark(accountId, NOW);
    }
    await store.removeDeliveries('a1');
    expect(await store.read('a1', ['w1'])).toEqual({ deliveryCursors: new Map(), replays: new Map() });
    expect((await store.deadLetters('w1', { limit: 9 })).letters).toEqual([letter(1, 'a2')]);
    await webhooks.remove('w1');
    expect((await store.read('a2', ['w1'])).deliveryCursors).toEqual(new Map());
    expect(await webhooks.list()).toEqual([]);
  });
}
