import { toIso } from '../base/time.ts';
import type { OrderChange } from '../orders/changes.ts';
import type { OrderState } from '../orders/order.ts';
import type { FeedEntry, OrderRow } from '../orders/store.ts';

export const ORDER_EVENT_TYPES = [
  'order.created',
  'order.form-filled',
  'order.paid',
  'order.cancelled',
  'order.changed',
] as const;

export type OrderEventType = (typeof ORDER_EVENT_TYPES)[number];

/** What is said of an order on the bus. A field that is there stays; the contract is test/fixtures/events. */
export interface OrderEvent {
  readonly type: OrderEventType;
  readonly detail: {
    readonly schemaVersion: 1;
    /** The same when it is sent twice. */
    readonly eventId: string;
    readonly accountId: string;
    readonly marketplace: string;
    readonly orderId: string;
    readonly feedNumber: number;
    /** When we stored the change. */
    readonly occurredAt: string;
    readonly changes: readonly OrderChange[];
    /** As it is now, which may be later than the change; null once the order was erased. */
    readonly state: OrderState | null;
    /** In minor units; null where no source tells the price. */
    readonly total: { readonly minor: number; readonly currency: string } | null;
  };
}

/** What is sent again counts as changed: who waits for payments must not book one twice. */
const typeOf = (change: OrderChange): OrderEventType =>
  change === 'sent-again' ? 'order.changed' : `order.${change}`;

export const typesOf = ({ changes }: Pick<FeedEntry, 'changes'>): OrderEventType[] => [
  ...new Set(changes.map(typeOf)),
];

/** The same however often an entry is sent, and another for what takes its number in a feed that was restored. */
export const entryId = (accountId: string, { number, atMillis }: FeedEntry): string =>
  `${accountId}-${number}-${atMillis.toString(36)}`;

/** One event for each thing that a feed entry tells: ids, state and total, nothing of the buyer. */
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
