import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/base/time.ts';
import { holdsPurchases, orderIdOfPurchase, orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { freshnessOf } from '../../../../functions/core/run/freshness.ts';
import { untold } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { bookedAs, bookedIn } from '../../../support/uuid-market.ts';
import { type UuidSeller, uuidSeller } from '../../../support/uuid-seller.ts';

const POLL_INTERVAL = { busyMillis: MINUTE, quietMillis: 5 * MINUTE };

const freshness = ({ accounts, clock }: UuidSeller) =>
  freshnessOf(accounts.row, { now: clock(), pollInterval: POLL_INTERVAL }).state;

const contentOf = ({ orders }: UuidSeller, id: string) => orders.rows.get(orderIdOfSale(id))?.content;

/** A seller after the first connect; sales from before it are not read. */
async function connected({ hasLists = false } = {}): Promise<UuidSeller> {
  const seller = uuidSeller({ hasLists });
  seller.market.buy(1);
  await seller.processOrders();
  expect(seller.orders.rows.size).toBe(0);
  return seller;
}

/** The last revision of each order that the feed tells, as an ERP reads it. */
function toldByFeed({ orders }: UuidSeller): Map<string, number> {
  const told = new Map<string, number>();
  let last = 0;
  for (const { number, orderId, revision } of orders.feed) {
    // Numbers may have gaps: those of rows that a dead worker has not written.
    expect(number).toBeGreaterThan(last);
    last = number;
    expect(revision).toBeGreaterThanOrEqual(told.get(orderId) ?? 0);
    told.set(orderId, revision);
  }
  return told;
}

/** The stored orders that are not closed and hold this purchase. */
const holdersOf = ({ orders }: UuidSeller, purchaseId: string) =>
  [...orders.rows.values()]
    .filter(({ content }) => content !== undefined && holdsPurchases(content.state))
    .filter(({ content }) => content?.replaces.includes(purchaseId))
    .map(({ orderId }) => orderId);

/** Whether the order that finally replaced this one has vanished. */
function isReplacedByNothing({ sales }: Pick<UuidSeller['market'], 'sales'>, id: string): boolean {
  const { replacedBy = [], mergedInto = [], isGone = true } = sales.get(id) ?? {};
  return isGone || [...replacedBy, ...mergedInto].some((one) => isReplacedByNothing({ sales }, one));
}

/** Compares the stored orders with the marketplace's true ones, for sales since the first connect. */
function expectTruth(seller: UuidSeller, before: ReadonlySet<string>): void {
  const { market, orders, journal } = seller;
  for (const sale of market.sales.values()) {
    if (before.has(sale.id)) continue;
    const content = contentOf(seller, sale.id);
    const isQuarantined = journal.bad.get(orderIdOfSale(sale.id))?.quarantinedAtMillis !== undefined;
    if (sale.isGone) {
      expect([sale.id, isQuarantined]).toEqual([sale.id, true]);
    } else if (isReplacedByNothing(market, sale.id)) {
      // An order whose successor vanished before it was stored stays as it was, for a person to see.
      const isClosed = content === undefined || content.state === 'replaced';
      expect(isQuarantined || isClosed || sale.mergedInto.length > 0).toBe(true);
    } else if (sale.mergedInto.length > 0) {
      expect([sale.id, isQuarantined]).toEqual([sale.id, false]);
      expect([undefined, 'replaced']).toContain(content?.state);
    } else if (sale.replacedBy.length > 0) {
      expect([undefined, 'replaced']).toContain(content?.state);
      if (content !== undefined)
        expect(orders.rows.get(orderIdOfSale(sale.id))?.heldBy).toEqual(
          expect.arrayContaining([...sale.replacedBy]),
        );
    } else {
      expect([sale.id, content?.state]).toEqual([sale.id, sale.state]);
      expect(content?.replaces).toEqual(sale.purchaseIds);
      expect(bookedIn(content)).toEqual(bookedAs(sale.id));
      for (const id of sale.purchaseIds)
        expect([id, holdersOf(seller, id)]).toEqual([id, [orderIdOfSale(sale.id)]]);
    }
  }
  // No purchase is ever an order of its own at this marketplace, not even after a cancellation.
  const alone = [...orders.rows.values()].filter(({ orderId }) => orderId.startsWith('purchase:'));
  expect(alone.filter(({ content }) => content !== undefined)).toEqual([]);
  const told = toldByFeed(seller);
  expect(untold(orders)).toEqual([]);
  for (const { orderId, content } of orders.rows.values())
    if (content !== undefined) expect(told.has(orderId)).toBe(true);
}

type Step =
  | { readonly do: 'buy'; readonly purchases: number }
  | { readonly do: 'pay' | 'cancel' | 'vanish' | 'break'; readonly which: number }
  | {
      readonly do: 'merge' | 'mergeSilently';
      readonly which: number;
      readonly other: number;
      readonly shownForMinutes: number;
    }
  | { readonly do: 'foreign' }
  | { readonly do: 'run'; readonly killedAtWrite: number | undefined; readonly patience: number | undefined };

const which = fc.nat({ max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('buy'), purchases: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('pay', 'cancel', 'vanish', 'break'), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('merge', 'mergeSilently'),
      which,
      other: which,
      shownForMinutes: fc.constantFrom(0, 0, 3, 60),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('foreign') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('run'),
      killedAtWrite: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
      patience: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
    }),
  },
);

