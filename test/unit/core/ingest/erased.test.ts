import { describe, expect, it } from 'vitest';
import { plus } from '../../../../functions/core/base/time.ts';
import { erasureOf } from '../../../../functions/core/ingest/holding.ts';
import { readPurchases } from '../../../../functions/core/ingest/read-purchases.ts';
import { withoutBuyer } from '../../../../functions/core/orders/erasure.ts';
import { orderIdOfPurchase, orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { orderOfPurchase } from '../../../../functions/core/orders/order-of-purchase.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import type { OrderRow } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { saleOf } from '../../../support/sales.ts';

/* New sales and purchases take the erasure over from rows that were erased. */

const purchase = (purchaseId: string, changes: Partial<OrderRow> = {}): OrderRow =>
  withoutBuyer({
    orderId: orderIdOfPurchase(purchaseId),
    revision: 1,
    createdAtMillis: NOW,
    changedAtMillis: NOW,
    content: orderOfPurchase({ purchaseId, offerId: '1', buyerId: '77', quantity: 1 }, {}),
    ...changes,
  });
const rows = (...found: OrderRow[]) => new Map(found.map((row) => [row.orderId, row]));
const sale = orderOfSale(saleOf('f1', ['d1', 'd2']));

describe('a sale that is new', () => {
  it('is erased with the purchases of a buyer who asked for it', () => {
    const found = rows(
      purchase('d1', { erasedAtMillis: NOW }),
      purchase('d2', { erasedAtMillis: plus(NOW, 1) }),
    );
    expect(erasureOf(undefined, sale, found)).toEqual({ erasedAtMillis: plus(NOW, 1) });
  });

  it('is kept with purchases that were erased because they were old: the buyer has filled it now', () => {
    const old = { erasedAtMillis: NOW, erasedByAge: true };
    expect(erasureOf(undefined, sale, rows(purchase('d1', old), purchase('d2', old)))).toEqual({});
    const mixed = rows(purchase('d1', old), purchase('d2', { erasedAtMillis: NOW }));
    expect(erasureOf(undefined, sale, mixed)).toEqual({});
  });
});

it('a sale that is stored takes nothing over', () => {
  const row = { ...purchase('d1'), orderId: orderIdOfSale('f1'), content: sale };
  const found = rows(purchase('d1', { erasedAtMillis: NOW }), purchase('d2', { erasedAtMillis: NOW }));
  expect(erasureOf(row, sale, found)).toEqual({});
});

it('a purchase whose buyer is erased is not asked for, because the marketplace would refuse an empty id', async () => {
  const calls: string[] = [];
  const call = async () => {
    calls.push('called');
    return [];
  };
  const nobody = { purchaseId: 'd1', offerId: '1', buyerId: '', quantity: 1 };
  const deps = {
    marketplace: { openPurchases: {}, settings: { saleBatchSize: 25 } },
    session: { call },
    detectors: {},
    outOfTime: () => false,
  } as unknown as Parameters<typeof readPurchases>[0];
  const known = await readPurchases(deps, [nobody]);
  expect([calls, known.refused.size, known.left.size]).toEqual([[], 0, 0]);
});
