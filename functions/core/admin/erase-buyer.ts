import type { WorkQueue } from '../account/work-queue.ts';
import { operation } from '../base/operation.ts';
import { badField, Problem, unknownOrder } from '../base/problem.ts';
import type { BilingualText } from '../base/text.ts';
import { type Clock, HOUR, plus } from '../base/time.ts';
import type { ErasureStore } from '../orders/erasure-store.ts';
import { parseOrderId } from '../orders/order.ts';
import type { OrderReader } from '../orders/store.ts';

export interface EraseBuyerDeps {
  readonly orders: Pick<OrderReader, 'read'>;
  readonly erasures: Pick<ErasureStore, 'put'>;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Time after which the message about a request is sent again if the request is still there. The queue keeps a message
 * for so long, and after four tries gives it up sooner.
 */
export const ERASED_AFTER = HOUR;

/**
 * Requests that the data of a buyer are erased. The buyer is named by id, or by an order. The request is stored before
 * its message is sent and until it is carried out, because the queue may lose a message: the account may be busy for
 * too long, or the worker be killed too often. Throws Problem.
 */
export async function requestErasure(
  deps: EraseBuyerDeps,
  { accountId, ...named }: { accountId: string; buyerId?: string | undefined; orderId?: string | undefined },
): Promise<void> {
  if ((named.buyerId === undefined) === (named.orderId === undefined)) throw badField('buyerId', NAME_ONE);
  const buyerId = named.buyerId ?? (await buyerOf(deps, { accountId, orderId: named.orderId ?? '' }));
  const now = deps.clock();
  await deps.erasures.put(accountId, {
    requestId: deps.newId(),
    buyerId,
    againAtMillis: plus(now, ERASED_AFTER),
  });
  await deps.queue.send({ accountId, slotMillis: now, why: 'erase' });
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
