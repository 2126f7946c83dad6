import { afterAll, beforeAll, expect, it } from 'vitest';
import { orderReader, orderRows } from '../../../functions/adapters/orders.ts';
import type { OrderId } from '../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../functions/core/orders/order-of-sale.ts';
import { startOneTable } from '../../support/one-table.ts';
import { saleOf } from '../../support/sales.ts';

let store: Awaited<ReturnType<typeof startOneTable>>;
beforeAll(async () => {
  store = await startOneTable('orderId');
});
afterAll(() => store.close());

const today = orderOfSale(
  saleOf('1', ['d1'], { parcels: [{ carrier: { id: '7' }, number: 'p1', status: '' }] }),
);

it.each([
  ['an address', { ...today, shipmentAddress: { ...today.shipmentAddress, countryId: 1 } }],
  ['a delivery method', { ...today, delivery: { ...today.delivery, methodId: 3 } }],
  ['a carrier', { ...today, delivery: { ...today.delivery, parcels: [{ carrierId: 7, number: 'p1' }] } }],
])(
  'an order of an earlier version, with the number of %s, is refused with what to do',
  async (what, content) => {
    const accountId = `account of ${what}`;
    await store.putAll([
      { accountId, orderId: 'order:1', revision: 1, content },
      { accountId, orderId: 'order:2', revision: 1, content: today },
    ]);
    const reader = orderReader(store);
    const rows = orderRows({ dynamo: store.dynamo, orders: store.table });
    const many = (...orderIds: OrderId[]) => rows.readMany(accountId, orderIds);
    const refusal = /order:1 was stored by an earlier version.*remove the account and add it again/;
    await expect(reader.read(accountId, 'order:1')).rejects.toThrow(refusal);
    await expect(reader.list(accountId, { limit: 10 })).rejects.toThrow(refusal);
    await expect(many('order:1', 'order:2')).rejects.toThrow(refusal);
    expect((await reader.read(accountId, 'order:2'))?.content).toEqual(today);
    expect((await many('order:2')).get('order:2')?.content).toEqual(today);
  },
);
