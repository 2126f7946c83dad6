import { isDeepStrictEqual } from 'node:util';
import type { EpochMillis } from '../base/time.ts';
import type { Purchase } from '../marketplace/journal.ts';
import { changesBrought } from '../orders/changes.ts';
import { withoutBuyer } from '../orders/erasure.ts';
import type { OrderContent, OrderId } from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';

/** The new content of a row. */
export interface Next {
  readonly orderId: OrderId;
  readonly content?: OrderContent;
  readonly heldBy?: readonly string[];
  readonly letGo?: readonly Purchase[];
  /** Set to erase the data of the buyer; a row that was erased stays so without it. */
  readonly erasedAtMillis?: EpochMillis;
  readonly erasedByAge?: boolean;
}

/** A row to be brought to the state at the marketplace. */
export interface RowWrite {
  /** The row as it was read, before the marketplace was asked. */
  readonly row: OrderRow | undefined;
  readonly next: Next;
  /** Orders to be stored before this row, so that a crash leaves a sale twice and never nowhere. */
  readonly behind?: readonly OrderId[];
}

/** The write without data of the buyer, if the row was erased or is erased now: no later reading brings them back. */
export function withErasure(write: RowWrite): RowWrite {
  const { erasedAtMillis, erasedByAge } = write.row?.erasedAtMillis === undefined ? write.next : write.row;
  if (erasedAtMillis === undefined) return write;
  const erased = { erasedAtMillis, ...(erasedByAge !== undefined && { erasedByAge }) };
  return { ...write, next: { ...withoutBuyer(write.next), ...erased } };
}

/** Whether an earlier version, without batches, has written the row but no feed entry for it. */
export const isOwed = ({ revision, fedRevision = revision }: OrderRow): boolean => fedRevision < revision;

/** Whether the marketplace shows anything that the row does not have. */
export const isNews = ({ row, next }: RowWrite): boolean =>
  row === undefined ||
  row.erasedAtMillis !== next.erasedAtMillis ||
  !isDeepStrictEqual(row.content, next.content) ||
  !isDeepStrictEqual(row.letGo ?? [], next.letGo ?? []) ||
  !isDeepStrictEqual([...(row.heldBy ?? [])].sort(), [...(next.heldBy ?? [])].sort());

/** Whether readers neither saw the row before nor will see it now, so that it needs no feed entry. */
export const isSilent = ({ row, next }: RowWrite): boolean =>
  row?.content === undefined && next.content === undefined;

/** The row as a batch writes it. `number`: its number in the feed; `isOwed`: the feed lacks its state before. */
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

/** The longest row: DynamoDB refuses items above 400 KiB, and a stored item is never longer than its JSON. */
const ROW_LIMIT_BYTES = 400_000;

/** Bytes of a row that the store would refuse (it is never cut); undefined if the row fits. */
export function excessOf(row: OrderRow): number | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(row));
  return bytes > ROW_LIMIT_BYTES ? bytes : undefined;
}
