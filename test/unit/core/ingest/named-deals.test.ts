import { describe, expect, it } from 'vitest';
import { withNamedDeals } from '../../../../functions/core/ingest/named-deals.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import type { Form } from '../../../../functions/core/marketplace/sales.ts';
import { formOf } from '../../../support/forms.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

/** A form as seen in production: with goods, but without their deals. */
const bare = (form: Form): Form => ({
  ...form,
  lines: form.lines.map((line) => ({ ...line, deals: [] })),
  flags: ['missing-field'],
  unread: ['postBuyFormItems[0].postBuyFormItDeals'],
});

describe('a form without deals', () => {
  it('is stored and flagged, and holds the deals that events name with it', async () => {
    const market = shop();
    const [orders, journal] = [memoryOrders(), memoryJournal()];
    const run = (from: string) => drain(drainDeps({ shop: market, orders, journal }), from);
    market.event('deal-created', 'd1');
    market.event('deal-created', 'd2');
    const { cursor } = await run('0');
    expect(orders.rows.get('deal:d1')?.content?.state).toBe('awaiting-form');
    market.forms.set('f1', bare(formOf('f1', ['d1', 'd2'])));
    market.event('form-created', 'd1', 'f1');
    market.event('form-created', 'd2', 'f1');
    expect(await run(cursor)).toMatchObject({ clean: true });
    expect(journal.bad.size).toBe(0);
    const row = orders.rows.get('form:f1');
    expect(row?.content).toMatchObject({ state: 'paid', replaces: ['d1', 'd2'], flags: ['missing-field'] });
    expect(row?.content?.lines[0]?.deals.map(({ dealId, unitPrice }) => [dealId, unitPrice?.minor])).toEqual([
      ['d1', 1_050],
      ['d2', 1_050],
    ]);
    expect(orders.rows.get('deal:d1')?.content?.state).toBe('replaced');
    expect(orders.rows.get('deal:d2')?.content?.state).toBe('replaced');
  });

  it('keeps them when a later event names one alone, and lets them go when it is cancelled', async () => {
    const market = shop();
    const [orders, journal] = [memoryOrders(), memoryJournal()];
    const run = (from: string) => drain(drainDeps({ shop: market, orders, journal }), from);
    const form = formOf('f1', ['d1', 'd2']);
    market.forms.set('f1', bare(form));
    for (const deal of ['d1', 'd2']) market.event('form-created', deal, 'f1');
    let { cursor } = await run('0');
    market.event('payment-finished', 'd2', 'f1');
    ({ cursor } = await run(cursor));
    expect(orders.rows.get('form:f1')?.content?.replaces).toEqual(['d1', 'd2']);
    market.forms.set('f1', bare({ ...form, payment: { ...form.payment, status: 'cancelled' } }));
    market.event('released', 'd1', 'f1');
    await run(cursor);
    expect(orders.rows.get('form:f1')?.content?.state).toBe('released');
    for (const deal of ['deal:d1', 'deal:d2'])
      expect(orders.rows.get(deal)?.content?.state).toBe('awaiting-form');
  });

  it('gets each deal in the line of its offer', () => {
    const [line] = formOf('f1', ['d1']).lines;
    const lines = ['81', '82'].flatMap((offerId) => (line === undefined ? [] : [{ ...line, offerId }]));
    const purchase = (dealId: string, offerId: string) => ({ dealId, offerId, buyerId: '77', quantity: 1 });
    const named = [purchase('d1', '82'), purchase('d2', '81'), purchase('d3', '99')];
    const filled = withNamedDeals(bare({ ...formOf('f1', []), lines }), { named, before: undefined });
    expect(filled.lines.map(({ deals }) => deals.map(({ dealId }) => dealId))).toEqual([
      ['d2', 'd3'],
      ['d1'],
    ]);
  });
});
