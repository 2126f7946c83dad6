import { together } from '../base/batches.ts';
import type { Clock } from '../base/time.ts';
import type { OrderId } from '../orders/order.ts';
import type { Fed, OrderRow, OrderStore, RowBatch } from '../orders/store.ts';
import { FeedCoverage } from './coverage.ts';
import { fittingParts, pageOf, type Telling, tellingAgain, tellingOf } from './page.ts';
import { endOf } from './place.ts';
import { excessOf, isNews, isSilent, type RowWrite, rowOf, withErasure } from './row-write.ts';

/** Another worker has claimed the account, so nothing more may be written. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/**
 * `conflict`: the row has changed since it was read, and was not written. `tooLarge`: bytes of a row above the limit.
 */
export type Stored = 'changed' | 'unchanged' | 'conflict' | { readonly tooLarge: number };

/** Writes the rows and the feed of an account, for the worker that holds its claim. */
export interface RowWriter {
  /**
   * Brings rows to the state at the marketplace and appends their feed entries; each row at most once. A row whose
   * orders (`behind`) are not stored is not written, and counts as a conflict. Throws ClaimLost.
   */
  write(writes: readonly RowWrite[]): Promise<ReadonlyMap<OrderId, Stored>>;
  /** Puts these orders into the feed again. Throws ClaimLost. */
  tellAgain(rows: readonly Fed[]): Promise<void>;
  /** Ids of the rows whose state the feed lacks, looked up page by page; the next writes of these rows tell them. */
  owed(rows: readonly OrderRow[]): Promise<ReadonlySet<OrderId>>;
  /** False while a batch has not ended; it then stays on the account for the next claim. */
  readonly isDone: boolean;
  /** Number of the last feed entry; undefined until the first write. */
  readonly end: number | undefined;
}

export interface RowDeps {
  readonly orders: OrderStore;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Writes a batch on the account, under the claim, over the one before it. Throws ClaimLost. */
  readonly saveBatch: (batch: RowBatch, before: string | undefined) => Promise<void>;
}

/**
 * Writes in batches: first the ids of the rows on the account, then the rows (those with `behind` last), then the feed
 * page of the rows that were written. The account comes first so that the next worker after a crash knows which rows
 * may lack their feed entry, and can seal rows against late writes of a worker that lost its claim. `before`: the batch
 * on the account, which has ended. `fedUntil`: the end of the feed when the account was last written.
 */
