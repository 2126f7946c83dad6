import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { DAY, HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { type OrderId, orderIdOfPurchase, orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import type { OrderRow } from '../../../../functions/core/orders/store.ts';
import { untold } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { type UuidSeller, uuidSeller } from '../../../support/uuid-seller.ts';

/* An erased buyer stays erased, whatever reads the orders again, and whatever write a worker dies at. */

const ADDRESS = 'Jaśminowa 7';

/** Whether an order still tells of a buyer. */
const tellsOf = ({ content, letGo = [] }: OrderRow, buyerId: string): boolean => {
  const text = JSON.stringify([content?.buyer, content?.message, letGo]);
  return text.includes(buyerId) || (content?.buyer.id === '' && JSON.stringify(content).includes(ADDRESS));
};

const rowsWith = ({ orders }: UuidSeller, buyerId: string) =>
  [...orders.rows.values()].filter((row) => tellsOf(row, buyerId)).map(({ orderId }) => orderId);

async function connected(options: Parameters<typeof uuidSeller>[0] = {}): Promise<UuidSeller> {
  const seller = uuidSeller({ hasLists: true, ...options });
  await seller.processOrders();
  return seller;
}

/** Everything that reads orders again: journal, overlap, nightly check, import of a month, repair of each order. */
async function readAllAgain(seller: UuidSeller): Promise<void> {
  for (const millis of [HOUR, DAY, DAY]) {
    seller.pass(millis + MINUTE);
    await seller.processOrders();
  }
  await importMonth(seller);
  for (const { orderId } of [...seller.orders.rows.values()])
    if (orderId.startsWith('order:')) await seller.repair(orderId);
}

let imports = 0;
async function importMonth(seller: UuidSeller): Promise<void> {
  const { accounts, listed, clock } = seller;
  imports += 1;
  const id = `import-${imports}`;
  const counts = { named: 0, imported: 0, surcharges: 0, outside: 0, unread: 0 };
  await listed.putListing(accounts.row.accountId, {
    id,
    kind: 'import',
    state: 'waiting',
    askedAtMillis: clock(),
    fromMillis: (clock() - 3_000 * DAY) as never,
    toMillis: clock(),
    lists: ['all-sales'],
    read: [],
    firstOnly: false,
    share: 0,
    counts,
  });
  accounts.row = { ...accounts.row, importing: id };
  for (let tries = 0; tries < 5 && accounts.row.importing !== undefined; tries += 1) {
    await seller.run();
    seller.pass(HOUR);
  }
  expect(await listed.listing(accounts.row.accountId, id)).toMatchObject({ state: 'done' });
}

describe('an erased buyer', () => {
  it('stays erased in overlap, nightly check, import and repair, and other buyers stay', async () => {
    const seller = await connected();
    const [one, other] = [seller.market.buy(2, 'asked'), seller.market.buy(1, 'other')];
    await seller.processOrders();
    const told = seller.orders.feed.length;
    await seller.erase('asked');
    expect(seller.orders.rows.get(orderIdOfSale(one.id))).toMatchObject({
      erasedAtMillis: expect.any(Number),
      content: { buyer: { id: '', login: '', email: '' }, message: '', state: 'awaiting-payment' },
    });
    // Readers of the feed are told, so that they can erase what they have copied.
    expect(seller.orders.feed.slice(told).map(({ orderId }) => orderId)).toEqual([orderIdOfSale(one.id)]);
    seller.market.pay(one);
    await readAllAgain(seller);
    expect(seller.orders.rows.get(orderIdOfSale(one.id))?.content?.state).toBe('paid');
    expect(rowsWith(seller, 'asked')).toEqual([]);
    expect(rowsWith(seller, 'other')).toEqual([orderIdOfSale(other.id)]);
  });

  it('who buys again is stored with the new order, and only there', async () => {
    const seller = await connected();
    seller.market.buy(1, 'asked');
    await seller.processOrders();
    await seller.erase('asked');
    const again = seller.market.buy(1, 'asked');
    await seller.processOrders();
    await readAllAgain(seller);
    expect(rowsWith(seller, 'asked')).toEqual([orderIdOfSale(again.id)]);
  });

  it.each(['merge', 'mergeSilently', 'mergeUntold'] as const)(
    'stays erased where the marketplace goes on with the orders under another id (%s)',
    async (how) => {
      const seller = await connected();
      const [one, two] = [seller.market.buy(1, 'asked'), seller.market.buy(2, 'asked')];
      await seller.processOrders();
      await seller.erase('asked');
      const merged = seller.market[how](one, two);
      await readAllAgain(seller);
      const row = seller.orders.rows.get(orderIdOfSale(merged.id));
      expect([row?.content?.state, row?.erasedAtMillis]).toEqual(['awaiting-payment', expect.any(Number)]);
      expect(rowsWith(seller, 'asked')).toEqual([]);
    },
  );

  it('is stored with an order that joins an erased one with a new one, for that one has to be sent', async () => {
    const seller = await connected();
    const old = seller.market.buy(1, 'asked');
    await seller.processOrders();
    await seller.erase('asked');
    const merged = seller.market.merge(old, seller.market.buy(1, 'asked'));
    await seller.processOrders();
    expect(rowsWith(seller, 'asked')).toEqual([orderIdOfSale(merged.id)]);
  });

  it('stays erased in the purchases that an erased order releases', async () => {
    const seller = await connected();
    const sale = seller.market.buy(2, 'asked');
    await seller.processOrders();
    await seller.erase('asked');
    seller.market.release(sale);
    await readAllAgain(seller);
    for (const id of sale.purchaseIds)
      expect(seller.orders.rows.get(orderIdOfPurchase(id))).toMatchObject({
        content: { state: 'awaiting-details', buyer: { id: '' } },
        erasedAtMillis: expect.any(Number),
      });
    expect(rowsWith(seller, 'asked')).toEqual([]);
  });

  it('is erased in the end, whatever write a worker dies at, however little time it has', async () => {
    for (let killedAtWrite = 1; killedAtWrite <= 20; killedAtWrite += 1) {
      const seller = await connected();
      const [one, two] = [seller.market.buy(2, 'asked'), seller.market.buy(1, 'asked')];
      await seller.processOrders();
      await seller.erase('asked', { killedAtWrite, patience: 0 });
      expect([killedAtWrite, rowsWith(seller, 'asked'), untold(seller.orders)]).toEqual([
        killedAtWrite,
        [],
        [],
      ]);
      const merged = seller.market.merge(one, two);
      await seller.processOrders();
      expect([killedAtWrite, rowsWith(seller, 'asked')]).toEqual([killedAtWrite, []]);
      expect(seller.orders.rows.get(orderIdOfSale(merged.id))?.content?.state).toBe('awaiting-payment');
    }
  });
});

/* A request that was accepted is carried out, whatever becomes of its message. */
describe('a request to erase a buyer', () => {
  it('is carried out an hour later where its message was lost, also for a paused account, and then never again', async () => {
    const seller = await connected();
    const sale = seller.market.buy(2, 'asked');
    await seller.processOrders();
    seller.accounts.row = { ...seller.accounts.row, phase: 'paused', dueAtMillis: undefined };
    await seller.askToErase('asked');
    expect(await seller.planErasures()).toEqual([]);
    expect(rowsWith(seller, 'asked')).toEqual([orderIdOfSale(sale.id)]);
    seller.pass(HOUR);
    expect(await seller.planErasures()).toEqual(['done']);
    expect(rowsWith(seller, 'asked')).toEqual([]);
    expect(seller.erasures.requests.size).toBe(0);
    seller.pass(HOUR);
    expect(await seller.planErasures()).toEqual([]);
  });

  it('is tried again every hour while another worker holds the claim, and where a clock was ahead', async () => {
    const seller = await connected();
    seller.market.buy(1, 'asked');
    await seller.processOrders();
    await seller.askToErase('asked');
    for (const [key, request] of seller.erasures.requests)
      seller.erasures.requests.set(key, { ...request, againAtMillis: plus(seller.clock(), 300 * DAY) });
    const hold = () => {
      seller.accounts.row = {
        ...seller.accounts.row,
        claimToken: 'w',
        claimUntilMillis: plus(seller.clock(), MINUTE),
      };
    };
    hold();
    expect(await seller.planErasures()).toEqual(['busy']);
    expect(await seller.planErasures()).toEqual([]);
    seller.pass(HOUR);
    hold();
    expect(await seller.planErasures()).toEqual(['busy']);
    seller.pass(HOUR);
    expect(await seller.planErasures()).toEqual(['done']);
    expect(rowsWith(seller, 'asked')).toEqual([]);
  });

  it('survives workers that are killed at any write until the message is given up', async () => {
    for (let killedAtWrite = 1; killedAtWrite <= 12; killedAtWrite += 1) {
      const seller = await connected();
      for (let sale = 0; sale < 3; sale += 1) seller.market.buy(1, 'asked');
      await seller.processOrders();
      await seller.askToErase('asked');
      for (let tries = 0; tries < 4; tries += 1) await seller.eraseAsked({ killedAtWrite });
      seller.pass(HOUR);
      await seller.planErasures();
      expect([killedAtWrite, rowsWith(seller, 'asked'), seller.erasures.requests.size]).toEqual([
        killedAtWrite,
        [],
        0,
      ]);
      expect(untold(seller.orders)).toEqual([]);
    }
  });

  it('reads the orders once for all buyers who asked meanwhile', async () => {
    const seller = await connected();
    for (const buyer of ['one', 'two', 'three']) seller.market.buy(1, buyer);
    await seller.processOrders();
    for (const buyer of ['one', 'two', 'three']) await seller.askToErase(buyer);
    const pages = vi.spyOn(seller.orders, 'page');
    expect(await seller.eraseAsked()).toBe('done');
    expect(pages).toHaveBeenCalledTimes(1);
    for (const buyer of ['one', 'two', 'three']) expect(rowsWith(seller, buyer)).toEqual([]);
    expect(await seller.eraseAsked()).toBe('done');
    expect(pages).toHaveBeenCalledTimes(1);
  });

  it('that comes while others are carried out is carried out from the first order on', async () => {
    const seller = await connected();
    for (let sale = 0; sale < 300; sale += 1) seller.market.buy(1, sale % 2 === 0 ? 'early' : 'late');
    await seller.processOrders();
    await seller.askToErase('early');
    await seller.eraseAsked({ patience: 0 });
    const [reached] = seller.erasures.requests.values();
    expect(reached?.after).toBeDefined();
    await seller.askToErase('late');
    await seller.eraseAsked();
    expect([rowsWith(seller, 'early'), rowsWith(seller, 'late')]).toEqual([[], []]);
    expect(seller.erasures.requests.size).toBe(0);
  });

  it('reaches an order that was stored meanwhile, with the same purchases, before the place that was noted', async () => {
    const seller = await connected();
    let place: OrderId | undefined;
    let merged: OrderId | undefined;
    // The ids of orders are drawn, so that some tries are needed until one of the old orders comes after the new one.
    while (merged === undefined) {
      const sales = [seller.market.buy(1, 'asked'), seller.market.buy(1, 'asked')] as const;
      await seller.processOrders();
      const one = orderIdOfSale(seller.market.merge(...sales).id);
      await seller.processOrders();
      place = sales.map(({ id }) => orderIdOfSale(id)).find((id) => id > one);
      if (place !== undefined) merged = one;
      else await seller.erase('asked');
    }
    await seller.askToErase('asked');
    for (const [key, request] of seller.erasures.requests)
      seller.erasures.requests.set(key, { ...request, after: merged });
    await seller.eraseAsked();
    expect(rowsWith(seller, 'asked')).not.toContain(merged);
  });

  it('is forgotten with its account', async () => {
    const seller = await connected();
    await seller.askToErase('asked');
    const { accountId, claimToken = 'w' } = seller.accounts.row;
    seller.accounts.row = { ...seller.accounts.row, claimToken };
    await seller.accounts.remove(accountId, claimToken);
    expect(await seller.eraseAsked()).toBe('gone');
    expect(seller.erasures.requests.size).toBe(0);
  });
});

const which = fc.nat({ max: 12 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('buy' as const), who: fc.nat({ max: 1 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('pay' as const, 'cancel' as const, 'release' as const),
      which,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('merge' as const, 'mergeSilently' as const, 'mergeUntold' as const),
      which,
      other: which,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('run' as const),
      killedAtWrite: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('pass' as const), millis: fc.constantFrom(HOUR, DAY) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('erase' as const),
      who: fc.nat({ max: 1 }),
      killedAtWrite: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const BUYERS = ['first', 'second'] as const;

/** A life of orders, with the purchases that each buyer had made when it was erased. */
class Life {
  readonly erased = new Map<string, Set<string>>(BUYERS.map((buyer) => [buyer, new Set()]));
  readonly seller: UuidSeller;

  constructor(seller: UuidSeller) {
    this.seller = seller;
  }

  async take(what: Step): Promise<void> {
    const { seller } = this;
    const { market } = seller;
    if (what.do === 'run') return void (await seller.run({ killedAtWrite: what.killedAtWrite }));
    if (what.do === 'pass') return seller.pass(what.millis);
    if (what.do === 'erase') return await this.#erase(BUYERS[what.who] ?? 'first', what.killedAtWrite);
    seller.pass(MINUTE);
    if (what.do === 'buy') return void market.buy(1, BUYERS[what.who]);
    const open = [...market.sales.values()].filter(
      ({ state, replacedBy, mergedInto }) =>
        state === 'awaiting-payment' && replacedBy.length + mergedInto.length === 0,
    );
    const sale = open[what.which % open.length];
    if (sale === undefined) return;
    if (!('other' in what)) return market[what.do](sale);
    const others = open.filter((one) => one !== sale && one.buyerId === sale.buyerId);
    const other = others[what.other % others.length];
    if (other !== undefined) market[what.do](sale, other);
  }

  async #erase(buyer: string, killedAtWrite: number | undefined): Promise<void> {
    const { seller } = this;
    // All that the buyer has bought is stored, so the erasure is about all of it.
    await seller.processOrders();
    await seller.erase(buyer, { killedAtWrite });
    expect(rowsWith(seller, buyer)).toEqual([]);
    const sales = [...seller.market.sales.values()].filter(({ buyerId }) => buyerId === buyer);
    const stored = sales.filter(({ id }) => seller.orders.rows.get(orderIdOfSale(id))?.content !== undefined);
    for (const { purchaseIds } of stored) for (const id of purchaseIds) this.erased.get(buyer)?.add(id);
  }

  /** No order shows a buyer whose purchases were all erased, and every other order shows its buyer. */
  expectErased(): void {
    for (const row of this.seller.orders.rows.values()) {
      const { content, orderId } = row;
      if (content === undefined || !orderId.startsWith('order:')) continue;
      const sale = [...this.seller.market.sales.values()].find(({ id }) => orderIdOfSale(id) === orderId);
      const buyer = sale?.buyerId ?? '';
      const isErased = content.replaces.every((id) => this.erased.get(buyer)?.has(id));
      expect([orderId, tellsOf(row, buyer)]).toEqual([orderId, !isErased]);
    }
  }
}

it('an erased buyer stays erased, and no other is, through any life of orders', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const life = new Life(await connected());
      for (const what of steps) await life.take(what);
      await life.seller.processOrders();
      await readAllAgain(life.seller);
      life.expectErased();
      expect(untold(life.seller.orders)).toEqual([]);
    }),
    { numRuns: runs(60, 3_000) },
  );
});

describe('data that are too old', () => {
  const keptMillis = 30 * DAY;

  it('are erased, and younger ones stay; the feed is read once', async () => {
    const seller = await connected({ keptMillis });
    const old = seller.market.buy(2, 'old');
    await seller.processOrders();
    seller.pass(20 * DAY);
    const young = seller.market.buy(1, 'young');
    await seller.processOrders();
    await seller.eraseOld();
    expect(rowsWith(seller, 'old')).toEqual([orderIdOfSale(old.id)]);
    seller.pass(11 * DAY);
    await seller.eraseOld();
    expect(rowsWith(seller, 'old')).toEqual([]);
    expect(rowsWith(seller, 'young')).toEqual([orderIdOfSale(young.id)]);
    const { retentionPlace, retentionSinceMillis } = seller.accounts.row;
    expect(retentionPlace).toEqual({ number: 1, atMillis: seller.orders.feed[0]?.atMillis });
    expect(retentionSinceMillis).toBe(seller.orders.feed[1]?.atMillis);
    await readAllAgain(seller);
    expect(rowsWith(seller, 'old')).toEqual([]);
  });

  it('of an order that has changed since are young again', async () => {
    const seller = await connected({ keptMillis });
    const sale = seller.market.buy(1, 'late');
    await seller.processOrders();
    seller.pass(29 * DAY);
    seller.market.pay(sale);
    await seller.processOrders();
    seller.pass(2 * DAY);
    await seller.eraseOld();
    expect(rowsWith(seller, 'late')).toEqual([orderIdOfSale(sale.id)]);
    seller.pass(29 * DAY);
    await seller.eraseOld();
    expect(rowsWith(seller, 'late')).toEqual([]);
  });

  it('do not have an order erased that goes on with their purchases: it is young', async () => {
    const seller = await connected({ keptMillis });
    const [one, two] = [seller.market.buy(1, 'old'), seller.market.buy(1, 'old')];
    await seller.processOrders();
    seller.pass(31 * DAY);
    await seller.eraseOld();
    const merged = seller.market.merge(one, two);
    await seller.processOrders();
    expect(rowsWith(seller, 'old')).toEqual([orderIdOfSale(merged.id)]);
  });

  it('are erased in the end, whatever write a worker dies at, also where the account is paused', async () => {
    for (let killedAtWrite = 1; killedAtWrite <= 12; killedAtWrite += 1) {
      const seller = await connected({ keptMillis });
      for (let sale = 0; sale < 3; sale += 1) seller.market.buy(1, 'old');
      await seller.processOrders();
      seller.pass(31 * DAY);
      seller.accounts.row = { ...seller.accounts.row, phase: 'paused' };
      await seller.eraseOld({ killedAtWrite });
      await seller.eraseOld();
      expect([killedAtWrite, rowsWith(seller, 'old'), untold(seller.orders)]).toEqual([
        killedAtWrite,
        [],
        [],
      ]);
    }
  });

  it('are found again after the feed was restored to an earlier moment', async () => {
    const seller = await connected({ keptMillis });
    for (let sale = 0; sale < 3; sale += 1) {
      seller.market.buy(1, 'old');
      await seller.processOrders();
    }
    seller.pass(31 * DAY);
    const retentionPlace = { number: 90, atMillis: seller.clock() };
    seller.accounts.row = { ...seller.accounts.row, retentionPlace };
    await seller.eraseOld();
    expect(rowsWith(seller, 'old')).toEqual([]);
  });

  it('are found again after a restored feed has grown beyond the place that was noted', async () => {
    const seller = await connected({ keptMillis });
    const buy = async (buyer: string) => {
      seller.market.buy(1, buyer);
      await seller.processOrders();
    };
    for (let sale = 0; sale < 3; sale += 1) await buy('old');
    seller.pass(31 * DAY);
    await seller.eraseOld();
    expect(seller.accounts.row.retentionPlace?.number).toBe(3);
    seller.orders.cutFeed(1);
    for (let sale = 0; sale < 4; sale += 1) await buy('later');
    expect(seller.orders.feed.length).toBeGreaterThan(3);
    expect(rowsWith(seller, 'later')).toHaveLength(4);
    seller.pass(31 * DAY);
    await seller.eraseOld();
    expect(rowsWith(seller, 'later')).toEqual([]);
  });
});
