import { isDeepStrictEqual } from 'node:util';
import type { EpochMillis } from '../base/time.ts';
import type { Purchase } from '../marketplace/sales.ts';
import { changesBrought } from '../orders/changes.ts';
import type { OrderContent, OrderId } from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';

/** What a row shall say from now on. */
export interface Next {
  readonly orderId: OrderId;
  readonly content?: OrderContent;
  readonly heldBy?: readonly string[];
  readonly letGo?: readonly Purchase[];
}

/** A row that is to be brought to what the marketplace says. */
export interface RowWrite {
  /** The row as it was read, before the marketplace was asked. */
  readonly row: OrderRow | undefined;
  readonly next: Next;
  /** Orders that have to stand before this row is written, so that a crash leaves a sale twice and never nowhere. */
  readonly behind?: readonly OrderId[];
}

/** Whether a worker from before there were batches has written the row and not told of it. */
export const isOwed = ({ revision, fedRevision = revision }: OrderRow): boolean => fedRevision < revision;

/** Whether the marketplace says anything that the row does not. */
export const isNews = ({ row, next }: RowWrite): boolean =>
  row === undefined ||
  !isDeepStrictEqual(row.content, next.content) ||
  !isDeepStrictEqual(row.letGo ?? [], next.letGo ?? []) ||
  !isDeepStrictEqual([...(row.heldBy ?? [])].sort(), [...(next.heldBy ?? [])].sort());

/** Whether the row was never shown to a reader and will not be: nobody is told of it. */
export const isSilent = ({ row, next }: RowWrite): boolean =>
  row?.content === undefined && next.content === undefined;

/** The row as a batch writes it. `number`: its place in the feed; `isOwed`: readers were not told of what it says now. */
export function rowOf(
  write: RowWrite,
  by: { batchId: string; number: number | undefined; isOwed: boolean; now: EpochMillis },
): OrderRow {
  const { row, next } = write;
  const { batchId, number: fedNumber = row?.fedNumber, now } = by;
  const owed = by.isOwed ? (row?.changes ?? (['changed'] as const)) : [];
  const news = isNews(write)
    ? changesBrought(next.orderId, { before: row?.content, after: next.content })
    : [];
  const changes = [...new Set([...owed, ...news])];
  return {
    ...next,
    revision: (row?.revision ?? 0) + 1,
    batchId,
    ...(fedNumber !== undefined && { fedNumber }),
    ...(changes.length > 0 && { changes }),
    createdAtMillis: row?.createdAtMillis ?? now,
    changedAtMillis: now,
  };
}

/** DynamoDB refuses items above 400 KiB; what we store is never longer than its JSON. */
const ROW_LIMIT_BYTES = 400_000;

/** The length of a row that the store would refuse; it is never cut. Undefined where the row fits. */
export function excessOf(row: OrderRow): number | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(row));
  return bytes > ROW_LIMIT_BYTES ? bytes : undefined;
}
