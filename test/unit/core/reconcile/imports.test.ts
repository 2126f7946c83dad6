import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, plus, toIso } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { emptyTally, processOrders } from '../../../../functions/core/ingest/process-orders.ts';
import type { FormLists } from '../../../../functions/core/marketplace/lists.ts';
import type { Form } from '../../../../functions/core/marketplace/sales.ts';
import { runImport } from '../../../../functions/core/reconcile/imports.ts';
import { listsFor } from '../../../../functions/core/reconcile/lists.ts';
import { NOTHING_COUNTED } from '../../../../functions/core/reconcile/read-lists.ts';
import type { Listing } from '../../../../functions/core/reconcile/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { cancelledSince, connected, formSold, house, surcharge } from './listing-kit.ts';

const ASKED: Listing = {
  id: 'i1',
  kind: 'import',
  state: 'waiting',
  askedAtMillis: NOW,
  fromMillis: plus(NOW, -20 * DAY),
  toMillis: plus(NOW, -10 * DAY),
  lists: [],
  read: [],
  firstOnly: true,
  share: 0,
  counts: NOTHING_COUNTED,
};

const within = { hoursAgo: 24 * 15 };

function asked(changes: Partial<Listing> = {}) {
  const at = house();
  at.listed.readings.set('i1', { ...ASKED, ...changes });
  const run = (use: object = {}) => at.run(runImport, connected({ importing: 'i1' }), use);
  return { ...at, run, listing: () => at.listed.readings.get('i1') };
}

