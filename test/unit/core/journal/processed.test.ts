import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { type FaultReason, MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import type { Form, PaymentStatus } from '../../../../functions/core/marketplace/sales.ts';
import { NOW } from '../../../support/accounts.ts';
import { formOf } from '../../../support/forms.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';

const refusal = (reason: FaultReason) =>
  new MarketplaceFault({ reason, outcome: 'answered', operation: 'one call', code: 'ERR_X' });

/** A call that fails whenever it asks for this form or offer. */
interface BadCall {
  readonly method: 'forms' | 'unpaidDeals' | 'buyers';
  /** Id of a form or an offer. */
  readonly id: string;
  readonly how: FaultReason | 'missing' | 'unreadable';
}

function breakCall(market: Shop, { method, id, how }: BadCall): void {
  const { forms, unpaidDeals, buyers } = market.source;
  const refuse = () => Promise.reject(refusal(how as FaultReason));
  const isAbsent = how === 'missing' || how === 'unreadable';
  if (method === 'unpaidDeals')
    market.source.unpaidDeals = (handle, purchase, options) =>
      purchase.offerId === id ? refuse() : unpaidDeals(handle, purchase, options);
  else if (method === 'buyers')
    market.source.buyers = (handle, query, options) =>
      query.offerIds.includes(id) ? refuse() : buyers(handle, query, options);
  else
    market.source.forms = async (handle, ids, options) => {
      if (!ids.includes(id)) return await forms(handle, ids, options);
      if (!isAbsent) return await refuse();
      const others = await forms(
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
  let [cursor, goodFormId, count]: [string, string | undefined, number] = ['0', undefined, 0];
  return {
    orders,
    journal,
    isProcessed: () => cursor === (market.journal.at(-1)?.id ?? '0'),
    async run() {
      const clock = () => plus(NOW, count * 10 * MINUTE);
      const known = goodFormId === undefined ? {} : { goodFormId };
      count += 1;
      const drained = await drain(drainDeps({ shop: market, orders, journal, clock, ...known }), cursor);
      ({ cursor } = drained);
      // As long as an event is not processed, the time of the oldest such event is told.
      const next = market.journal.find(({ id }) => BigInt(id) > BigInt(cursor));
      expect(drained.openSinceSeconds).toBe(next?.atSeconds);
      goodFormId = drained.goodFormId ?? goodFormId;
    },
  };
}

interface Sold {
  readonly dealId: string;
  readonly offerId: string;
  readonly buyerId: string;
}

/** A form of a buyer with a line per deal. */
function form(id: string, deals: readonly [Sold, ...Sold[]], status: PaymentStatus): Form {
  const { payment, buyer, ...others } = formOf(id, []);
  return {
    ...others,
    buyer: { ...buyer, id: deals[0].buyerId },
    lines: deals.flatMap(({ dealId, offerId }) =>
      formOf(id, [dealId]).lines.map((line) => ({ ...line, offerId })),
    ),
    payment: { ...payment, status },
  };
}

/** Buyer B's first form is cancelled and the second paid; buyer A never fills one. */
function sharedOffer(market: Shop): void {
  const B = { dealId: 'B', offerId: '8000000001', buyerId: '77' };
  market.event('deal-created', 'B');
  market.event('form-created', 'B', 'F1');
  market.event('released', 'B', 'F1');
  market.event('form-created', 'B', 'F2');
  market.event('deal-created', 'A');
  market.forms.set('F1', form('F1', [B], 'cancelled'));
  market.forms.set('F2', form('F2', [B], 'finished'));
}

describe('an offer whose buyers can never be asked for', () => {
  it('fails the deal that needs them, not the one that a live form holds', async () => {
    const market = shop();
    sharedOffer(market);
    breakCall(market, { method: 'buyers', id: '8000000001', how: 'business' });
    const account = runsOf(market);
    await account.run();
    expect(account.orders.rows.get('form:F2')?.content?.state).toBe('paid');
    expect(account.orders.rows.get('deal:B')?.heldBy).toEqual(['F2']);
    expect([...account.journal.bad.keys()]).toEqual(['deal:A']);
    for (let run = 2; run <= 4; run += 1) await account.run();
    expect(account.isProcessed()).toBe(false);
    await account.run();
    expect(account.journal.bad.get('deal:A')).toMatchObject({
      tries: 5,
      quarantinedAtMillis: expect.any(Number),
    });
    expect(account.isProcessed()).toBe(true);
    const before = market.calls.length;
    await account.run();
    expect(market.calls.slice(before)).toEqual(['dealEvents']);
  });
});

describe('a call that fails for ever', () => {
  const deal = fc.record({
    offer: fc.integer({ min: 0, max: 2 }),
    buyer: fc.integer({ min: 0, max: 2 }),
    /** Endings of the purchase's forms, one after the other; none if no form is ever filled. */
    forms: fc.array(fc.constantFrom<PaymentStatus>('finished', 'cancelled', 'started'), { maxLength: 3 }),
    /** Whether the purchase's forms take in the purchase before it, too. */
    joins: fc.boolean(),
  });
  const call = fc.record({
    method: fc.constantFrom('forms', 'forms', 'unpaidDeals', 'buyers'),
    pick: fc.nat(),
    how: fc.constantFrom('business', 'unknown-answer', 'bad-input', 'missing', 'unreadable'),
  });

  it('holds up no event for more than a few runs, whatever the shop lives through', async () => {
    const life = fc.record({
      deals: fc.array(deal, { minLength: 1, maxLength: 8 }),
      call,
      order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      /** Number of events that come before the next run, run by run. */
      portions: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 6 }),
      /**
       * Number of runs before the call begins to fail, so that its form may have become the known good one.
       */
      goodRuns: fc.integer({ min: 0, max: 4 }),
    });
    const holds = fc.asyncProperty(life, async ({ deals, call, order, portions, goodRuns }) => {
      const market = shop();
      const events = eventsOf(market, deals);
      const waiting = shuffled(events, order);
      const formIds = [...market.forms.keys()];
      const { method, pick, how } = call;
      const isForm = method === 'forms' && formIds.length > 0;
      const id = isForm ? (formIds[pick % formIds.length] ?? '') : `offer${pick % 3}`;
      const isAnswer = how !== 'missing' && how !== 'unreadable';
      const account = runsOf(market);
      for (const [run, portion] of [...portions, waiting.length].entries()) {
        if (run === Math.min(goodRuns, portions.length) && (isForm || isAnswer))
          breakCall(market, { method: isForm ? 'forms' : method, id, how });
        for (const tell of waiting.splice(0, portion)) tell();
        await account.run();
      }
      for (let runs = 0; runs < 6; runs += 1) await account.run();
      expect(account.isProcessed()).toBe(true);
    });
    await fc.assert(holds, { numRuns: runs(100, 1_000), endOnFailure: true });
  });
});

type Deals = readonly { offer: number; buyer: number; forms: readonly PaymentStatus[]; joins: boolean }[];

function eventsOf(market: Shop, deals: Deals): (() => void)[] {
  const events: (() => void)[] = [];
  let last: Sold | undefined;
  for (const [index, { offer, buyer, forms, joins }] of deals.entries()) {
    const before = joins ? last : undefined;
    const own = {
      dealId: `D${index}`,
      offerId: `offer${offer}`,
      buyerId: before?.buyerId ?? `buyer${buyer}`,
    };
    const held: [Sold, ...Sold[]] = before === undefined ? [own] : [own, before];
    last = own;
    events.push(() => market.event('deal-created', own.dealId, undefined, own));
    for (const [turn, status] of forms.entries()) {
      const formId = `F${index}.${turn}`;
      market.forms.set(formId, form(formId, held, status));
      const kind = status === 'cancelled' ? 'released' : 'payment-finished';
      for (const sold of held) {
        events.push(() => market.event('form-created', sold.dealId, formId, sold));
        if (status !== 'started') events.push(() => market.event(kind, sold.dealId, formId, sold));
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
