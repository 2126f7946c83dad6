import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HOUR, plus } from '../../../../functions/core/base/time.ts';
import { readChanges } from '../../../../functions/core/feed/changes.ts';
import { emptyTally, retryFailed } from '../../../../functions/core/ingest/process-orders.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import type { PaymentMethod, PaymentStatus, Sale } from '../../../../functions/core/marketplace/sales.ts';
import { isLive, type OrderContent } from '../../../../functions/core/orders/order.ts';
import type { OrderRow } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryFeeds } from '../../../support/memory-feed.ts';
import { type MemoryJournal, memoryJournal } from '../../../support/memory-journal.ts';
import { type MemoryOrders, memoryOrders } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { cancelled, SETTINGS, saleOf } from '../../../support/sales.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';

const PURCHASES = 6;
const STATUSES: readonly PaymentStatus[] = [
  'none',
  'started',
  'finished',
  'rejected',
  'withdrawn',
  'cancelled',
  'unknown',
];
const METHODS: readonly PaymentMethod[] = ['online', 'cash-on-delivery', 'bank-transfer', 'not-specified'];
const pln = (minor: number) => ({ minor, currency: 'PLN' });

/** An action of the buyer or the seller; an impossible action does nothing. */
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('buy' as const), purchase: fc.nat(PURCHASES - 1) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      purchases: fc.uniqueArray(fc.nat(PURCHASES - 1), { minLength: 1, maxLength: 3 }),
      method: fc.constantFrom(...METHODS),
      status: fc.constantFrom(...STATUSES),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), sale: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      sale: fc.nat(5),
      status: fc.constantFrom(...STATUSES),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('surcharge' as const), sale: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pay-surcharge' as const), sale: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('send' as const), sale: fc.nat(5) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** An event that the journal will tell at some time: a purchase, and its sale or surcharge. */
type Hint = readonly [purchase: string, saleId?: string];

/** The true state of the shop. */
class Life {
  readonly market: Shop = shop({
    ...SETTINGS,
    journalPageSize: 4,
    saleBatchSize: 3,
    fillsJournalPages: false,
  });
  readonly bought = new Set<string>();
  readonly sales: string[] = [];
  /**
   * Sales whose payment was finished or withdrawn and is so no more: their readings are doubted for a day.
   */
  readonly takenBack = new Set<string>();
  #surcharges = 0;

  sale = (id: string): Sale => this.market.sales.get(id) ?? saleOf(id, []);
  purchases = (id: string): string[] =>
    this.sale(id).lines.flatMap(({ purchases }) => purchases.map((d) => d.purchaseId));
  isDead = (id: string): boolean =>
    this.sale(id).cancelledAt !== undefined ||
    ['rejected', 'cancelled'].includes(this.sale(id).payment.status);
  holder = (purchase: string): string | undefined =>
    this.sales.find((id) => !this.isDead(id) && this.purchases(id).includes(purchase));

  /** Carries an action out; returns the events that tell of it. */
  do(what: Step): Hint[] {
    if (what.do === 'buy') return this.#buy([`d${what.purchase}`]);
    if (what.do === 'fill') return this.#fill(what);
    const id = this.sales[what.sale % this.sales.length];
    if (id === undefined || this.isDead(id)) return [];
    const sale = this.sale(id);
    if (what.do === 'cancel') this.market.sales.set(id, cancelled(sale));
    if (what.do === 'pay') {
      const paid = { ...sale, payment: { ...sale.payment, status: what.status } };
      this.market.sales.set(id, paid);
      if (stageOf(paid) < stageOf(sale)) this.takenBack.add(`order:${id}`);
    }
    if (what.do === 'send') {
      const parcels = [
        ...sale.parcels,
        { carrier: { id: '1' }, number: `p${sale.parcels.length}`, status: '' },
      ];
      this.market.sales.set(id, { ...sale, sentBySeller: true, parcels });
    }
    if (what.do === 'pay-surcharge') return this.#paySurcharge(sale);
    const extra = what.do === 'surcharge' ? [this.#surcharge(sale)] : [];
    return this.purchases(id).flatMap((purchase): Hint[] => [
      [purchase, id],
      ...extra.map((one): Hint => [purchase, one]),
    ]);
  }

  #buy(purchases: readonly string[]): Hint[] {
    const fresh = purchases.filter((purchase) => !this.bought.has(purchase));
    for (const purchase of fresh) this.bought.add(purchase);
    return fresh.map((purchase): Hint => [purchase]);
  }