describe('an import', () => {
  it('ends at once and says that it failed if the marketplace has no lists', async () => {
    const at = asked();
    at.sold(formSold('1', ['d1'], within));
    const { lists: _, ...marketplace } = at.market.marketplace;
    const { done } = await at.run({ marketplace });
    expect(done).toMatchObject({ outcome: 'done', facts: { importing: undefined } });
    expect(at.listing()).toMatchObject({ state: 'failed', finishedAtMillis: NOW });
    expect(at.market.calls).toEqual([]);
  });

  it('brings in the sales of its time, and says how far it has come', async () => {
    const at = asked();
    at.sold(
      formSold('1', ['d1'], { hoursAgo: 24 * 21 }),
      formSold('2', ['d2'], { ...within, surchargeIds: ['90'] }),
      formSold('3', ['d3'], within),
      formSold('4', ['d4'], { hoursAgo: 24 * 5 }),
      surcharge('90'),
    );
    await processOrders(at.deps(), { formIds: ['3'], deals: [] }, emptyTally());
    const { done } = await at.run();
    expect(at.live()).toEqual(['form:2', 'form:3']);
    expect(done).toEqual({ outcome: 'done', facts: { importing: undefined }, moved: true });
    expect(at.listing()).toMatchObject({
      state: 'done',
      read: ['filled-forms'],
      share: 1,
      counts: { named: 5, imported: 1, surcharges: 1, outside: 2, unread: 0 },
      finishedAtMillis: NOW,
    });
    expect(at.listed.form('2')).not.toHaveProperty('lost');
  });

  it('brings in again what a check has left alone as older than the first connect', async () => {
    const at = asked();
    at.sold(formSold('2', ['d2'], within));
    await at.deps().listed.putPart('a1', {
      day: '2026-09-06',
      part: 0,
      list: 'form-ids',
      writtenAtMillis: NOW,
      forms: [{ id: '2', kind: 'earlier', day: '2026-09-06' }],
    });
    await at.run();
    expect(at.live()).toEqual(['form:2']);
  });

  it('brings in again what the index knows as stored and the restored orders lack', async () => {
    const at = asked();
    at.sold(...['2', '3', '4'].map((id) => formSold(id, [`d${id}`], within)));
    await at.run();
    expect(at.live()).toEqual(['form:2', 'form:3', 'form:4']);
    for (const id of ['form:2', 'form:4']) at.orders.rows.delete(id);
    at.listed.readings.set('i1', ASKED);
    await at.run();
    expect(at.live()).toEqual(['form:2', 'form:3', 'form:4']);
    expect(at.listing()).toMatchObject({ state: 'done', counts: { imported: 2 } });
  });

  it('brings in the sales of its time, however long after it their forms were filled', async () => {
    const at = asked();
    const filledLater = (id: string, daysAgo: number): Form => {
      const form = formSold(id, [`d${id}`], within);
      const iso = toIso(plus(NOW, -daysAgo * DAY));
      return { ...form, payment: { ...form.payment, startedAt: { iso, text: iso } } };
    };
    const forms = Array.from({ length: 15 }, (_, day) => filledLater(`${day + 1}`, day));
    at.sold(...forms);
    const formPage: FormLists['formPage'] = async (_handle, { from, to }) => {
      const filled = ({ payment }: Form) => Date.parse(payment.startedAt?.iso ?? '') / 1_000;
      const ids = forms.filter((form) => filled(form) >= from && filled(form) <= to).map(({ id }) => id);
      return { formIds: ids, share: 1 };
    };
    const { lists, ...others } = at.market.marketplace;
    await at.run({ marketplace: { ...others, lists: { ...lists, formPage } } });
    expect(at.live()).toHaveLength(forms.length);
  });

  it('waits an hour for a list in trouble, then takes the next, and fails when there is none', async () => {
    const at = asked();
    at.market.onCall = (call) => {
      if (call.startsWith('formPage'))
        throw new MarketplaceFault({ reason: 'unknown-answer', outcome: 'answered', operation: 'list' });
    };
    const first = await at.run();
    expect(first.done).toMatchObject({ outcome: 'done', facts: {} });
    expect((await at.run()).done).toBeUndefined();
    for (let hour = 1; at.listing()?.state === 'running'; hour += 1) {
      at.at(plus(NOW, hour * HOUR));
      await at.run();
    }
    expect(at.listing()).toMatchObject({ state: 'failed', why: 'unknown-answer' });
    expect(at.market.calls.filter((call) => call.startsWith('formPage'))).toEqual(['formPage sold-offers']);
  });

  it('is not put off by trouble that a clock met which was a day ahead', async () => {
    const at = asked();
    at.market.onCall = (call) => {
      if (call.startsWith('formPage'))
        throw new MarketplaceFault({ reason: 'unknown-answer', outcome: 'answered', operation: 'list' });
    };
    at.at(plus(NOW, DAY));
    expect((await at.run()).done).toMatchObject({ outcome: 'done', facts: {} });
    at.market.onCall = () => undefined;
    at.at(NOW);
    await at.run();
    expect(at.listing()).toMatchObject({ state: 'done' });
  });

  it('ends for an account that names one that there is not', async () => {
    const at = house();
    const { done } = await at.run(runImport, connected({ importing: 'gone' }));
    expect(done?.facts).toEqual({ importing: undefined });
    expect((await at.run(runImport, connected())).done).toBeUndefined();
  });

  it('is continued by the next worker after a kill, and counts each sale once', async () => {
    const fates = fc.constantFrom('new', 'new-of-known-deal', 'known', 'outside', 'surcharge', 'cancelled');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fates, { minLength: 1, maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 }),
        async (lives, kills) => {
          const at = asked({ state: 'running', lists: ['form-ids'] });
          const expected: string[] = [];
          let imported = 0;
          for (const [index, fate] of lives.entries()) {
            const [id, dealId] = [`${index + 1}`, `d${index}`];
            const form = formSold(id, [dealId], fate === 'outside' ? { hoursAgo: 24 } : within);
            const deal = { dealId, offerId: '8000000001', buyerId: '77', quantity: 1 };
            if (fate === 'new-of-known-deal')
              await processOrders(at.deps(), { formIds: [], deals: [deal] }, emptyTally());
            at.sold(fate === 'surcharge' ? surcharge(id) : form);
            if (fate === 'known') await processOrders(at.deps(), { formIds: [id], deals: [] }, emptyTally());
            if (fate === 'cancelled') {
              at.market.event('deal-created', dealId);
              at.sold(cancelledSince(form, 24 * 14));
            }
            if (fate.startsWith('new') || fate === 'cancelled') imported += 1;
            if (fate === 'cancelled') expected.push(`deal:${dealId}`);
            else if (fate !== 'outside' && fate !== 'surcharge') expected.push(`form:${id}`);
          }
          for (const kill of kills) {
            let writes = 0;
            const crash = () => {
              writes += 1;
              if (writes > kill) throw new Error('killed');
            };
            at.orders.onWrite = crash;
            at.listed.onWrite = crash;
            await at.run().catch((error: unknown) => expect(String(error)).toMatch(/killed/));
          }
          at.orders.onWrite = () => undefined;
          at.listed.onWrite = () => undefined;
          await at.run();
          expect(at.live()).toEqual(expected.sort());
          expect(at.listing()).toMatchObject({ state: 'done', counts: { named: lives.length, imported } });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the lists to read for a range of time', () => {
  it('are the one with times, or that of a month, or that and the one by offers', () => {
    expect(listsFor(['form-ids', 'filled-forms', 'sold-offers'], { ageMillis: 60 * DAY })).toEqual({
      lists: ['filled-forms', 'form-ids', 'sold-offers'],
      firstOnly: true,
    });
    const aukro = ['form-ids', 'sold-offers'] as const;
    expect(listsFor(aukro, { ageMillis: 20 * DAY })).toEqual({ lists: aukro, firstOnly: true });
    expect(listsFor(aukro, { ageMillis: 60 * DAY })).toEqual({ lists: aukro, firstOnly: false });
  });
});
