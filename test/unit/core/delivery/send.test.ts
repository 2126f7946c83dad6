import { describe, expect, it } from 'vitest';
import { DAY, HOUR, latestTrueTime, MINUTE, plus, SECOND } from '../../../../functions/core/base/time.ts';
import { GIVE_UP_AFTER, pauseAfter } from '../../../../functions/core/delivery/advance.ts';
import { sendOn } from '../../../../functions/core/delivery/send.ts';
import { orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import { NOW } from '../../../support/accounts.ts';
import { claimRows } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';
import { ACCOUNT_ID, minutes, type SendingWorld, sendingWorld, webhook } from '../../../support/sending.ts';

/** Stores orders `order:FROM`, ..., as a run would. */
async function bring(world: SendingWorld, ids: readonly string[]): Promise<void> {
  const orders = world.writerOrders();
  const rows = await claimRows(orders, { accountId: ACCOUNT_ID, clock: () => world.now });
  for (const id of ids) {
    const orderId = orderIdOfSale(id);
    const content = { ...orderOfSale(saleOf(id, [id])), message: `${Math.random()}` };
    await rows.write([{ row: world.orders.rows.get(orderId), next: { orderId, content } }]);
  }
}

/** A world with these webhooks, whose positions are at the beginning. */
async function worldWith(...webhooks: ReturnType<typeof webhook>[]): Promise<SendingWorld> {
  const world = sendingWorld();
  for (const one of webhooks) await world.sending.webhooks.create(one);
  return world;
}

const numbers = (world: SendingWorld, id: string) =>
  world.posts.filter(({ url }) => url.includes(id)).map(({ number }) => number);
const deliveryCursor = (world: SendingWorld, id: string) =>
  world.sending.deliveryCursors.get(`${id}#${ACCOUNT_ID}`);
const status = (code: number) => () => code;

describe('sending on', () => {
  it('tells the bus of each change and each webhook of each entry, then rests', async () => {
    const world = await worldWith(webhook('w1'), webhook('w2'));
    await bring(world, ['1', '2', '1']);
    expect(world.sending.looks.size).toBe(1);
    await minutes(world, 3);
    expect(world.events.map(({ type, detail }) => `${detail.feedNumber} ${type}`)).toEqual([
      '1 order.created',
      '1 order.details-filled',
      '1 order.paid',
      '2 order.created',
      '2 order.details-filled',
      '2 order.paid',
      '3 order.changed',
    ]);
    expect([numbers(world, 'w1'), numbers(world, 'w2')]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(world.posts.map(({ headers }) => headers['webhook-id'])).toContain(`a1-3-${NOW.toString(36)}`);
    expect(world.sending.looks.size).toBe(0);
    await world.tick();
    expect(world.messages).toEqual([]);
  });

  it('keeps the mark until whoever made it has stopped appending', async () => {
    const world = await worldWith();
    await bring(world, ['1']);
    world.messages.push(ACCOUNT_ID);
    await world.send();
    expect(world.events.length).toBe(3);
    expect(world.sending.looks.size).toBe(1);
    await minutes(world, 4);
    expect(world.sending.looks.size).toBe(0);
  });

  it('sends to a webhook what it asks for, and to the accounts that it names', async () => {
    const world = await worldWith(
      webhook('w1', { types: ['order.changed'] }),
      webhook('w2', { accountIds: ['other'] }),
    );
    await bring(world, ['1', '2', '2', '1']);
    await minutes(world, 3);
    expect(numbers(world, 'w1')).toEqual([3, 4]);
    expect(numbers(world, 'w2')).toEqual([]);
    await bring(world, ['3']);
    await minutes(world, 3);
    expect(deliveryCursor(world, 'w1')).toMatchObject({ number: 5 });
  });

  it('goes on with a webhook that a clock which was ahead has made pause until tomorrow', async () => {
    const world = await worldWith(webhook('w1'));
    await bring(world, ['1']);
    await minutes(world, 3);
    const rest = {
      ...deliveryCursor(world, 'w1'),
      webhookId: 'w1',
      accountId: ACCOUNT_ID,
      number: 1,
      failures: 1,
    };
    const pausing = (millis: number) =>
      world.sending.deliveryCursors.set(`w1#${ACCOUNT_ID}`, {
        ...rest,
        dueAtMillis: plus(world.now, millis),
      });
    pausing(4 * HOUR);
    await bring(world, ['2']);
    await minutes(world, 3);
    expect(numbers(world, 'w1')).toEqual([1]);
    pausing(DAY);
    await bring(world, ['3']);
    await minutes(world, 3);
    expect(numbers(world, 'w1')).toEqual([1, 2, 3]);
  });

  it('holds back what is behind a failure, in that webhook only, and pauses longer each time', async () => {
    const world = await worldWith(webhook('w1'), webhook('w2'));
    world.answer = ({ url, number }) => (url.includes('w1') && number === 2 ? 503 : 204);
    await bring(world, ['1', '2', '3']);
    await minutes(world, 3);
    expect([numbers(world, 'w1'), numbers(world, 'w2')]).toEqual([[1], [1, 2, 3]]);
    expect(deliveryCursor(world, 'w1')).toMatchObject({
      number: 1,
      failures: 1,
      dueAtMillis: plus(world.now, 30 * SECOND),
      lastError: { reason: 'status', status: 503 },
    });
    expect(world.sending.looks.size).toBe(0);
    await minutes(world, 10);
    expect(deliveryCursor(world, 'w1')?.failures).toBe(5);
    world.answer = status(200);
    await minutes(world, 10);
    expect(numbers(world, 'w1')).toEqual([1, 2, 3]);
    expect(deliveryCursor(world, 'w1')).toMatchObject({ number: 3, failures: 0 });
    expect(deliveryCursor(world, 'w1')).not.toHaveProperty('dueAtMillis');
  });

  it('pauses from half a minute to four hours, give or take a quarter', () => {
    expect([1, 2, 3, 9, 10, 60].map((failures) => pauseAfter(failures, 0.5))).toEqual(
      [0.5, 1, 2, 128, 240, 240].map((count) => count * MINUTE),
    );
    expect(pauseAfter(1, 0)).toBe(22.5 * SECOND);
    expect(pauseAfter(1, 0.999)).toBeLessThan(37.5 * SECOND);
  });

  it('gives an entry up after three days, goes on, and replays it when asked', async () => {
    const world = await worldWith(webhook('w1'));
    world.answer = ({ number }) => (number === 1 ? 'time-out' : 200);
    await bring(world, ['1', '2']);
    for (; world.now < plus(NOW, GIVE_UP_AFTER - 5 * HOUR); world.now = plus(world.now, HOUR))
      await world.tick();
    expect(numbers(world, 'w1')).toEqual([]);
    expect(world.sending.letters.size).toBe(0);
    for (; world.now < plus(NOW, 4 * DAY); world.now = plus(world.now, HOUR)) await world.tick();
    expect(numbers(world, 'w1')).toEqual([2]);
    expect([...world.sending.letters.values()]).toMatchObject([
      { number: 1, orderId: 'order:1', error: { reason: 'time-out' } },
    ]);
    expect(world.logged).toContain('webhook-dead-letter');
    expect(deliveryCursor(world, 'w1')).not.toHaveProperty('dueAtMillis');

    const deliveryCursors = { webhookId: 'w1', accountId: ACCOUNT_ID };
    await world.sending.webhooks.askReplay(deliveryCursors, world.now);
    await minutes(world, 2);
    expect([...world.sending.letters.keys(), ...world.sending.replays.keys()]).toHaveLength(1);
    world.answer = status(200);
    await world.sending.webhooks.askReplay(deliveryCursors, world.now);
    await minutes(world, 1);
    expect(numbers(world, 'w1')).toEqual([2, 1]);
    expect([...world.sending.letters.keys(), ...world.sending.replays.keys()]).toEqual([]);
  });

  it('passes over a dead letter that is refused again, and replays those behind it', async () => {
    const world = await worldWith(webhook('w1'));
    world.answer = status(500);
    await bring(world, ['1', '2', '3']);
    for (; world.now < plus(NOW, 8 * DAY); world.now = plus(world.now, HOUR)) await world.tick();
    expect(world.sending.letters.size).toBe(3);
    world.answer = ({ number }) => (number === 1 ? 400 : 200);
    await world.sending.webhooks.askReplay({ webhookId: 'w1', accountId: ACCOUNT_ID }, world.now);
    await minutes(world, 3);
    expect(numbers(world, 'w1')).toEqual([2, 3]);
    expect([...world.sending.letters.values()]).toMatchObject([{ number: 1, error: { status: 400 } }]);
    expect(world.sending.replays.size).toBe(0);
  });

  it('gives young entries their own three days behind a receiver that has failed for long', async () => {
    const world = await worldWith(webhook('w1'));
    world.answer = status(500);
    await bring(world, ['1']);
    for (; world.now < plus(NOW, 4 * DAY); world.now = plus(world.now, HOUR)) {
      if (world.now === plus(NOW, 2 * DAY)) await bring(world, ['2']);
      await world.tick();
    }
    expect([...world.sending.letters.values()].map(({ number }) => number)).toEqual([1]);
    expect(deliveryCursor(world, 'w1')).toMatchObject({ number: 1, lastError: { status: 500 } });
  });

  it('stops for good on 410 Gone, until it is resumed', async () => {
    const world = await worldWith(webhook('w1'));
    world.answer = status(410);
    await bring(world, ['1', '2']);
    await minutes(world, 5);
    expect((await world.sending.webhooks.read('w1'))?.disabledAtMillis).toBeDefined();
    expect(world.logged).toContain('webhook-disabled');
    world.answer = status(200);
    await minutes(world, 60);
    expect(world.posts).toEqual([]);
    await world.sending.webhooks.create(webhook('w1'));
    await world.sending.marks.mark(ACCOUNT_ID, world.now);
    await minutes(world, 1);
    expect(numbers(world, 'w1')).toEqual([1, 2]);
  });

  it('ends its turn when time is up, and asks for the next at once', async () => {
    const world = await worldWith(webhook('w1'));
    world.answer = () => {
      world.now = plus(world.now, 9 * SECOND);
      return 200;
    };
    await bring(world, ['1', '2', '3', '4', '5']);
    world.now = plus(world.now, 3 * MINUTE);
    const first = await sendOn(world.deps, { accountId: ACCOUNT_ID, slotMillis: world.now });
    expect(first).toBe('more');
    expect(numbers(world, 'w1')).toEqual([1, 2, 3]);
    expect(world.sending.looks.size).toBe(1);
    await world.send();
    expect(numbers(world, 'w1')).toEqual([1, 2, 3, 4, 5]);
  });

  it('throws what the bus throws, but only when the webhooks are served, and lets the account go', async () => {
    const world = await worldWith(webhook('w1'));
    await bring(world, ['1']);
    world.onPublish = () => {
      throw new Error('no bus');
    };
    const message = { accountId: ACCOUNT_ID, slotMillis: world.now };
    await expect(sendOn(world.deps, message)).rejects.toThrow('no bus');
    expect(numbers(world, 'w1')).toEqual([1]);
    world.onPublish = () => undefined;
    expect(await sendOn(world.deps, message)).toBe('done');
    expect(world.events).toHaveLength(3);
  });

  it('leaves an account alone that another sender has claimed, and forgets one that is gone', async () => {
    const world = await worldWith();
    await bring(world, ['1']);
    const { store } = world.sending;
    const now = { nowMillis: NOW, latestMillis: latestTrueTime(NOW) };
    await store.claim(ACCOUNT_ID, { token: 'other', untilMillis: plus(NOW, MINUTE), ...now });
    expect(await sendOn(world.deps, { accountId: ACCOUNT_ID, slotMillis: NOW })).toBe('busy');
    await world.sending.marks.mark('gone', NOW);
    expect(await sendOn(world.deps, { accountId: 'gone', slotMillis: NOW })).toBe('gone');
    expect(world.sending.looks.has('gone')).toBe(false);
  });
});