  #fill(what: Step & { do: 'fill' }): Hint[] {
    const purchases = what.purchases
      .map((purchase) => `d${purchase}`)
      .filter((purchase) => this.holder(purchase) === undefined);
    if (purchases.length === 0 || this.sales.length >= 6) return [];
    const hints = this.#buy(purchases);
    const id = `f${this.sales.length}`;
    const sale = saleOf(id, purchases);
    const payment = { ...sale.payment, method: what.method, status: what.status };
    this.market.sales.set(id, { ...sale, payment });
    this.sales.push(id);
    return [...hints, ...purchases.map((purchase): Hint => [purchase, id])];
  }

  #surcharge(main: Sale): string {
    this.#surcharges += 1;
    const id = `s${this.#surcharges}`;
    const { payment, ...rest } = saleOf(id, []);
    const unpaid = { ...payment, status: 'started' as const };
    this.market.sales.set(id, { ...rest, payment: unpaid, lines: [], total: pln(this.#surcharges * 100) });
    this.market.sales.set(main.id, { ...main, surchargeIds: [...main.surchargeIds, id] });
    return id;
  }

  /** The journal names only the surcharge, not its sale. */
  #paySurcharge(main: Sale): Hint[] {
    const id = main.surchargeIds.at(-1);
    if (id === undefined) return [];
    const sale = this.sale(id);
    this.market.sales.set(id, { ...sale, payment: { ...sale.payment, status: 'finished' } });
    return [[this.purchases(main.id)[0] ?? '', id]];
  }
}

const LIVE_STATES: Readonly<Record<string, string>> = {
  'cash-on-delivery': 'ready-to-ship',
  'bank-transfer': 'awaiting-manual-payment',
  'not-specified': 'awaiting-manual-payment',
  online: 'awaiting-payment',
};

function expectedState({ payment }: Sale): string {
  if (payment.status === 'withdrawn') return 'payment-withdrawn';
  if (payment.method !== 'cash-on-delivery' && payment.status === 'finished') return 'paid';
  return LIVE_STATES[payment.method] ?? '';
}

function stageOf(sale: Sale): number {
  const state = ['rejected', 'cancelled'].includes(sale.payment.status)
    ? 'payment-withdrawn'
    : expectedState(sale);
  return ['awaiting-payment', 'awaiting-manual-payment'].includes(state)
    ? 0
    : 1 + Number(state === 'payment-withdrawn');
}

/** The live orders of the shop. */
function expectedLive(life: Life): Record<string, object> {
  const live: Record<string, object> = {};
  for (const id of life.sales.filter((one) => !life.isDead(one))) {
    const sale = life.sale(id);
    live[`order:${id}`] = {
      state: expectedState(sale),
      replaces: life.purchases(id),
      total: sale.total,
      parcels: sale.parcels.map(({ number }) => number),
      surcharges: sale.surchargeIds.map((one) => [one, life.sale(one).total, life.sale(one).payment.status]),
    };
  }
  for (const purchase of life.bought) {
    if (life.holder(purchase) !== undefined) continue;
    live[`purchase:${purchase}`] = {
      state: 'awaiting-details',
      replaces: [],
      total: pln(1_050),
      parcels: [],
      surcharges: [],
    };
  }
  return live;
}