async function take(seller: UuidSeller, before: ReadonlySet<string>, what: Step): Promise<void> {
  const { market } = seller;
  if (what.do === 'run') {
    const { killedAtWrite, patience } = what;
    return void (await seller.run({ killedAtWrite, patience }));
  }
  seller.pass(MINUTE);
  if (what.do === 'buy') return void market.buy(what.purchases);
  if (what.do === 'foreign') return market.foreign();
  const open = [...market.sales.values()].filter(
    ({ id, state, replacedBy, mergedInto, isGone }) =>
      !before.has(id) &&
      !isGone &&
      [...replacedBy, ...mergedInto].length === 0 &&
      state === 'awaiting-payment',
  );
  const chosen = open[what.which % open.length];
  if (chosen === undefined) return;
  // An order into which others were merged silently must stay visible, because only it shows their purchases.
  const isHeir = [...market.sales.values()].some(({ mergedInto }) => mergedInto.includes(chosen.id));
  if (what.do === 'vanish' && isHeir) return;
  if (what.do === 'break') chosen.broken = 2;
  else if (what.do !== 'merge' && what.do !== 'mergeSilently') market[what.do](chosen);
  else {
    const other = open[what.other % open.length];
    if (other === undefined || other === chosen) return;
    if (what.do === 'merge') market.merge(chosen, other);
    else market.mergeSilently(chosen, other, what.shownForMinutes * MINUTE);
  }
}

