import { afterAll, beforeAll, expect, it } from 'vitest';
import { orderReader, orderRows } from '../../../functions/adapters/orders.ts';
import { orderOfForm } from '../../../functions/core/orders/form-order.ts';
import type { OrderId } from '../../../functions/core/orders/order.ts';
import { formOf } from '../../support/forms.ts';
import { startOneTable } from '../../support/one-table.ts';

let store: Awaited<ReturnType<typeof startOneTable>>;
beforeAll(async () => {
  store = await startOneTable('orderId');
});
afterAll(() => store.close());

const today = orderOfForm(
  formOf('1', ['d1'], { parcels: [{ carrier: { id: '7' }, number: 'p1', status: '' }] }),
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
      { accountId, orderId: 'form:1', revision: 1, content },
      { accountId, orderId: 'form:2', revision: 1, content: today },
    ]);
    const reader = orderReader(store);
    const rows = orderRows({ dynamo: store.dynamo, orders: store.table });
    const many = (...orderIds: OrderId[]) => rows.readMany(accountId, orderIds);
    const refusal = /form:1 was stored by an earlier version.*remove the account and add it again/;
    await expect(reader.read(accountId, 'form:1')).rejects.toThrow(refusal);
    await expect(reader.list(accountId, { limit: 10 })).rejects.toThrow(refusal);
    await expect(many('form:1', 'form:2')).rejects.toThrow(refusal);
    expect((await reader.read(accountId, 'form:2'))?.content).toEqual(today);
    expect((await many('form:2')).get('form:2')?.content).toEqual(today);
  },
);
