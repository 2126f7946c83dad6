import { toIso } from '../base/time.ts';
import type { OrderChange } from '../orders/changes.ts';
import type { OrderState } from '../orders/order.ts';
import type { FeedEntry, OrderRow } from '../orders/store.ts';

export const ORDER_EVENT_TYPES = [
  'order.created',
  'order.details-filled',
  'order.paid',
  'order.cancelled',
  'order.changed',
] as const;

export type OrderEventType = (typeof ORDER_EVENT_TYPES)[number];

/** The event of an order on the bus. Fields are never removed; the schema is in test/fixtures/events. */
export interface OrderEvent {
  readonly type: OrderEventType;
  readonly detail: {
    readonly schemaVersion: 1;
    /** Id of the event, the same if it is sent twice. */
    readonly eventId: string;
    readonly accountId: string;
    readonly marketplace: string;
    readonly orderId: string;
    readonly feedNumber: number;
    /** Time when the change was stored. */
    readonly occurredAt: string;
    readonly changes: readonly OrderChange[];
    /** Present state, which may be later than the change; null once the order was erased. */
    readonly state: OrderState | null;
    /** Total in minor units; null if no source tells the price. */
    readonly total: { readonly minor: number; readonly currency: string } | null;
  };
}

/** The event's type. An order that is sent again counts as changed, so that a payment is not booked twice. */
const eventType = (change: OrderChange): OrderEventType =>
  change === 'sent-again' ? 'order.changed' : `order.${change}`;

export const typesOf = ({ changes }: Pick<FeedEntry, 'changes'>): OrderEventType[] => [
  ...new Set(changes.map(eventType)),
];

/**
 * Id of an entry, the same however often it is sent; another entry with its number, in a restored feed, has
 * another id.
 */
export const entryId = (
  accountId: string,
  { number, atMillis }: Pick<FeedEntry, 'number' | 'atMillis'>,
): string => `${accountId}-${number}-${atMillis.toString(36)}`;

/** An event for each type of change that an entry tells: ids, state and total, nothing of the buyer. */
export function eventsOf(
  account: { readonly accountId: string; readonly marketplaceId: string },
  { entry, row }: { entry: FeedEntry; row: OrderRow | undefined },
): OrderEvent[] {
  const { accountId, marketplaceId } = account;
  const { state = null, total } = row?.content ?? {};
  return typesOf(entry).map((type) => ({
    type,
    detail: {
      schemaVersion: 1,
      eventId: `${entryId(accountId, entry)}-${type}`,
      accountId,
      marketplace: marketplaceId,
      orderId: entry.orderId,
      feedNumber: entry.number,
      occurredAt: toIso(entry.atMillis),
      changes: entry.changes,
      state,
      total: total === undefined ? null : { minor: total.minor, currency: total.currency },
    },
  }));
}
