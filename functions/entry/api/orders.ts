import { accountParts } from '../../adapters/accounts.ts';
import { orderReader } from '../../adapters/orders.ts';
import type { ORDERS } from '../../contract/orders.ts';
import { existing } from '../../core/admin/accounts.ts';
import { unknownOrder } from '../../core/base/problem.ts';
import { parseOrderId } from '../../core/orders/order.ts';
import { fromCursor, nextCursor } from '../input.ts';
import { orderView } from '../order-view.ts';
import type { Routes } from '../serve.ts';
import { setting } from '../settings.ts';
import { processDynamo } from '../store.ts';

/** The routes about orders, wired to the real stores. */
export function orderApi(): Routes<typeof ORDERS> {
  const dynamo = processDynamo();
  const accounts = accountParts({ dynamo, table: setting('ACCOUNTS_TABLE') }, ['accountId', 'phase']);
  const orders = orderReader({ dynamo, table: setting('ORDERS_TABLE') });
  return {
    async 'orders.list'({ params, query: { limit, cursor } }) {
      const { accountId } = await existing({ accounts }, params.accountId);
      const page = await orders.list(accountId, { limit, after: fromCursor(cursor) });
      const next = nextCursor(page.next);
      const views = page.orders.flatMap((row) => (row.content ? [orderView(row, row.content)] : []));
      return { status: 200, body: { orders: views, cursor: next } };
    },

    async 'orders.show'({ params }) {
      const { accountId } = await existing({ accounts }, params.accountId);
      const order = parseOrderId(params.orderId);
      const row = order && (await orders.read(accountId, order.orderId));
      if (row?.content === undefined) throw unknownOrder();
      return { status: 200, body: orderView(row, row.content) };
    },
  };
}
