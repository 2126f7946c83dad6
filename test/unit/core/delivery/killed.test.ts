import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MINUTE, plus, SECOND } from '../../../../functions/core/base/time.ts';
import { type SendDeps, sendOn } from '../../../../functions/core/delivery/send.ts';
import { wakeSenders } from '../../../../functions/core/delivery/wake.ts';
import { orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import { claimRows } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { saleOf } from '../../../support/sales.ts';
import { ACCOUNT_ID, minutes, type SendingWorld, sendingWorld, webhook } from '../../../support/sending.ts';
import { Killed, pauses, shakyOrders } from '../../../support/shaky-orders.ts';

const WEBHOOKS = ['w1', 'w2'];

const untilKilled = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });

/**
 * A store whose calls pause, in a process that dies at its call number `life`, before or after the call had
 * its effect.
 */
function mortal<T extends object>(
  door: T,
  doom: { pause: () => Promise<void>; step: () => number; life: number },
): T {
  return new Proxy(door, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...parameters: unknown[]) => {
        await doom.pause();
        const step = doom.step();
        if (step >= doom.life && doom.life % 2 === 0) throw new Killed();
        const result = await Reflect.apply(method, target, parameters);
        if (step >= doom.life) throw new Killed();
        return result;
      };
    },
  });
}

function mortalDeps(deps: SendDeps, { life, seed }: { seed: number; life: number }): SendDeps {
  let steps = 0;
  const fate = { life, pause: pauses(seed), step: () => ++steps };
  return {
    ...deps,
    store: mortal(deps.store, fate),
    webhooks: mortal(deps.webhooks, fate),
    feed: mortal(deps.feed, fate),
    orders: mortal(deps.orders, fate),
    bus: mortal(deps.bus, fate),
    door: mortal(deps.door, fate),
    sendQueue: mortal(deps.sendQueue, fate),
  };
}

/** Changes these orders, as a run would after reading the marketplace. */
async function write(
  world: SendingWorld,
  { seed, life, sales }: { sales: readonly number[]; life: number; seed: number },
) {
  const orders = shakyOrders(world.writerOrders(), { pause: pauses(seed), life });
  const rows = await claimRows(orders, { accountId: ACCOUNT_ID, clock: () => world.now });
  for (const sale of sales) {
    const orderId = orderIdOfSale(`${sale}`);
    const row = (await orders.readMany(ACCOUNT_ID, [orderId])).get(orderId);
    const content = { ...orderOfSale(saleOf(`${sale}`, [`${sale}`])), message: `${seed}` };
    await rows.write([{ row, next: { orderId, content } }]);
  }
}

/** Runs a tick and a sender for each message; a killed sender leaves its message for later. */
async function send(world: SendingWorld, { lives, seed }: { lives: readonly number[]; seed: number }) {
  const tick = { sending: world.sending.index, sendQueue: world.deps.sendQueue, clock: () => world.now };
  await wakeSenders({ ...tick, outOfTime: () => false });
  const senders = lives.map((life, salt) => {
    const message = world.messages.shift();
    if (message === undefined) return undefined;
    const deps = mortalDeps(world.deps, { seed: seed + salt, life });
    return untilKilled(sendOn(deps, { accountId: message, slotMillis: world.now }));
  });
  await Promise.all(senders);
}

/** Checks that no position is ever ahead of the entries that were accepted. */
function watchPositions(world: SendingWorld): void {
  const taken = (number: number, got: readonly number[]) => {
    const wanted = world.orders.feed.map((entry) => entry.number).filter((one) => one <= number);
    expect(wanted.filter((one) => !got.includes(one))).toEqual([]);
  };
  const { moveBus, saveDeliveryCursor } = world.sending.store;
  Object.assign(world.sending.store, {
    async moveBus(...[accountId, move]: Parameters<typeof moveBus>) {
      taken(move.to.number, toldToBus(world));
      return await moveBus(accountId, move);
    },
    async saveDeliveryCursor(...[deliveryCursor, ifNumber]: Parameters<typeof saveDeliveryCursor>) {
      taken(deliveryCursor.number, postedTo(world, deliveryCursor.webhookId));
      return await saveDeliveryCursor(deliveryCursor, ifNumber);
    },
  });
}

const toldToBus = ({ events }: SendingWorld) => events.map(({ detail }) => detail.feedNumber);
const postedTo = ({ posts }: SendingWorld, id: string) =>
  posts.filter(({ url }) => url.includes(id)).map(({ number }) => number);

it('everything reaches the bus and each webhook, in order, wherever writers, ticks and senders are killed', async () => {
  const life = fc.integer({ min: 1, max: 40 });
  const round = fc.record({
    sales: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
    writer: life,
    senders: fc.array(life, { maxLength: 2 }),
    failing: fc.constantFrom(undefined, ...WEBHOOKS),
    // A killed sender's claim ends within 65 seconds, a mark after three minutes.
    pauseSeconds: fc.constantFrom(1, 30, 70, 200),
  });
  const plan = fc.array(round, { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(plan, fc.nat(), async (rounds, seed) => {
      const world = sendingWorld();
      for (const id of WEBHOOKS) await world.sending.webhooks.create(webhook(id));
      watchPositions(world);
      for (const [index, { sales, writer, senders, failing, pauseSeconds }] of rounds.entries()) {
        const salted = seed + index * 7;
        world.answer = ({ url }) => (failing !== undefined && url.includes(failing) ? 500 : 200);
        await Promise.all([
          untilKilled(write(world, { sales, life: writer, seed: salted })),
          send(world, { lives: senders, seed: salted }),
        ]);
        // Messages left in the queue come later or, now and then, never.
        if (index % 3 === 2) world.messages.length = 0;
        world.now = plus(world.now, pauseSeconds * SECOND);
      }
      world.answer = () => 200;
      await minutes(world, 20);
      const all = world.orders.feed.map(({ number }) => number);
      expect([...new Set(toldToBus(world))].sort((one, other) => one - other)).toEqual(all);
      for (const id of WEBHOOKS) inOrder(postedTo(world, id), all);
      expect([...world.sending.looks]).toEqual([]);
      await world.tick();
      expect(world.messages).toEqual([]);
    }),
    { numRuns: runs(150, 1_000) },
  );
});

/** Checks that each entry follows the one before; only the last may come again. */
function inOrder(posted: readonly number[], all: readonly number[]): void {
  let last = 0;
  for (const number of posted) {
    expect([last, last + 1]).toContain(number);
    last = number;
  }
  expect(last).toBe(all.length);
}

it('a mark that is set while somebody looks is not taken away', async () => {
  const world = sendingWorld();
  await world.sending.marks.mark(ACCOUNT_ID, world.now);
  const { looked } = world.sending.store;
  Object.assign(world.sending.store, {
    async looked(...seen: Parameters<typeof looked>) {
      // A writer announces itself at the last moment, and appends later.
      await world.writerOrders().announce(ACCOUNT_ID);
      await looked(...seen);
    },
  });
  await sendOn(world.deps, { accountId: ACCOUNT_ID, slotMillis: world.now });
  expect([...world.sending.looks]).toEqual([[ACCOUNT_ID, plus(world.now, 3 * MINUTE)]]);
});
