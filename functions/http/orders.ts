import { orderApi } from '../entry/api/orders.ts';
import { httpHandler } from '../entry/http.ts';

const api = orderApi();

export const handler = httpHandler({
  'GET /accounts/{accountId}/orders': api.list,
  'GET /accounts/{accountId}/orders/{orderId}': api.show,
});
