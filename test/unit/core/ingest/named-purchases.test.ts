import { describe, expect, it } from 'vitest';
import { withNamedPurchases } from '../../../../functions/core/ingest/named-purchases.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import type { Sale } from '../../../../functions/core/marketplace/sales.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

/** A sale as seen in production: with goods, but without their purchases. */
const bare = (sale: Sale): Sale => ({
  ...sale,
  lines: sale.lines.map((line) => ({ ...line, purchases: [] })),
  flags: ['missing-field'],
  unread: ['postBuyFormItems[0].postBuyFormItDeals'],
});

describe('a sale without purchases', () => {
  it('is stored and flagged, and holds the purchases that events name with it', async () => {
    const market = shop();
    const [orders, journal] = [memoryOrders(), memoryJournal()];
    const run = (from: string) => drain(drainDeps({ shop: market, orders, journal }), from);
    market.event('purchased', 'd1');
    market.event('purchased', 'd2');
    const { cursor } = await run('0');
    expect(orders.rows.get('purchase:d1')?.content?.state).toBe('awaiting-details');
    market.sales.set('f1', bare(saleOf('f1', ['d1', 'd2'])));
    market.event('sale-created', 'd1', 'f1');
    market.event('sale-created', 'd2', 'f1');
    expect(await run(cursor)).toMatchObject({ clean: true });
    expect(journal.bad.size).toBe(0);
    const row = orders.rows.get('order:f1');
    expect(row?.content).toMatchObject({ state: 'paid', replaces: ['d1', 'd2'], flags: ['missing-field'] });
    expect(
      row?.content?.lines[0]?.purchases.map(({ purchaseId, unitPrice }) => [purchaseId, unitPrice?.minor]),
    ).toEqual([
      ['d1', 1_050],
      ['d2', 1_050],
    ]);
    expect(orders.rows.get('purchase:d1')?.content?.state).toBe('replaced');
    expect(orders.rows.get('purchase:d2')?.content?.state).toBe('replaced');
  });

  it('keeps them when a later event names one alone, and lets them go when it is cancelled', async () => {
    const market = shop();
    const [orders, journal] = [memoryOrders(), memoryJournal()];
    const run = (from: string) => drain(drainDeps({ shop: market, orders, journal }), from);
    const sale = saleOf('f1', ['d1', 'd2']);
    market.sales.set('f1', bare(sale));
    for (const purchase of ['d1', 'd2']) market.event('sale-created', purchase, 'f1');
    let { cursor } = await run('0');
    market.event('payment-finished', 'd2', 'f1');
    ({ cursor } = await run(cursor));
    expect(orders.rows.get('order:f1')?.content?.replaces).toEqual(['d1', 'd2']);
    market.sales.set('f1', bare({ ...sale, payment: { ...sale.payment, status: 'cancelled' } }));
    market.event('released', 'd1', 'f1');
    await run(cursor);
    expect(orders.rows.get('order:f1')?.content?.state).toBe('released');
    for (const purchase of ['purchase:d1', 'purchase:d2'])
      expect(orders.rows.get(purchase)?.content?.state).toBe('awaiting-details');
  });

  it('gets each purchase in the line of its offer', () => {
    const [line] = saleOf('f1', ['d1']).lines;
    const lines = ['81', '82'].flatMap((offerId) => (line === undefined ? [] : [{ ...line, offerId }]));
    const purchase = (purchaseId: string, offerId: string) => ({
      purchaseId,
      offerId,
      buyerId: '77',
      quantity: 1,
    });
    const named = [purchase('d1', '82'), purchase('d2', '81'), purchase('d3', '99')];
    const filled = withNamedPurchases(bare({ ...saleOf('f1', []), lines }), { named, before: undefined });
    expect(filled.lines.map(({ purchases }) => purchases.map(({ purchaseId }) => purchaseId))).toEqual([
      ['d2', 'd3'],
      ['d1'],
    ]);
  });
});
