import { describe, expect, it } from 'vitest';
import { epochSeconds } from '../../../../functions/core/base/time.ts';
import type { FailedOrder } from '../../../../functions/core/ingest/store.ts';
import { orderOfDeal } from '../../../../functions/core/orders/deal-order.ts';
import type { OrderRow } from '../../../../functions/core/orders/store.ts';
import { targetOf } from '../../../../functions/core/run/repair.ts';
import { NOW } from '../../../support/accounts.ts';

const purchase = { dealId: '5', offerId: '8', buyerId: '7', quantity: 2 };
const unpaid = {
  dealId: '5',
  boughtAtSeconds: epochSeconds(1),
  quantity: 2,
  amount: { minor: 100, currency: 'PLN' },
  discounted: false,
};
const row: OrderRow = {
  orderId: 'deal:5',
  revision: 1,
  content: orderOfDeal(purchase, { unpaid }),
  createdAtMillis: NOW,
  changedAtMillis: NOW,
  batchId: 'b',
};
const bad: FailedOrder = {
  orderId: 'deal:5',
  reason: 'refused',
  detail: '',
  purchase,
  firstAtMillis: NOW,
  lastAtMillis: NOW,
  tries: 1,
};

describe('targetOf', () => {
  it('reads a form by its id, known or not', () => {
    expect(targetOf('form:12', {})).toEqual({ formIds: ['12'], deals: [] });
  });

  it('asks for a deal by what its order or its failure tells', () => {
    expect(targetOf('deal:5', { row })).toEqual({ formIds: [], deals: [purchase] });
    expect(targetOf('deal:5', { bad })).toEqual({ formIds: [], deals: [purchase] });
  });

  it('reads the forms that hold a deal', () => {
    expect(targetOf('deal:5', { row: { ...row, heldBy: ['1', '2'] } })).toEqual({
      formIds: ['1', '2'],
      deals: [],
    });
  });

  it('knows nothing of a deal that nobody named', () => {
    expect(targetOf('deal:5', {})).toBeUndefined();
  });
});