function liveOf(rows: Iterable<Pick<OrderRow, 'orderId' | 'content'>>): Record<string, object> {
  const shown = [...rows].flatMap(({ orderId, content }) =>
    content === undefined || !isLive(content.state) ? [] : [[orderId, factsOf(content)] as const],
  );
  return Object.fromEntries(shown);
}

const factsOf = ({ state, replaces, total, delivery, surcharges = [] }: OrderContent) => ({
  state,
  replaces,
  total,
  parcels: (delivery?.parcels ?? []).map(({ number }) => number),
  surcharges: surcharges.map(({ id, amount, payment }) => [id, amount, payment?.status]),
});

/** Runs from this cursor; the worker dies after `writes` writes. Returns the last saved cursor. */
async function run(
  {
    market,
    orders,
    journal,
    cursor,
  }: { market: Shop; orders: MemoryOrders; journal: MemoryJournal; cursor: string },
  writes: number,
): Promise<string> {
  let left = writes;
  orders.onWrite = () => {
    left -= 1;
    if (left < 0) throw new Error('killed');
  };
  const deps = drainDeps({ shop: market, orders, journal });
  try {
    return (await drain(deps, cursor)).cursor;
  } catch (error) {
    if ((error as Error).message !== 'killed') throw error;
    return deps.saved.at(-1) ?? cursor;
  }
}

/** Reads on from its position, at most a page, and keeps the last row of each order. */
function follower(orders: MemoryOrders) {
  const deps = memoryFeeds(new Map([['a', orders]]));
  const held = new Map<string, OrderRow>();
  let positions: Awaited<ReturnType<typeof readChanges>>['positions'] = new Map();
  return {
    held,
    read: async (): Promise<boolean> => {
      const page = await readChanges(deps, { accountIds: ['a'], positions, limit: 3 });
      for (const { orderId, row } of page.changes) if (row !== undefined) held.set(orderId, row);
      ({ positions } = page);
      return page.changes.length > 0;
    },
  };
}

const hiccups = fc.record({
  steps: fc.array(step, { maxLength: 6 }),
  /** The waiting events that the journal tells now, in this order, some twice; the others come later. */
  told: fc.array(fc.nat(), { maxLength: 12 }),
  writes: fc.nat(20),
});

it('orders end as the shop says, and so does what readers saw, whatever becomes of events and workers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hiccups, { minLength: 1, maxLength: 6 }), fc.nat(), async (rounds, salt) => {
      const life = new Life();
      const { market } = life;
      const orders = memoryOrders();
      const journal = memoryJournal();
      const reader = follower(orders);
      const waiting: Hint[] = [];
      let cursor = '0';
      const tell = (hint: Hint | undefined) => hint && market.event('unknown', hint[0], hint[1]);
      for (const { steps, told, writes } of rounds) {
        for (const one of steps) waiting.push(...life.do(one));
        for (const pick of told) {
          const index = waiting.length === 0 ? 0 : pick % waiting.length;
          const hint = waiting[index];
          if (pick % 3 > 0) waiting.splice(index, 1);
          tell(hint);
        }
        cursor = await run({ market, orders, journal, cursor }, writes);
        await reader.read();
      }
      const rest = waiting.map((hint, index) => [Math.imul(index + 1, salt | 1) >>> 3, hint] as const);
      for (const [, hint] of rest.sort(([a], [b]) => a - b)) tell(hint);
      await run({ market, orders, journal, cursor }, Number.POSITIVE_INFINITY);
      // Orders that showed the same purchase for a while are in doubt until a run reads them again.
      const later = drainDeps({ shop: market, orders, journal, clock: () => plus(NOW, HOUR) });
      await retryFailed(later, emptyTally());
      while (await reader.read());
      const expected = expectedLive(life);
      expect(liveOf(orders.rows.values())).toEqual(expected);
      expect(liveOf(reader.held.values())).toEqual(expected);
      const bad = [...journal.bad.values()].filter(({ orderId }) => !life.takenBack.has(orderId));
      expect(bad).toEqual([]);
    }),
    { numRuns: runs(200, 2_000) },
  );
});