export function openRows(
  deps: RowDeps,
  opening: { accountId: string; before?: RowBatch | undefined; fedUntil?: number | undefined },
): RowWriter {
  const { orders } = deps;
  const { accountId } = opening;
  // All entries before the first of a batch are in the feed.
  const until = Math.max(opening.fedUntil ?? 0, (opening.before?.first ?? 1) - 1);
  const coverage = new FeedCoverage(orders, { accountId, until });
  let before = opening.before?.id;
  let end: number | undefined;
  let isOpen = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** The end of the feed, read once, because only this worker appends. Marks the feed for senders before any append. */
  const endNow = async (): Promise<number> => {
    if (end !== undefined) return end;
    const [last] = await Promise.all([orders.lastPage(accountId), orders.announce(accountId)]);
    coverage.endsAt(endOf(last));
    return endOf(last);
  };
  const begin = async (rows: Pick<RowBatch, 'orderIds' | 'silentIds' | 'again'>): Promise<RowBatch> => {
    if (isOpen) throw new Error('a batch was cut off: it is ended under the next claim');
    end = await endNow();
    const batch: RowBatch = { id: deps.newId(), first: end + 1, ...rows };
    // Set before the write, which may be made although its answer is lost.
    isOpen = true;
    await deps.saveBatch(batch, before);
    before = batch.id;
    return batch;
  };
  const finish = async (batch: RowBatch, tellings: readonly (Telling | undefined)[]): Promise<void> => {
    const page = pageOf(batch, tellings);
    if (page !== undefined) {
      if (!(await orders.putPage(accountId, page))) throw new ClaimLost('its page is another batch’s');
      end = endOf(page);
    }
    coverage.has(batch.id);
    isOpen = false;
  };
  const writeBatch = async (
    part: readonly RowWrite[],
    { owed, results }: { owed: ReadonlySet<OrderId>; results: Map<OrderId, Stored> },
  ): Promise<void> => {
    const orderIds = part.filter((write) => !isSilent(write)).map(orderIdOf);
    const batch = await begin({ orderIds, silentIds: part.filter(isSilent).map(orderIdOf) });
    const places = new Map(batch.orderIds.map((orderId, place) => [orderId, place]));
    const now = deps.clock();
    const written = new Map<OrderId, OrderRow>();
    const put = async (write: RowWrite): Promise<void> => {
      const orderId = orderIdOf(write);
      const place = places.get(orderId);
      const number = place === undefined ? undefined : batch.first + place;
      const row = rowOf(write, { batchId: batch.id, number, isOwed: owed.has(orderId), now });
      const isStored = await orders.put(accountId, row, write.row?.revision);
      results.set(orderId, isStored ? 'changed' : 'conflict');
      if (isStored) written.set(orderId, row);
    };
    const mayFollow = ({ behind = [] }: RowWrite) => behind.every((orderId) => stands(results.get(orderId)));
    await together(part.filter(isFirst), put);
    const [ready, left] = [
      part.filter((one) => !isFirst(one) && mayFollow(one)),
      part.filter((one) => !mayFollow(one)),
    ];
    for (const write of left) results.set(orderIdOf(write), 'conflict');
    await together(ready, put);
    await finish(
      batch,
      batch.orderIds.map((orderId) => {
        const row = written.get(orderId);
        return row && tellingOf(row);
      }),
    );
  };
  const writeAll = async (writes: readonly RowWrite[]): Promise<ReadonlyMap<OrderId, Stored>> => {
    const results = new Map<OrderId, Stored>();
    if (new Set(writes.map(orderIdOf)).size < writes.length)
      throw new Error('a row is written once in a batch');
    const owed = await coverage.owed(writes.flatMap(({ row }) => row ?? []));
    const due = writes.filter((write) => {
      if (!isNews(write) && !owed.has(orderIdOf(write))) {
        results.set(orderIdOf(write), 'unchanged');
        return false;
      }
      const like = { batchId: '', number: 0, isOwed: true, now: deps.clock() };
      const tooLarge = excessOf(rowOf(write, like));
      if (tooLarge !== undefined) results.set(orderIdOf(write), { tooLarge });
      return tooLarge === undefined;
    });
    const inOrder = [...due.filter(isFirst), ...due.filter((write) => !isFirst(write))];
    for (const part of fittingParts(inOrder, { idOf: orderIdOf, isTold: (write) => !isSilent(write) }))
      await writeBatch(part, { owed, results });
    return results;
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    write: (writes) => inTurn(() => writeAll(writes.map(withErasure))),
    tellAgain: (rows) =>
      inTurn(async () => {
        for (const part of fittingParts(rows, { idOf: ({ orderId }) => orderId, isTold: () => true })) {
          const orderIds = part.map(({ orderId }) => orderId);
          await finish(await begin({ orderIds, silentIds: [], again: true }), part.map(tellingAgain));
        }
      }),
    owed: (rows) => coverage.owed(rows, { isThorough: true }),
    get isDone() {
      return !isOpen;
    },
    get end() {
      return end;
    },
  };
}

const orderIdOf = ({ next }: RowWrite): OrderId => next.orderId;

const isFirst = ({ behind = [] }: RowWrite): boolean => behind.length === 0;

/** Whether an order that must come first is stored; an order outside this batch is stored already. */
const stands = (stored: Stored | undefined): boolean =>
  stored === undefined || stored === 'changed' || stored === 'unchanged';
