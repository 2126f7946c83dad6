import { describe, expect, it } from 'vitest';
import { epochSeconds } from '../../../../functions/core/base/time.ts';
import type { FailedOrder } from '../../../../functions/core/ingest/store.ts';
import { orderOfPurchase } from '../../../../functions/core/orders/order-of-purchase.ts';
import type { OrderRow } from '../../../../functions/core/orders/store.ts';
import { targetOf } from '../../../../functions/core/run/repair.ts';
import { NOW } from '../../../support/accounts.ts';

const purchase = { purchaseId: '5', offerId: '8', buyerId: '7', quantity: 2 };
const unpaid = {
  purchaseId: '5',
  boughtAtSeconds: epochSeconds(1),
  quantity: 2,
  amount: { minor: 100, currency: 'PLN' },
  discounted: false,
};
const row: OrderRow = {
  orderId: 'purchase:5',
  revision: 1,
  content: orderOfPurchase(purchase, { unpaid }),
  createdAtMillis: NOW,
  changedAtMillis: NOW,
  batchId: 'b',
};
const bad: FailedOrder = {
  orderId: 'purchase:5',
  reason: 'refused',
  detail: '',
  purchase,
  firstAtMillis: NOW,
  lastAtMillis: NOW,
  tries: 1,
};

describe('targetOf', () => {
  it('reads a sale by its id, known or not', () => {
    expect(targetOf('order:12', {})).toEqual({ saleIds: ['12'], purchases: [] });
  });

  it('asks for a purchase by what its order or its failure tells', () => {
    expect(targetOf('purchase:5', { row })).toEqual({ saleIds: [], purchases: [purchase] });
    expect(targetOf('purchase:5', { bad })).toEqual({ saleIds: [], purchases: [purchase] });
  });

  it('reads the sales that hold a purchase', () => {
    expect(targetOf('purchase:5', { row: { ...row, heldBy: ['1', '2'] } })).toEqual({
      saleIds: ['1', '2'],
      purchases: [],
    });
  });

  it('knows nothing of a purchase that nobody named', () => {
    expect(targetOf('purchase:5', {})).toBeUndefined();
  });
});
