import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { type FaultReason, MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import type { PaymentStatus, Sale } from '../../../../functions/core/marketplace/sales.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { saleOf } from '../../../support/sales.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';

const refusal = (reason: FaultReason) =>
  new MarketplaceFault({ reason, outcome: 'answered', operation: 'one call', code: 'ERR_X' });

/** A call that fails whenever it asks for this sale or offer. */
interface BadCall {
  readonly method: 'sales' | 'unpaid' | 'buyers';
  /** Id of a sale or an offer. */
  readonly id: string;
  readonly how: FaultReason | 'missing' | 'unreadable';
}

function breakCall(market: Shop, { method, id, how }: BadCall): void {
  const { sales, unpaid, buyers } = market.source;
  const refuse = () => Promise.reject(refusal(how as FaultReason));
  const isAbsent = how === 'missing' || how === 'unreadable';
  if (method === 'unpaid')
    market.source.unpaid = (handle, purchase, options) =>
      purchase.offerId === id ? refuse() : unpaid(handle, purchase, options);
  else if (method === 'buyers')
    market.source.buyers = (handle, query, options) =>
      query.offerIds.includes(id) ? refuse() : buyers(handle, query, options);
  else
    market.source.sales = async (handle, ids, options) => {
      if (!ids.includes(id)) return await sales(handle, ids, options);
      if (!isAbsent) return await refuse();
      const others = await sales(
        handle,
        ids.filter((one) => one !== id),
        options,
      );
      return {
        ...others,
        unreadable: how === 'unreadable' ? [{ id, why: 'postBuyFormPayType: missing' }] : [],
      };
    };
}

/** The account's runs, ten minutes apart, each from the cursor of the run before. */
function runsOf(market: Shop) {
  const [orders, journal] = [memoryOrders(), memoryJournal()];
  let [cursor, goodSaleId, count]: [string, string | undefined, number] = ['0', undefined, 0];
  return {
    orders,
    journal,
    isProcessed: () => cursor === (market.journal.at(-1)?.id ?? '0'),
    async run() {
      const clock = () => plus(NOW, count * 10 * MINUTE);
      const known = goodSaleId === undefined ? {} : { goodSaleId };
      count += 1;
      const drained = await drain(drainDeps({ shop: market, orders, journal, clock, ...known }), cursor);
      ({ cursor } = drained);
      // As long as an event is not processed, the time of the oldest such event is told.
      const next = market.journal.find(({ id }) => BigInt(id) > BigInt(cursor));
      expect(drained.openSinceSeconds).toBe(next?.atSeconds);
      goodSaleId = drained.goodSaleId ?? goodSaleId;
    },
  };
}

interface Sold {
  readonly purchaseId: string;
  readonly offerId: string;
  readonly buyerId: string;
}

/** A sale of a buyer with a line per purchase. */
function sale(id: string, purchases: readonly [Sold, ...Sold[]], status: PaymentStatus): Sale {
  const { payment, buyer, ...others } = saleOf(id, []);
  return {
    ...others,
    buyer: { ...buyer, id: purchases[0].buyerId },
    lines: purchases.flatMap(({ purchaseId, offerId }) =>
      saleOf(id, [purchaseId]).lines.map((line) => ({ ...line, offerId })),
    ),
    payment: { ...payment, status },
  };
}

/** Buyer B's first sale is cancelled and the second paid; buyer A never fills one. */
function sharedOffer(market: Shop): void {
  const B = { purchaseId: 'B', offerId: '8000000001', buyerId: '77' };
  market.event('purchased', 'B');
  market.event('sale-created', 'B', 'F1');
  market.event('released', 'B', 'F1');
  market.event('sale-created', 'B', 'F2');
  market.event('purchased', 'A');
  market.sales.set('F1', sale('F1', [B], 'cancelled'));
  market.sales.set('F2', sale('F2', [B], 'finished'));
}

describe('an offer whose buyers can never be asked for', () => {
  it('fails the purchase that needs them, not the one that a live sale holds', async () => {
    const market = shop();
    sharedOffer(market);
    breakCall(market, { method: 'buyers', id: '8000000001', how: 'business' });
    const account = runsOf(market);
    await account.run();
    expect(account.orders.rows.get('order:F2')?.content?.state).toBe('paid');
    expect(account.orders.rows.get('purchase:B')?.heldBy).toEqual(['F2']);
    expect([...account.journal.bad.keys()]).toEqual(['purchase:A']);
    for (let run = 2; run <= 4; run += 1) await account.run();
    expect(account.isProcessed()).toBe(false);
    await account.run();
    expect(account.journal.bad.get('purchase:A')).toMatchObject({
      tries: 5,
      quarantinedAtMillis: expect.any(Number),
    });
    expect(account.isProcessed()).toBe(true);
    const before = market.calls.length;
    await account.run();
    expect(market.calls.slice(before)).toEqual(['saleEvents']);
  });
});

describe('a call that fails for ever', () => {
  const purchase = fc.record({
    offer: fc.integer({ min: 0, max: 2 }),
    buyer: fc.integer({ min: 0, max: 2 }),
    /** Endings of the purchase's sales, one after the other; none if no sale is ever filled. */
    sales: fc.array(fc.constantFrom<PaymentStatus>('finished', 'cancelled', 'started'), { maxLength: 3 }),
    /** Whether the purchase's sales take in the purchase before it, too. */
    joins: fc.boolean(),
  });
  const call = fc.record({
    method: fc.constantFrom('sales', 'sales', 'unpaid', 'buyers'),
    pick: fc.nat(),
    how: fc.constantFrom('business', 'unknown-answer', 'bad-input', 'missing', 'unreadable'),
  });

  it('holds up no event for more than a few runs, whatever the shop lives through', async () => {
    const life = fc.record({
      purchases: fc.array(purchase, { minLength: 1, maxLength: 8 }),
      call,
      order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      /** Number of events that come before the next run, run by run. */
      portions: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 6 }),
      /**
       * Number of runs before the call begins to fail, so that its sale may have become the known good one.
       */
      goodRuns: fc.integer({ min: 0, max: 4 }),
    });
    const holds = fc.asyncProperty(life, async ({ purchases, call, order, portions, goodRuns }) => {
      const market = shop();
      const events = eventsOf(market, purchases);
      const waiting = shuffled(events, order);
      const saleIds = [...market.sales.keys()];
      const { method, pick, how } = call;
      const isSale = method === 'sales' && saleIds.length > 0;
      const id = isSale ? (saleIds[pick % saleIds.length] ?? '') : `offer${pick % 3}`;
      const isAnswer = how !== 'missing' && how !== 'unreadable';
      const account = runsOf(market);
      for (const [run, portion] of [...portions, waiting.length].entries()) {
        if (run === Math.min(goodRuns, portions.length) && (isSale || isAnswer))
          breakCall(market, { method: isSale ? 'sales' : method, id, how });
        for (const tell of waiting.splice(0, portion)) tell();
        await account.run();
      }
      for (let runs = 0; runs < 6; runs += 1) await account.run();
      expect(account.isProcessed()).toBe(true);
    });
    await fc.assert(holds, { numRuns: runs(100, 1_000), endOnFailure: true });
  });
});

