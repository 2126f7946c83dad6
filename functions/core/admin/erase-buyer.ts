import type { WorkQueue } from '../account/work-queue.ts';
import { operation } from '../base/operation.ts';
import { badField, Problem, unknownOrder } from '../base/problem.ts';
import type { BilingualText } from '../base/text.ts';
import type { Clock } from '../base/time.ts';
import { buyerHash } from '../orders/erasure.ts';
import { parseOrderId } from '../orders/order.ts';
import type { OrderReader } from '../orders/store.ts';

export interface EraseBuyerDeps {
  readonly orders: Pick<OrderReader, 'read'>;
  readonly queue: WorkQueue;
  readonly clock: Clock;
}

/** Requests that the data of a buyer are erased. The buyer is named by id, or by an order. Throws Problem. */
export async function requestErasure(
  deps: EraseBuyerDeps,
  { accountId, ...named }: { accountId: string; buyerId?: string | undefined; orderId?: string | undefined },
): Promise<void> {
  if ((named.buyerId === undefined) === (named.orderId === undefined)) throw badField('buyerId', NAME_ONE);
  const buyerId = named.buyerId ?? (await buyerOf(deps, { accountId, orderId: named.orderId ?? '' }));
  const request = { accountId, slotMillis: deps.clock(), buyerHash: buyerHash(accountId, buyerId) };
  await deps.queue.send({ ...request, why: 'erase' });
}

async function buyerOf(
  { orders }: Pick<EraseBuyerDeps, 'orders'>,
  { accountId, orderId }: { accountId: string; orderId: string },
): Promise<string> {
  const order = parseOrderId(orderId);
  const row = order && (await orders.read(accountId, order.orderId));
  if (row?.content === undefined) throw unknownOrder();
  if (row.content.buyer.id === '') throw new Problem({ code: 'wrong-state', text: NO_BUYER });
  return row.content.buyer.id;
}

const NAME_ONE: BilingualText = {
  pl: 'Podaj albo „buyerId” (identyfikator kupującego), albo „orderId” (jedno z jego zamówień).',
  en: 'Give either "buyerId" (the id of the buyer) or "orderId" (an order of the buyer).',
};

const NO_BUYER: BilingualText = {
  pl: `Dane kupującego w tym zamówieniu są już usunięte. Jeśli ma inne zamówienia, podaj jedno z nich (${operation('orders.list')}).`,
  en: `The data of the buyer of this order are erased already. If the buyer has others, name one of them (${operation('orders.list')}).`,
};