describe('a marketplace with another protocol', () => {
  it('ends with every sale once and as it is, told by the feed, whatever happened and however workers died', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const seller = await connected();
        const before = new Set(seller.market.sales.keys());
        for (const what of steps) await take(seller, before, what);
        // Another sale, because without any readable order an outage cannot be told from vanished orders.
        seller.market.buy(1);
        // Broken readings are over by then, and a vanished order is quarantined after its fifth run.
        for (let run = 0; run < 8; run += 1) {
          seller.pass(10 * MINUTE);
          await seller.run();
        }
        await seller.processOrders();
        // A shop that sells on: where all orders of a merger are gone, only other orders tell that from an outage.
        for (let run = 0; run < 6; run += 1) {
          seller.pass(HOUR);
          seller.market.buy(1);
          await seller.run();
        }
        await seller.processOrders();
        seller.pass(DAY);
        await seller.processOrders();
        expectTruth(seller, before);
        expect(freshness(seller)).toBe('fresh');
      }),
      { numRuns: runs(60, 1_000) },
    );
  });

  it('is read with one call for a page and one for a few orders, and lists nothing', async () => {
    const seller = await connected();
    for (let sale = 0; sale < 3; sale += 1) seller.market.buy(2);
    seller.market.calls.length = 0;
    await seller.run();
    expect(seller.market.calls).toEqual(['page', 'page', 'read 3']);
    expect(seller.orders.rows.size).toBe(3 + 6);
  });

  it('is read on behind pages that hold events of other sellers only', async () => {
    const seller = await connected();
    for (let index = 0; index < 9; index += 1) seller.market.foreign();
    const sale = seller.market.buy(1);
    await seller.run();
    expect(contentOf(seller, sale.id)?.state).toBe('awaiting-payment');
  });

  it('ends a sale for good: nothing is released, and an older reading revives nothing', async () => {
    const seller = await connected();
    const sale = seller.market.buy(2);
    await seller.processOrders();
    seller.market.cancel(sale);
    await seller.processOrders();
    expect(contentOf(seller, sale.id)?.state).toBe('cancelled');
    expect(seller.orders.rows.get(orderIdOfSale(sale.id))?.changes).toEqual(['cancelled']);
    seller.market.pay(sale);
    await seller.processOrders();
    expect(contentOf(seller, sale.id)).toMatchObject({
      state: 'cancelled',
      flags: ['cancellation-contradicted'],
    });
    expect(seller.journal.bad.get(orderIdOfSale(sale.id))?.doubt?.lacks).toEqual(['cancelled']);
    expect(toldByFeed(seller).get(orderIdOfSale(sale.id))).toBe(
      seller.orders.rows.get(orderIdOfSale(sale.id))?.revision,
    );
    // The reading was older and came late; the next one shows the end again.
    sale.state = 'cancelled';
    await seller.processOrders();
    expect(contentOf(seller, sale.id)).not.toHaveProperty('flags');
    expect(seller.journal.bad.size).toBe(0);
  });

  it('has orders closed that were merged into another without a word, in the run that reads that one', async () => {
    const seller = await connected();
    const [one, other] = [seller.market.buy(1), seller.market.buy(2)];
    await seller.processOrders();
    const merged = seller.market.mergeSilently(one, other);
    seller.market.calls.length = 0;
    await seller.run();
    expect(seller.market.calls.filter((call) => call.startsWith('read'))).toEqual(['read 1', 'read 2']);
    for (const { id } of [one, other]) {
      expect(contentOf(seller, id)?.state).toBe('replaced');
      expect(seller.orders.rows.get(orderIdOfSale(id))?.heldBy).toEqual([merged.id]);
    }
    for (const id of merged.purchaseIds) expect(holdersOf(seller, id)).toEqual([orderIdOfSale(merged.id)]);
    expect(seller.journal.bad.size).toBe(0);
  });

  it('has orders in doubt as long as two of them show the same purchase, and closes those that go', async () => {
    const seller = await connected();
    const [one, other] = [seller.market.buy(1), seller.market.buy(1)];
    await seller.processOrders();
    const merged = seller.market.mergeSilently(one, other, 3 * MINUTE);
    await seller.run();
    const doubted = [one, other, merged].map(({ id }) => orderIdOfSale(id)).sort();
    expect([...seller.journal.bad.keys()].sort()).toEqual(doubted);
    expect([...seller.journal.bad.values()].map(({ doubt }) => doubt?.lacks)).toEqual([
      ['alone'],
      ['alone'],
      ['alone'],
    ]);
    seller.pass(4 * MINUTE);
    await seller.run();
    expect([one, other].map(({ id }) => contentOf(seller, id)?.state)).toEqual(['replaced', 'replaced']);
    expect(contentOf(seller, merged.id)?.state).toBe('awaiting-payment');
    expect(seller.journal.bad.size).toBe(0);
  });

  it('has merged orders closed and told by the feed, whatever write a worker dies at', async () => {
    for (let killedAtWrite = 1; killedAtWrite <= 40; killedAtWrite += 1) {
      const seller = await connected();
      const before = new Set(seller.market.sales.keys());
      const [one, other] = [seller.market.buy(1), seller.market.buy(2)];
      await seller.processOrders();
      const merged = seller.market.mergeSilently(one, other);
      await seller.run({ killedAtWrite });
      // The sale is shown twice for a moment, never nowhere.
      for (const id of merged.purchaseIds) expect(holdersOf(seller, id)).not.toEqual([]);
      await seller.processOrders();
      expectTruth(seller, before);
    }
  });

  it('keeps orders whose successor is gone before it was stored: those that it replaced are no heirs of it', async () => {
    const seller = await connected();
    const sold = [seller.market.buy(1), seller.market.buy(2)] as const;
    await seller.processOrders();
    seller.market.vanish(seller.market.merge(...sold));
    for (let run = 0; run < 6; run += 1) {
      seller.market.buy(1);
      await seller.run();
    }
    for (const { id, purchaseIds } of sold)
      for (const purchaseId of purchaseIds)
        expect(holdersOf(seller, purchaseId)).toEqual([orderIdOfSale(id)]);
  });

  it('has an order repaired that was merged into another without a word: it is closed', async () => {
    const seller = await connected();
    const [one, other] = [seller.market.buy(1), seller.market.buy(1)];
    await seller.processOrders();
    const merged = seller.market.mergeSilently(one, other, 3 * MINUTE);
    await seller.run();
    expect(contentOf(seller, one.id)?.state).toBe('awaiting-payment');
    seller.pass(4 * MINUTE);
    expect(await seller.repair(orderIdOfSale(one.id))).toBe('done');
    expect(contentOf(seller, one.id)?.state).toBe('replaced');
    expect(seller.orders.rows.get(orderIdOfSale(one.id))?.heldBy).toEqual([merged.id]);
  });

  it('keeps an order that is gone while one of its purchases is nowhere else', async () => {
    const seller = await connected();
    const [one, other] = [seller.market.buy(2), seller.market.buy(1)];
    await seller.processOrders();
    const merged = seller.market.mergeSilently(one, other);
    Object.assign(merged, { purchaseIds: merged.purchaseIds.slice(1) });
    for (let run = 0; run < 6; run += 1) await seller.run();
    expect(contentOf(seller, one.id)?.state).toBe('awaiting-payment');
    expect(seller.journal.bad.get(orderIdOfSale(one.id))).toMatchObject({
      reason: 'order-missing',
      quarantinedAtMillis: expect.any(Number),
    });
    expect(contentOf(seller, other.id)?.state).toBe('replaced');
  });

  it.each(['merge', 'mergeSilently'] as const)(
    'lets the purchases of an order that ends stand on their own, though one that is closed once held them (%s)',
    async (how) => {
      const seller = await connected();
      const [one, other] = [seller.market.buy(1), seller.market.buy(1)];
      await seller.processOrders();
      const merged = seller.market[how](one, other);
      await seller.processOrders();
      seller.market.release(merged);
      await seller.processOrders();
      expect(contentOf(seller, merged.id)?.state).toBe('released');
      for (const id of merged.purchaseIds)
        expect(seller.orders.rows.get(orderIdOfPurchase(id))?.content?.state).toBe('awaiting-details');
    },
  );

  it('has orders replaced that only its lists tell of, once, and reads them no more', async () => {
    const seller = await connected({ hasLists: true });
    const before = new Set(seller.market.sales.keys());
    const [one, other] = [seller.market.buy(1), seller.market.buy(2)];
    await seller.processOrders();
    seller.pass(DAY);
    await seller.processOrders();
    const merged = seller.market.mergeUntold(one, other);
    seller.pass(DAY);
    await seller.processOrders();
    expectTruth(seller, before);
    expect(contentOf(seller, merged.id)?.state).toBe('awaiting-payment');
    expect([one, other].map(({ id }) => seller.listed.sale(id)?.kind)).toEqual(['replaced', 'replaced']);
    seller.market.calls.length = 0;
    seller.pass(DAY);
    await seller.processOrders();
    // Unpaid orders are read again every night: the merged order, and one from before the connect.
    expect(seller.market.calls.filter((call) => call.startsWith('read'))).toEqual(['read 2']);
    expect(seller.journal.bad.size).toBe(0);
  });

  it('has an order replaced only after its successor is stored, whatever write a worker dies at', async () => {
    for (let killedAtWrite = 1; killedAtWrite <= 40; killedAtWrite += 1) {
      const seller = await connected();
      const before = new Set(seller.market.sales.keys());
      const [one, other] = [seller.market.buy(1), seller.market.buy(2)];
      await seller.processOrders();
      const merged = seller.market.merge(one, other);
      await seller.run({ killedAtWrite });
      const isClosed = contentOf(seller, one.id)?.state === 'replaced';
      if (isClosed) expect(contentOf(seller, merged.id)).toBeDefined();
      await seller.processOrders();
      expectTruth(seller, before);
    }
  });

  it('has an order that cannot be read quarantined, seen, repaired and fresh again', async () => {
    const seller = await connected();
    const good = seller.market.buy(1);
    await seller.processOrders();
    const bad = seller.market.buy(2);
    bad.broken = 1_000;
    const late = seller.market.buy(1);
    for (let run = 1; run <= 4; run += 1) {
      await seller.run();
      seller.pass(5 * MINUTE);
      expect(seller.journal.bad.get(orderIdOfSale(bad.id))).toMatchObject({ tries: run });
      expect(contentOf(seller, late.id)?.state).toBe('awaiting-payment');
    }
    expect(freshness(seller)).toBe('late');
    await seller.run();
    await seller.processOrders();
    expect(seller.journal.bad.get(orderIdOfSale(bad.id))).toMatchObject({
      reason: 'order-unreadable',
      detail: 'lineItems: not a list',
      quarantinedAtMillis: expect.any(Number),
    });
    expect(freshness(seller)).toBe('fresh');
    expect(await seller.repair(orderIdOfSale(bad.id))).toBe('failed');
    bad.broken = 0;
    expect(await seller.repair(orderIdOfSale(bad.id))).toBe('done');
    expect(contentOf(seller, bad.id)?.replaces).toEqual(bad.purchaseIds);
    expect(seller.journal.bad.size).toBe(0);
    expect(contentOf(seller, good.id)?.state).toBe('awaiting-payment');
  });

  it('has an order repaired that nobody knows and that another has replaced: that one is stored', async () => {
    const seller = await connected();
    const merged = seller.market.merge(seller.market.buy(1), seller.market.buy(1));
    const [old = ''] = [...seller.market.sales.values()].flatMap(({ id, replacedBy }) =>
      replacedBy.includes(merged.id) ? [id] : [],
    );
    expect(await seller.repair(orderIdOfSale(old))).toBe('done');
    expect(contentOf(seller, merged.id)?.replaces).toEqual(merged.purchaseIds);
    expect(contentOf(seller, old)).toBeUndefined();
    expect(await seller.repair('order:5d1c2f60-0a11-11f1-9b3e-4f6a1c2d7e10')).toBe('unnamed');
  });

  it('shows surcharges within their order, which costs no call of their own', async () => {
    const seller = await connected();
    const sale = seller.market.buy(1);
    seller.market.charge(sale, 500);
    await seller.processOrders();
    seller.market.charge(sale, 700);
    seller.market.calls.length = 0;
    await seller.processOrders();
    expect(contentOf(seller, sale.id)?.surcharges?.map(({ amount }) => amount?.minor)).toEqual([500, 700]);
    expect(seller.market.calls.filter((call) => call.startsWith('read'))).toEqual(['read 1']);
  });

  it('has the feed told of an order that a killed worker has stored and that is gone since', async () => {
    for (let killedAtWrite = 1; killedAtWrite <= 10; killedAtWrite += 1) {
      const seller = await connected();
      const sale = seller.market.buy(1);
      await seller.run({ killedAtWrite });
      seller.market.vanish(sale);
      seller.market.buy(1);
      for (let run = 0; run < 6; run += 1) await seller.run();
      expect([killedAtWrite, untold(seller.orders)]).toEqual([killedAtWrite, []]);
    }
  });

  it('whose journal begins anew is read from its new beginning, and what it may have lost is told', async () => {
    const seller = await connected();
    for (let sale = 0; sale < 9; sale += 1) seller.market.buy(1);
    await seller.processOrders();
    seller.market.beginAnew();
    const sold = [seller.market.buy(1), seller.market.buy(2), seller.market.buy(1)];
    await seller.processOrders();
    expect(sold.map(({ id }) => contentOf(seller, id))).toEqual([undefined, undefined, undefined]);
    for (let hour = 0; hour < 3; hour += 1) {
      seller.pass(HOUR);
      await seller.processOrders();
    }
    expect(seller.accounts.row.gap?.found?.state).toBe('unfilled');
    sold.push(seller.market.buy(1));
    await seller.processOrders();
    for (const { id } of sold) expect(contentOf(seller, id)?.state).toBe('awaiting-payment');
  });

  it('cannot fill what its journal has forgotten, says so, and goes on', async () => {
    const seller = await connected();
    const known = seller.market.buy(1);
    await seller.processOrders();
    const forgotten = seller.market.buy(1);
    seller.pass(3 * DAY);
    seller.market.journal.length = 0;
    const next = seller.market.buy(1);
    await seller.processOrders();
    seller.pass(HOUR);
    await seller.processOrders();
    expect(seller.accounts.row.gap?.found?.state).toBe('unfilled');
    expect(contentOf(seller, forgotten.id)).toBeUndefined();
    expect(contentOf(seller, known.id)?.state).toBe('awaiting-payment');
    expect(contentOf(seller, next.id)?.state).toBe('awaiting-payment');
    const after = seller.market.buy(1);
    await seller.processOrders();
    expect(contentOf(seller, after.id)?.state).toBe('awaiting-payment');
  });
});
