import { type OrderContent, type OrderId, parseOrderId } from './order.ts';

/**
 * Changes that a revision of an order brought, for readers that wait for a single kind; `sent-again` brought
 * none.
 */
export const ORDER_CHANGES = [
  'created',
  'details-filled',
  'paid',
  'cancelled',
  'changed',
  'sent-again',
] as const;

export type OrderChange = (typeof ORDER_CHANGES)[number];

/**
 * The changes between two states, independent of events: an order that is first seen paid is created and
 * paid. `changed` stands for all changes without a name of their own. None while there is no content to show.
 */
export function changesBrought(
  orderId: OrderId,
  { before, after }: { before: OrderContent | undefined; after: OrderContent | undefined },
): readonly OrderChange[] {
  if (after === undefined) return [];
  const first: OrderChange[] =
    parseOrderId(orderId)?.kind === 'order' ? ['created', 'details-filled'] : ['created'];
  const reached = (state: OrderContent['state']) => after.state === state && before?.state !== state;
  const changes: OrderChange[] = [
    ...(before === undefined ? first : []),
    ...(reached('paid') ? (['paid'] as const) : []),
    ...(reached('released') || reached('cancelled') ? (['cancelled'] as const) : []),
  ];
  return changes.length > 0 ? changes : ['changed'];
}
