import { accountParts } from '../../adapters/accounts.ts';
import { createDynamo } from '../../adapters/dynamo.ts';
import { orderReader } from '../../adapters/orders.ts';
import { existing } from '../../core/admin/accounts.ts';
import { unknownOrder } from '../../core/base/problem.ts';
import { parseOrderId } from '../../core/orders/order.ts';
import type { Route } from '../http.ts';
import { fromCursor, nextCursor, PageQuery, parse } from '../input.ts';
import { setting } from '../settings.ts';
import { orderView } from '../views.ts';

/** The routes about orders, wired to the real stores. */
export function orderApi(): Readonly<Record<'list' | 'show', Route>> {
  const dynamo = createDynamo();
  const accounts = accountParts({ dynamo, table: setting('ACCOUNTS_TABLE') }, ['accountId', 'phase']);
  const orders = orderReader({ dynamo, table: setting('ORDERS_TABLE') });
  return {
    async list({ params, query }) {
      const { limit, cursor } = parse(PageQuery, query);
      const { accountId } = await existing({ accounts }, params.accountId ?? '');
      const page = await orders.list(accountId, { limit, after: fromCursor(cursor) });
      const next = nextCursor(page.next);
      return { status: 200, body: { orders: page.orders.map(orderView), cursor: next } };
    },

    async show({ params }) {
      const { accountId } = await existing({ accounts }, params.accountId ?? '');
      const order = parseOrderId(params.orderId ?? '');
      const row = order && (await orders.read(accountId, order.orderId));
      if (row?.content === undefined) throw unknownOrder();
      return { status: 200, body: orderView(row) };
    },
  };
}
