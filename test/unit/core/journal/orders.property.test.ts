import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HOUR, plus } from '../../../../functions/core/base/time.ts';
import { readChanges } from '../../../../functions/core/feed/changes.ts';
import { emptyTally, retryUnconfirmed } from '../../../../functions/core/ingest/process-orders.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import type { Form, PaymentMethod, PaymentStatus } from '../../../../functions/core/marketplace/sales.ts';
import { isLive, type OrderContent } from '../../../../functions/core/orders/order.ts';
import type { OrderRow } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { cancelled, formOf, SETTINGS } from '../../../support/forms.ts';
import { memoryFeeds } from '../../../support/memory-feed.ts';
import { type MemoryJournal, memoryJournal } from '../../../support/memory-journal.ts';
import { type MemoryOrders, memoryOrders } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';

const DEALS = 6;
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
  { weight: 2, arbitrary: fc.record({ do: fc.constant('buy' as const), deal: fc.nat(DEALS - 1) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      deals: fc.uniqueArray(fc.nat(DEALS - 1), { minLength: 1, maxLength: 3 }),
      method: fc.constantFrom(...METHODS),
      status: fc.constantFrom(...STATUSES),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), form: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      form: fc.nat(5),
      status: fc.constantFrom(...STATUSES),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('surcharge' as const), form: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pay-surcharge' as const), form: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('send' as const), form: fc.nat(5) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** An event that the journal will tell at some time: a deal, and its form or surcharge. */
type Hint = readonly [deal: string, formId?: string];

/** The true state of the shop. */
class Life {
  readonly market: Shop = shop({
    ...SETTINGS,
    journalPageSize: 4,
    formBatchSize: 3,
    fillsJournalPages: false,
  });
  readonly bought = new Set<string>();
  readonly forms: string[] = [];
  /**
   * Forms whose payment was finished or withdrawn and is so no more: their readings are doubted for a day.
   */
  readonly takenBack = new Set<string>();
  #surcharges = 0;

  form = (id: string): Form => this.market.forms.get(id) ?? formOf(id, []);
  deals = (id: string): string[] => this.form(id).lines.flatMap(({ deals }) => deals.map((d) => d.dealId));
  isDead = (id: string): boolean =>
    this.form(id).cancelledAt !== undefined ||
    ['rejected', 'cancelled'].includes(this.form(id).payment.status);
  holder = (deal: string): string | undefined =>
    this.forms.find((id) => !this.isDead(id) && this.deals(id).includes(deal));

  /** Carries an action out; returns the events that tell of it. */
  do(what: Step): Hint[] {
    if (what.do === 'buy') return this.#buy([`d${what.deal}`]);
    if (what.do === 'fill') return this.#fill(what);
    const id = this.forms[what.form % this.forms.length];
    if (id === undefined || this.isDead(id)) return [];
    const form = this.form(id);
    if (what.do === 'cancel') this.market.forms.set(id, cancelled(form));
    if (what.do === 'pay') {
      const paid = { ...form, payment: { ...form.payment, status: what.status } };
      this.market.forms.set(id, paid);
      if (stageOf(paid) < stageOf(form)) this.takenBack.add(`form:${id}`);
    }
    if (what.do === 'send') {
      const parcels = [
        ...form.parcels,
        { carrier: { id: '1' }, number: `p${form.parcels.length}`, status: '' },
      ];
      this.market.forms.set(id, { ...form, sentBySeller: true, parcels });
    }
    if (what.do === 'pay-surcharge') return this.#paySurcharge(form);
    const extra = what.do === 'surcharge' ? [this.#surcharge(form)] : [];
    return this.deals(id).flatMap((deal): Hint[] => [[deal, id], ...extra.map((one): Hint => [deal, one])]);
  }

  #buy(deals: readonly string[]): Hint[] {
    const fresh = deals.filter((deal) => !this.bought.has(deal));
    for (const deal of fresh) this.bought.add(deal);
    return fresh.map((deal): Hint => [deal]);
  }

  #fill(what: Step & { do: 'fill' }): Hint[] {
    const deals = what.deals.map((deal) => `d${deal}`).filter((deal) => this.holder(deal) === undefined);
    if (deals.length === 0 || this.forms.length >= 6) return [];
    const hints = this.#buy(deals);
    const id = `f${this.forms.length}`;
    const form = formOf(id, deals);
    const payment = { ...form.payment, method: what.method, status: what.status };
    this.market.forms.set(id, { ...form, payment });
    this.forms.push(id);
    return [...hints, ...deals.map((deal): Hint => [deal, id])];
  }

  #surcharge(main: Form): string {
    this.#surcharges += 1;
    const id = `s${this.#surcharges}`;
    const { payment, ...rest } = formOf(id, []);
    const unpaid = { ...payment, status: 'started' as const };
    this.market.forms.set(id, { ...rest, payment: unpaid, lines: [], total: pln(this.#surcharges * 100) });
    this.market.forms.set(main.id, { ...main, surchargeIds: [...main.surchargeIds, id] });
    return id;
  }

  /** The journal names only the surcharge, not its form. */
  #paySurcharge(main: Form): Hint[] {
    const id = main.surchargeIds.at(-1);
    if (id === undefined) return [];
    const form = this.form(id);
    this.market.forms.set(id, { ...form, payment: { ...form.payment, status: 'finished' } });
    return [[this.deals(main.id)[0] ?? '', id]];
  }
}

const LIVE_STATES: Readonly<Record<string, string>> = {
  'cash-on-delivery': 'ready-to-ship',
  'bank-transfer': 'awaiting-manual-payment',
  'not-specified': 'awaiting-manual-payment',
  online: 'awaiting-payment',
};

function expectedState({ payment }: Form): string {
  if (payment.status === 'withdrawn') return 'payment-withdrawn';
  if (payment.method !== 'cash-on-delivery' && payment.status === 'finished') return 'paid';
  return LIVE_STATES[payment.method] ?? '';
}

function stageOf(form: Form): number {
  const state = ['rejected', 'cancelled'].includes(form.payment.status)
    ? 'payment-withdrawn'
    : expectedState(form);
  return ['awaiting-payment', 'awaiting-manual-payment'].includes(state)
    ? 0
    : 1 + Number(state === 'payment-withdrawn');
}

/** The live orders of the shop. */
function expectedLive(life: Life): Record<string, object> {
  const live: Record<string, object> = {};
  for (const id of life.forms.filter((one) => !life.isDead(one))) {
    const form = life.form(id);
    live[`form:${id}`] = {
      state: expectedState(form),
      replaces: life.deals(id),
      total: form.total,
      parcels: form.parcels.map(({ number }) => number),
      surcharges: form.surchargeIds.map((one) => [one, life.form(one).total, life.form(one).payment.status]),
    };
  }
  for (const deal of life.bought) {
    if (life.holder(deal) !== undefined) continue;
    live[`deal:${deal}`] = {
      state: 'awaiting-form',
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
  use: { market: Shop; orders: MemoryOrders; journal: MemoryJournal; cursor: string },
  writes: number,
): Promise<string> {
  const { market, orders, journal, cursor } = use;
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
      // Orders that showed the same deal for a while are in doubt until a run reads them again.
      const later = drainDeps({ shop: market, orders, journal, clock: () => plus(NOW, HOUR) });
      await retryUnconfirmed(later, emptyTally());
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
