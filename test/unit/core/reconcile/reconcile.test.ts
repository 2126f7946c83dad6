import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../functions/core/account/account.ts';
import { DAY, epochMillis, HOUR, MINUTE, plus, toIso } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { emptyTally, processOrders } from '../../../../functions/core/ingest/process-orders.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { isCheckDue, reconcile } from '../../../../functions/core/reconcile/reconcile.ts';
import { NOW } from '../../../support/accounts.ts';
import { untold } from '../../../support/memory-orders.ts';
import { cancelledSince, connected, formSold, house, surcharge, unpaid } from './listing-kit.ts';

const DAY_OF_SALE = '2026-09-16';

/** Stores forms as the drain would. */
const stored = async (at: ReturnType<typeof house>, formIds: readonly string[]) => {
  await processOrders(at.deps(), { formIds, deals: [] }, emptyTally());
};

describe('a check', () => {
  it('brings in what the journal never named, and counts it on its day', async () => {
    const at = house();
    at.sold(formSold('1', ['d1']), formSold('2', ['d2', 'd3']), formSold('3', ['d4']));
    await stored(at, ['1', '3']);
    const { done, tally } = await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:1', 'form:2', 'form:3']);
    expect(tally.ordersChanged).toBe(1);
    expect(done?.facts.check).toMatchObject({ atMillis: NOW, list: 'form-ids', lost: 1, untold: 0 });
    expect(at.listed.form('2')).toEqual({ id: '2', kind: 'live', day: DAY_OF_SALE, lost: true });
    expect(at.listed.form('1')).toEqual({ id: '1', kind: 'live', day: DAY_OF_SALE });
    expect(at.reads()).toBe(1);
  });

  it('costs the pages of the list where everything is known, paid and older than three days', async () => {
    const at = house();
    const forms = Array.from({ length: 35 }, (_, index) => formSold(`${index + 1}`, [`d${index}`]));
    at.sold(...forms);
    await at.run(reconcile, connected());
    const again = await at.run(reconcile, connected({ checkAskedAtMillis: plus(NOW, 1) }));
    expect(at.market.calls).toEqual([
      'formPage form-ids',
      'formPage form-ids 10',
      'formPage form-ids 20',
      'formPage form-ids 30',
    ]);
    expect(again.done?.facts.check).toMatchObject({ lost: 35 });
  });

  it('closes a deal order whose form was lost', async () => {
    const at = house();
    const deal = { dealId: 'd1', offerId: '8000000001', buyerId: '77', quantity: 1 };
    at.market.event('deal-created', 'd1');
    await processOrders(at.deps(), { formIds: [], deals: [deal] }, emptyTally());
    expect(at.live()).toEqual(['deal:d1']);
    at.sold(formSold('1', ['d1']));
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:1']);
  });

  it('takes no surcharge for an order, and reads it once', async () => {
    const at = house();
    at.sold(formSold('1', ['d1'], { surchargeIds: ['90', '91'] }), surcharge('90'), surcharge('91'));
    const { done } = await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:1']);
    expect(at.orders.rows.get('form:91')?.content).toBeUndefined();
    expect(at.listed.form('90')?.kind).toBe('surcharge');
    expect(at.listed.form('91')?.kind).toBe('surcharge');
    expect(done?.facts.check?.lost).toBe(1);
    await at.run(reconcile, connected());
    expect(at.reads()).toBe(0);
  });

  it.each([
    ['another form', { '1': ['2'] }],
    ['itself', { '1': ['1'] }],
    ['one from before the first connect', { '3': ['2'] }],
    ['each other', { '1': ['2'], '2': ['1'] }],
  ])(
    'takes a form with goods for the order that it is, though it is named as a surcharge: %s',
    async (_, named) => {
      const at = house();
      const naming: Record<string, readonly string[]> = named;
      const sold = (id: string, hoursAgo: number) =>
        formSold(id, [`d${id}`], { hoursAgo, surchargeIds: naming[id] ?? [] });
      at.sold(sold('3', 24 * 20), sold('1', 24 * 5), sold('2', 24 * 5));
      await at.run(reconcile, connected());
      expect(at.live()).toEqual(['form:1', 'form:2']);
      expect(['1', '2', '3'].map((id) => at.listed.form(id)?.kind)).toEqual(['live', 'live', 'earlier']);
      await at.run(reconcile, connected());
      expect(at.reads()).toBe(0);
    },
  );

  it('reads a form that is named as a surcharge once it has its goods', async () => {
    const at = house();
    const form = formSold('2', ['d2']);
    at.sold(formSold('1', ['d1'], { surchargeIds: ['1', '2'] }), { ...form, lines: [] });
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:1']);
    at.sold(form);
    at.market.event('payment-finished', 'd1', '1');
    await drain(at.deps(), '0');
    expect(at.live()).toEqual(['form:1', 'form:2']);
  });

  it('reads a recent surcharge again: it may be an order that is named as one and came without its goods', async () => {
    const at = house();
    const recent = { hoursAgo: 24 };
    const order = formSold('2', ['d2'], recent);
    at.sold(formSold('1', ['d1'], { ...recent, surchargeIds: ['2'] }), { ...order, lines: [] });
    await at.run(reconcile, connected());
    expect(at.listed.form('2')?.kind).toBe('surcharge');
    at.sold(order);
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:1', 'form:2']);
  });

  it('stores a form from before the first connect that holds an open order', async () => {
    const at = house();
    at.market.event('deal-created', 'd1');
    at.sold(formSold('1', ['d1'], { hoursAgo: 24 * 20 }));
    await at.run(reconcile, connected());
    expect(at.live()).toEqual([]);
    const deal = { dealId: 'd1', offerId: '8000000001', buyerId: '77', quantity: 1 };
    await processOrders(at.deps(), { formIds: [], deals: [deal] }, emptyTally());
    expect(at.live()).toEqual(['deal:d1']);
    // A new judgement of the form: its day is among those that are looked at again.
    at.listed.written.clear();
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:1']);
  });

  it('takes a form for one of ours that does not say when it was filled, or has changed since the connect', async () => {
    const at = house();
    const old = { hoursAgo: 24 * 20 };
    const timeless = formSold('1', ['d1'], old);
    const paidSince = formSold('2', ['d2'], old);
    const receivedAt = { iso: toIso(plus(NOW, -HOUR)), text: '' };
    at.sold(
      { ...timeless, payment: { ...timeless.payment, startedAt: undefined } },
      { ...paidSince, payment: { ...paidSince.payment, receivedAt } },
      formSold('3', ['d3'], old),
    );
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:1', 'form:2']);
  });

  it('looks every night at a form from before the first connect that is still to be paid', async () => {
    const at = house();
    at.sold(unpaid(formSold('1', ['d1'], { hoursAgo: 24 * 20 })));
    await at.run(reconcile, connected());
    expect(at.listed.form('1')?.kind).toBe('earlier-open');
    const paid = formSold('1', ['d1'], { hoursAgo: 24 * 20 });
    const receivedAt = { iso: toIso(plus(NOW, -HOUR)), text: '' };
    at.sold({ ...paid, payment: { ...paid.payment, receivedAt } });
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:1']);
  });

  it('looks again at a form that came without its goods, until it has them or is named as a surcharge', async () => {
    const at = house();
    const form = formSold('1', ['d1'], { hoursAgo: 2 });
    at.sold({ ...form, lines: [] });
    at.market.event('form-created', 'd1', '1');
    await drain(at.deps(), '0');
    await at.run(reconcile, connected());
    expect(at.live()).toEqual([]);
    expect(at.listed.form('1')?.kind).toBe('unread');
    at.sold(form);
    const { done } = await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:1']);
    expect(done?.facts.check?.lost).toBe(1);
  });

  it('leaves alone what was over before the first connect, and reads it once', async () => {
    const at = house();
    at.sold(formSold('1', ['d1'], { hoursAgo: 24 * 20 }), formSold('2', ['d2']));
    const { done } = await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:2']);
    expect(at.listed.form('1')).toMatchObject({ kind: 'earlier' });
    expect(done?.facts.check?.lost).toBe(1);
    await at.run(reconcile, connected());
    expect(at.reads()).toBe(0);
  });

  it('mends a payment and a cancellation that the journal never told, and counts each once', async () => {
    const at = house();
    at.sold(unpaid(formSold('1', ['d1'])), formSold('2', ['d2'], { hoursAgo: 30 }));
    at.market.event('deal-created', 'd2');
    await stored(at, ['1', '2']);
    at.sold(formSold('1', ['d1']), cancelledSince(formSold('2', ['d2'], { hoursAgo: 30 }), 3));
    const { done } = await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1', 'purchase:d2']);
    expect(at.orders.rows.get('form:1')?.content?.state).toBe('paid');
    expect(done?.facts.check).toMatchObject({ lost: 0, untold: 2 });
    expect(at.listed.form('2')).toMatchObject({ kind: 'cancelled', untold: ['released'] });
    expect((await at.run(reconcile, connected())).done?.facts.check).toMatchObject({ lost: 0, untold: 2 });
  });

  it('reads again what was sold since three days before the last check, however long ago that was', async () => {
    const at = house();
    const soldDaysAgo = { '1': 10.5, '2': 7, '3': 5 };
    const forms = Object.entries(soldDaysAgo).map(([id, days]) =>
      formSold(id, [`d${id}`], { hoursAgo: days * 24 }),
    );
    at.sold(...forms);
    await stored(at, ['1', '2', '3']);
    const late = connected({ check: undefined, connectedAtMillis: plus(NOW, -6 * DAY) });
    await at.run(reconcile, late);
    at.sold(...forms.map((form) => cancelledSince(form, 24 * 4)));
    await at.run(reconcile, late);
    const stateOf = (id: string) => at.orders.rows.get(`form:${id}`)?.content?.state;
    expect(['1', '2', '3'].map(stateOf)).toEqual(['paid', 'released', 'released']);
  });

  it('reads again what is to be paid though every list is gone', async () => {
    const at = house();
    at.sold(unpaid(formSold('1', ['d1'])));
    await stored(at, ['1']);
    await at.run(reconcile, connected());
    at.sold(formSold('1', ['d1']));
    at.market.onCall = (call) => {
      if (call.startsWith('formPage'))
        throw new MarketplaceFault({ reason: 'feature-unknown', outcome: 'answered', operation: 'list' });
    };
    await at.run(reconcile, connected({ checkAskedAtMillis: plus(NOW, 1) }));
    expect(at.orders.rows.get('form:1')?.content?.state).toBe('paid');
  });

  it('brings in again what the index has and the restored orders lack, also over several runs', async () => {
    const at = house();
    const ids = Array.from({ length: 60 }, (_, index) => `${index + 1}`);
    const sold = (id: string) => formSold(id, [`d${id}`], { hoursAgo: 24 * 20 - 6 * Number(id) });
    at.sold(...ids.map((id) => unpaid(sold(id))));
    const old = connected({ connectedAtMillis: plus(NOW, -30 * DAY) });
    await at.run(reconcile, old);
    const before = structuredClone(
      [...at.orders.rows].filter(([id]) => Number(id.slice('order:'.length)) <= 30),
    );
    at.sold(...ids.map(sold));
    await at.run(reconcile, old);
    expect(at.live()).toHaveLength(60);
    at.orders.rows.clear();
    for (const [id, row] of before) at.orders.rows.set(id, row);
    for (let runs = 0; runs < 30; runs += 1) {
      let steps = 0;
      const outOfTime = () => {
        steps += 1;
        return steps > 4;
      };
      if ((await at.run(reconcile, old, { outOfTime })).done?.outcome === 'done') break;
    }
    const paid = [...at.orders.rows.values()].filter(({ content }) => content?.state === 'paid');
    expect(paid.map(({ orderId }) => orderId).sort()).toEqual(ids.map((id) => `form:${id}`).sort());
    await at.run(reconcile, old);
    expect(at.reads()).toBe(0);
  });

  it('tells the feed of a row that a killed check has left, also where the index was restored to before it', async () => {
    const at = house();
    at.sold(formSold('1', ['d1']));
    at.orders.onWrite = (what) => {
      if (what.startsWith('feed')) throw new Error('killed');
    };
    await expect(at.run(reconcile, connected())).rejects.toThrow('killed');
    at.orders.onWrite = () => undefined;
    at.listed.written.clear();
    at.listed.readings.clear();
    await at.run(reconcile, connected());
    expect(at.orders.feed.map(({ orderId }) => orderId)).toEqual(['form:1']);
  });

  it('asks for the rows of a hundred orders at most where nothing was restored', async () => {
    const at = house();
    at.sold(...Array.from({ length: 300 }, (_, index) => formSold(`${index + 1}`, [`d${index}`])));
    await at.run(reconcile, connected());
    const asked: number[] = [];
    const { readMany } = at.orders;
    at.orders.readMany = async (accountId, orderIds) => {
      asked.push(orderIds.length);
      return await readMany(accountId, orderIds);
    };
    await at.run(reconcile, connected());
    expect(asked.filter((count) => count > 0)).toHaveLength(1);
    expect(asked.find((count) => count > 0)).toBeLessThanOrEqual(100);
  });

  it('does not count what the journal may still tell', async () => {
    const at = house();
    at.sold(formSold('1', ['d1'], { hoursAgo: 0.1 }), formSold('2', ['d2'], { hoursAgo: 0.2 }));
    const { done } = await at.run(reconcile, connected(), { toldUntil: plus(NOW, -HOUR) });
    expect(at.live()).toEqual(['form:1', 'form:2']);
    expect(done?.facts.check?.lost).toBe(1);
    expect(at.listed.form('2')?.lost).toBe(true);
  });

  it('names a form that cannot be read, and tries it again with the next check', async () => {
    const at = house();
    at.sold(formSold('1', ['d1']), formSold('2', ['d2']));
    const { forms } = at.market.source;
    at.market.source.forms = async (handle, ids, options) => {
      const read = await forms(handle, ids, options);
      return { forms: read.forms.filter(({ id }) => id !== '2'), unreadable: [{ id: '2', why: 'broken' }] };
    };
    await at.run(reconcile, connected());
    expect(at.listed.form('2')?.kind).toBe('unread');
    expect(at.journal.bad.get('form:2')).toMatchObject({ reason: 'form-unreadable' });
    at.market.source.forms = forms;
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['form:1', 'form:2']);
  });
});

