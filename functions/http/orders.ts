import { ORDERS } from '../contract/orders.ts';
import { orderApi } from '../entry/api/orders.ts';
import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler(ORDERS, orderApi());
