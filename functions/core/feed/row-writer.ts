import { together } from '../base/batches.ts';
import type { Clock } from '../base/time.ts';
import type { OrderId } from '../orders/order.ts';
import type { Fed, OrderRow, OrderStore, RowBatch } from '../orders/store.ts';
import { fittingParts, pageOf, type Telling, tellingAgain, tellingOf } from './page.ts';
import { endOf } from './place.ts';
import { excessOf, isNews, isSilent, type RowWrite, rowOf } from './row-write.ts';
import { Told } from './told.ts';

/** Somebody else has claimed the account: nothing more may be written. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** `conflict`: the row is not what was read, and was left as it is. `tooLarge`: its bytes, where no item may be as long. */
export type Landed = 'changed' | 'unchanged' | 'conflict' | { readonly tooLarge: number };

/** The rows of one account and its feed, as the worker that holds its claim writes them. */
export interface RowWriter {
  /**
   * Brings rows to what the marketplace says and tells readers of them; each row once. A row whose orders (`behind`) do not
   * stand is left, as by a conflict. Throws ClaimLost.
   */
  write(writes: readonly RowWrite[]): Promise<ReadonlyMap<OrderId, Landed>>;
  /** Tells readers of these orders again. Throws ClaimLost. */
  tellAgain(rows: readonly Fed[]): Promise<void>;
  /** Those of these rows that readers were not told of. */
  owed(rows: readonly OrderRow[]): Promise<ReadonlySet<OrderId>>;
  /** False while a batch is not ended: it stays on the account for the next claim. */
  readonly isDone: boolean;
  /** Number of the last entry of the feed; undefined while nothing was written. */
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
 * Writes in batches: the account names the rows, then the rows are written, orders first, then the page that tells of
 * those that were. The account is written before anything else, so that whoever takes over after a crash knows which rows
 * may be written and not told, and late writes of a worker that lost its claim meet sealed rows. `before`: the batch that
 * the account bears, which has been ended. `fedUntil`: how far the feed went when the account was last written.
 */
export function openRows(
  deps: RowDeps,
  use: { accountId: string; before?: RowBatch | undefined; fedUntil?: number | undefined },
): RowWriter {
  const { orders } = deps;
  const { accountId } = use;
  // All that was told before a batch was begun stands.
  const until = Math.max(use.fedUntil ?? 0, (use.before?.first ?? 1) - 1);
  const told = new Told(orders, { accountId, until });
  let before = use.before?.id;
  let end: number | undefined;
  let isOpen = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** Those who send on are told first. The end of the feed is read once: nobody else appends. */
  const endNow = async (): Promise<number> => {
    if (end !== undefined) return end;
    const [last] = await Promise.all([orders.lastPage(accountId), orders.announce(accountId)]);
    told.endsAt(endOf(last));
    return endOf(last);
  };
  const begin = async (rows: Pick<RowBatch, 'orderIds' | 'silentIds' | 'again'>): Promise<RowBatch> => {
    if (isOpen) throw new Error('a batch was cut off: it is ended under the next claim');
    end = await endNow();
    const batch: RowBatch = { id: deps.newId(), first: end + 1, ...rows };
    // Before the write, which may be made though its answer is lost.
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
    told.has(batch.id);
    isOpen = false;
  };
  const writeBatch = async (
    part: readonly RowWrite[],
    { owed, results }: { owed: ReadonlySet<OrderId>; results: Map<OrderId, Landed> },
  ): Promise<void> => {
    const orderIds = part.filter((write) => !isSilent(write)).map(idOf);
    const batch = await begin({ orderIds, silentIds: part.filter(isSilent).map(idOf) });
    const places = new Map(batch.orderIds.map((orderId, place) => [orderId, place]));
    const now = deps.clock();
    const written = new Map<OrderId, OrderRow>();
    const put = async (write: RowWrite): Promise<void> => {
      const orderId = idOf(write);
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
    for (const write of left) results.set(idOf(write), 'conflict');
    await together(ready, put);
    await finish(
      batch,
      batch.orderIds.map((orderId) => {
        const row = written.get(orderId);
        return row && tellingOf(row);
      }),
    );
  };
  const writeAll = async (writes: readonly RowWrite[]): Promise<ReadonlyMap<OrderId, Landed>> => {
    const results = new Map<OrderId, Landed>();
    if (new Set(writes.map(idOf)).size < writes.length) throw new Error('a row is written once in a batch');
    const owed = await told.owed(writes.flatMap(({ row }) => row ?? []));
    const due = writes.filter((write) => {
      if (!isNews(write) && !owed.has(idOf(write))) {
        results.set(idOf(write), 'unchanged');
        return false;
      }
      const like = { batchId: '', number: 0, isOwed: true, now: deps.clock() };
      const tooLarge = excessOf(rowOf(write, like));
      if (tooLarge !== undefined) results.set(idOf(write), { tooLarge });
      return tooLarge === undefined;
    });
    const inOrder = [...due.filter(isFirst), ...due.filter((write) => !isFirst(write))];
    for (const part of fittingParts(inOrder, { idOf, isTold: (write) => !isSilent(write) }))
      await writeBatch(part, { owed, results });
    return results;
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    write: (writes) => inTurn(() => writeAll(writes)),
    tellAgain: (rows) =>
      inTurn(async () => {
        for (const part of fittingParts(rows, { idOf: ({ orderId }) => orderId, isTold: () => true })) {
          const orderIds = part.map(({ orderId }) => orderId);
          await finish(await begin({ orderIds, silentIds: [], again: true }), part.map(tellingAgain));
        }
      }),
    owed: (rows) => told.owed(rows),
    get isDone() {
      return !isOpen;
    },
    get end() {
      return end;
    },
  };
}

const idOf = ({ next }: RowWrite): OrderId => next.orderId;

const isFirst = ({ behind = [] }: RowWrite): boolean => behind.length === 0;

/** One that was not written here stands already. */
const stands = (landed: Landed | undefined): boolean =>
  landed === undefined || landed === 'changed' || landed === 'unchanged';