describe('the lists of a marketplace', () => {
  const refuse = (
    at: ReturnType<typeof house>,
    list: string,
    reason: 'feature-unknown' | 'unknown-answer',
  ) => {
    at.market.onCall = (call) => {
      if (call.startsWith(`formPage ${list}`))
        throw new MarketplaceFault({ reason, outcome: 'answered', operation: 'list' });
    };
  };

  it('give way to the next where there is no such list', async () => {
    const at = house();
    at.sold(formSold('1', ['d1']));
    refuse(at, 'form-ids', 'feature-unknown');
    expect((await at.run(reconcile, connected())).done?.facts.check).toMatchObject({
      list: 'filled-forms',
      lost: 1,
    });
  });

  it('are put off for an hour when they are in trouble, and the run goes on', async () => {
    const at = house();
    at.sold(formSold('1', ['d1']));
    refuse(at, 'form-ids', 'unknown-answer');
    expect((await at.run(reconcile, connected())).done).toMatchObject({ outcome: 'done', facts: {} });
    expect((await at.run(reconcile, connected())).done).toBeUndefined();
    at.market.onCall = () => undefined;
    at.at(plus(NOW, HOUR));
    expect((await at.run(reconcile, connected())).done?.facts.check?.list).toBe('form-ids');
  });

  it.each([DAY, 3 * HOUR, 10 * MINUTE])(
    'are not put off by trouble that a clock met which was %d ms ahead',
    async (ahead) => {
      const at = house();
      at.sold(formSold('1', ['d1']));
      refuse(at, 'form-ids', 'unknown-answer');
      at.at(plus(NOW, ahead));
      await at.run(reconcile, connected());
      at.market.onCall = () => undefined;
      at.at(plus(NOW, MINUTE));
      expect((await at.run(reconcile, connected())).done?.facts.check?.list).toBe('form-ids');
      expect(at.live()).toEqual(['form:1']);
    },
  );

  /** Lets lists name nothing, whatever the shop holds. */
  const silence = (at: ReturnType<typeof house>, ...lists: readonly string[]) => {
    const { formPage } = at.market.marketplace.lists;
    at.market.marketplace.lists.formPage = async (handle, query, options) =>
      lists.includes(query.list) ? { formIds: [], share: 1 } : await formPage(handle, query, options);
  };
  const ALL = ['form-ids', 'filled-forms', 'sold-offers'];

  it('are not believed when they name nothing although forms are known', async () => {
    const at = house();
    at.sold(formSold('1', ['d1']), formSold('2', ['d2']));
    await stored(at, ['1']);
    silence(at, 'form-ids');
    const { done } = await at.run(reconcile, connected(), { goodFormId: '1' });
    expect(done?.facts.check).toMatchObject({ list: 'filled-forms', blind: ['form-ids'], lost: 1 });
    expect(at.live()).toEqual(['form:1', 'form:2']);
    // A form that a list named in an earlier check is known too, and all lists can be empty wrongly.
    silence(at, ...ALL);
    const asked = connected({ checkAskedAtMillis: plus(NOW, 1) });
    const blind = await at.run(reconcile, asked);
    expect(blind.done?.facts.check).toMatchObject({ list: undefined, blind: ALL });
  });

  it('are believed when they name nothing and no known form should be on them', async () => {
    const at = house();
    silence(at, ...ALL);
    expect((await at.run(reconcile, connected())).done?.facts.check).toMatchObject({ list: 'form-ids' });
    const old = house();
    old.sold(formSold('1', ['d1'], { hoursAgo: 24 * 40 }));
    await stored(old, ['1']);
    silence(old, ...ALL);
    const { done } = await old.run(reconcile, connected(), { goodFormId: '1' });
    expect(done?.facts.check).toMatchObject({ list: 'form-ids' });
    expect(done?.facts.check).not.toHaveProperty('blind');
  });

  it('are not asked for again on a day on which none of them exists', async () => {
    const at = house();
    refuse(at, '', 'feature-unknown');
    const { done } = await at.run(reconcile, connected());
    expect(done?.facts.check).toMatchObject({ list: undefined, lost: 0 });
  });
});

