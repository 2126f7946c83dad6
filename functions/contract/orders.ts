import * as z from 'zod/mini';
import { accountParams, NextCursor, orderParams, PageQuery } from './kinds.ts';
import type { Operations } from './operation.ts';
import { Order } from './order.ts';

export const ORDERS = {
  'orders.list': {
    summary: 'List stored orders',
    params: accountParams,
    query: PageQuery,
    replies: {
      200: { description: 'Orders.', body: z.object({ orders: z.array(Order), cursor: NextCursor }) },
    },
    problems: ['not-found', 'being-removed'],
  },
  'orders.show': {
    summary: 'Show an order',
    params: orderParams,
    replies: { 200: { description: 'The order.', body: Order } },
    problems: ['not-found', 'being-removed'],
  },
} as const satisfies Operations;
