import type { OrderId } from '../orders/order.ts';
import { type Fed, type FeedEntry, type FeedPage, PAGE_ENTRIES, type RowBatch } from '../orders/store.ts';

/** An entry without its number. */
export type Telling = Omit<FeedEntry, 'number'>;

export const tellingOf = ({
  orderId,
  revision,
  changes = ['changed'],
  changedAtMillis: atMillis,
}: Fed): Telling => ({ orderId, revision, changes, atMillis });

/** The entry for an order that is sent again. */
export const tellingAgain = (row: Fed): Telling => ({ ...tellingOf(row), changes: ['sent-again'] });

/**
 * The page of a batch; an entry is undefined if its row was not written. Undefined if no row was. The page ends with an
 * entry that readers get, so that the position of a reader who has read all is the end of the feed.
 */
export function pageOf(
  { id: batchId, first }: Pick<RowBatch, 'id' | 'first'>,
  told: readonly (Telling | undefined)[],
): FeedPage | undefined {
  const count = told.findLastIndex((telling) => telling !== undefined) + 1;
  if (count === 0) return undefined;
  const entries = told.flatMap((telling, place) =>
    telling === undefined ? [] : { ...telling, number: first + place },
  );
  return { first, count, entries, batchId };
}

/** Most bytes of a page, which is read as a whole, whatever the length of its ids. */
const PAGE_BYTES = 16_000;
/** Most bytes of an entry without the id of its order. */
const ENTRY_BYTES = 120;
/** Most rows of a batch: their ids are on the account, which is read and written as a whole. */
const BATCH_ROWS = 500;

/** Splits rows, in their order, into parts that fit into a batch; `isTold`: the row takes a place in its page. */
export function fittingParts<T>(
  rows: readonly T[],
  of: { idOf: (row: T) => OrderId; isTold: (row: T) => boolean },
): T[][] {
  const parts: T[][] = [];
  let [entries, bytes] = [0, 0];
  for (const row of rows) {
    const isTold = of.isTold(row);
    const size = isTold ? ENTRY_BYTES + Buffer.byteLength(of.idOf(row)) : 0;
    const part = parts.at(-1);
    const isFull = part === undefined || part.length === BATCH_ROWS || bytes + size > PAGE_BYTES;
    if (isFull || (isTold && entries === PAGE_ENTRIES)) {
      parts.push([row]);
      [entries, bytes] = [Number(isTold), size];
    } else {
      part.push(row);
      [entries, bytes] = [entries + Number(isTold), bytes + size];
    }
  }
  return parts;
}