describe('when a check is due', () => {
  const zone = { timeZone: 'Europe/Warsaw' };
  const noon = epochMillis(Date.parse('2026-11-22T12:00:00+01:00'));
  const due = (of: Account, hoursLater: number) =>
    isCheckDue(of, { ...zone, now: plus(noon, hoursLater * HOUR) });

  it('is in the first hours of every day', () => {
    const one = connected({ connectedAtMillis: noon, check: undefined });
    expect(due(one, 11)).toBe(false);
    expect(due(one, 12)).toBe(false);
    expect(due(one, 17)).toBe(true);
  });

  it('is when somebody asks, and never before the first connect', () => {
    const first = { connectedAtMillis: noon, check: undefined };
    const asked = connected({ ...first, checkAskedAtMillis: plus(noon, MINUTE) });
    expect(due(asked, 1)).toBe(true);
    const never = { connectedAtMillis: undefined, check: undefined };
    expect(due(connected({ ...never, checkAskedAtMillis: noon }), 40)).toBe(false);
  });
});

describe('a worker that is killed', () => {
  const fates = fc.constantFrom(
    'known',
    'lost',
    'unpaid',
    'untold-payment',
    'earlier',
    'surcharge',
    'cancelled',
    'lost-of-known-deal',
    'untold-end',
  );

  it('leaves a check to the next, which ends as if nothing had happened, and counts each loss once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fates, { minLength: 1, maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 }),
        async (lives, kills) => {
          const at = house();
          const expected: string[] = [];
          const loss = { lost: 0, untold: 0 };
          for (const [index, fate] of lives.entries()) {
            const [id, deal] = [`${index + 1}`, `d${index}`];
            const form = formSold(id, [deal], fate === 'earlier' ? { hoursAgo: 24 * 25 } : {});
            at.sold(fate === 'untold-payment' || fate === 'unpaid' ? unpaid(form) : form);
            if (fate === 'known' || fate === 'unpaid' || fate === 'untold-payment') await stored(at, [id]);
            if (fate === 'lost-of-known-deal') {
              const bought = { dealId: deal, offerId: '8000000001', buyerId: '77', quantity: 1 };
              await processOrders(at.deps(), { formIds: [], deals: [bought] }, emptyTally());
            }
            if (fate.startsWith('lost')) loss.lost += 1;
            if (fate === 'untold-end') {
              loss.untold += 1;
              at.sold(unpaid(form));
              await stored(at, [id]);
              at.market.event('deal-created', deal);
              at.sold(cancelledSince(form, 48));
              expected.push(`deal:${deal}`);
              continue;
            }
            if (fate === 'untold-payment') {
              loss.untold += 1;
              at.sold(form);
            }
            if (fate === 'surcharge') at.sold(surcharge(id));
            if (fate === 'cancelled') {
              loss.lost += 1;
              at.market.event('deal-created', deal);
              at.sold(cancelledSince(form, 48));
              expected.push(`deal:${deal}`);
            } else if (fate !== 'surcharge' && fate !== 'earlier') expected.push(`form:${id}`);
          }
          await checkWithKills(at, kills);
          const { done } = await at.run(reconcile, connected());
          expect(at.live()).toEqual(expected.sort());
          expect(done?.facts.check).toMatchObject(loss);
          expect(untold(at.orders)).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('goes on where time ran out', async () => {
    const at = house();
    const forms = Array.from({ length: 120 }, (_, index) => formSold(`${index + 1}`, [`d${index}`]));
    at.sold(...forms);
    let runs = 0;
    for (; runs < 100; runs += 1) {
      let steps = 0;
      const outOfTime = () => {
        steps += 1;
        return steps > 6;
      };
      const { done } = await at.run(reconcile, connected(), { outOfTime });
      if (done?.outcome === 'done') break;
      expect(done?.moved).toBe(true);
    }
    expect(runs).toBeGreaterThan(1);
    expect(runs).toBeLessThan(20);
    expect(at.live()).toHaveLength(120);
  });
});

async function checkWithKills(at: ReturnType<typeof house>, kills: readonly number[]): Promise<void> {
  for (const kill of kills) {
    let writes = 0;
    const crash = () => {
      writes += 1;
      if (writes > kill) throw new Error('killed');
    };
    at.orders.onWrite = crash;
    at.listed.onWrite = crash;
    await at.run(reconcile, connected()).catch((error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'killed') throw error;
    });
  }
  at.orders.onWrite = () => undefined;
  at.listed.onWrite = () => undefined;
}