type Purchases = readonly { offer: number; buyer: number; sales: readonly PaymentStatus[]; joins: boolean }[];

function eventsOf(market: Shop, purchases: Purchases): (() => void)[] {
  const events: (() => void)[] = [];
  let last: Sold | undefined;
  for (const [index, { offer, buyer, sales, joins }] of purchases.entries()) {
    const before = joins ? last : undefined;
    const own = {
      purchaseId: `D${index}`,
      offerId: `offer${offer}`,
      buyerId: before?.buyerId ?? `buyer${buyer}`,
    };
    const held: [Sold, ...Sold[]] = before === undefined ? [own] : [own, before];
    last = own;
    events.push(() => market.event('purchased', own.purchaseId, undefined, own));
    for (const [turn, status] of sales.entries()) {
      const saleId = `F${index}.${turn}`;
      market.sales.set(saleId, sale(saleId, held, status));
      const kind = status === 'cancelled' ? 'released' : 'payment-finished';
      for (const sold of held) {
        events.push(() => market.event('sale-created', sold.purchaseId, saleId, sold));
        if (status !== 'started') events.push(() => market.event(kind, sold.purchaseId, saleId, sold));
      }
    }
  }
  return events;
}

/** The items in the order that the numbers give. */
const shuffled = <T>(items: readonly T[], order: readonly number[]): T[] =>
  items
    .map((item, index) => ({ item, place: order[index % order.length] ?? 0 }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
