import { describe, expect, it } from 'vitest';
import { drain } from '../../../../functions/core/sync/drain.ts';
import { emptyTally, settle } from '../../../../functions/core/sync/settle.ts';
import { cancelled, formOf } from '../../../support/forms.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

describe('a writer without a claim', () => {
  it('does not close a deal for a form that somebody else has found cancelled meanwhile', async () => {
    const market = shop();
    const orders = memoryOrders();
    market.event('deal-created', 'd1');
    const { cursor } = await drain(drainDeps({ shop: market, orders }), '0');
    market.forms.set('f1', formOf('f1', ['d1']));
    let isFirst = true;
    const overtaken: typeof orders = {
      ...orders,
      async put(accountId, row, ifRevision) {
        if (row.orderId === 'deal:d1' && isFirst) {
          // Between the form's row and its deal: the run reads the form cancelled and lets its deal go.
          isFirst = false;
          market.forms.set('f1', cancelled(formOf('f1', ['d1'])));
          market.event('form-cancelled', 'd1', 'f1');
          await drain(drainDeps({ shop: market, orders }), cursor);
        }
        return orders.put(accountId, row, ifRevision);
      },
    };
    const repair = drainDeps({ shop: market, orders: overtaken });
    await settle(repair, { formIds: ['f1'], deals: [] }, emptyTally());
    expect(orders.rows.get('form:f1')?.content?.state).toBe('form-cancelled');
    expect(orders.rows.get('deal:d1')?.content?.state).toBe('awaiting-form');
  });
});
