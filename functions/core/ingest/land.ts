import { isDeepStrictEqual } from 'node:util';
import { together } from '../base/batches.ts';
import type { Clock } from '../base/time.ts';
import type { Feed } from '../feed/open-feed.ts';
import type { Purchase } from '../marketplace/sales.ts';
import { changesBrought } from '../orders/changes.ts';
import type { OrderContent, OrderId } from '../orders/order.ts';
import type { OrderRow, OrderStore } from '../orders/store.ts';

export interface LandDeps {
  readonly orders: OrderStore;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** What a row shall say from now on. */
export interface Next {
  readonly orderId: OrderId;
  readonly content?: OrderContent;
  readonly heldBy?: readonly string[];
  readonly letGo?: readonly Purchase[];
}

/** DynamoDB refuses items above 400 KiB; what we store is never longer than its JSON. */
const ROW_LIMIT_BYTES = 400_000;

/** A row that the store would refuse; it is never cut. */
export class RowTooLarge extends Error {
  override readonly name = 'RowTooLarge';
}

export type Landed = 'changed' | 'unchanged' | 'conflict';

/**
 * Brings one row to what the marketplace says. `row` was read before the marketplace was asked; if it has
 * changed since, nothing is written and the caller asks again. Landed means: the row *and* its feed entry
 * are stored, so an entry that a crash left out is appended first, even when nothing has changed.
 */
export async function land(
  deps: LandDeps & { accountId: string; feed: Feed },
  use: { row: OrderRow | undefined; next: Next },
): Promise<Landed> {
  const { row, next } = use;
  const owed = row !== undefined && row.fedRevision < row.revision;
  const fedNumber = owed ? await deps.feed.append(row) : row?.fedNumber;
  if (row !== undefined && sameAs(row, next)) return 'unchanged';
  const revision = (row?.revision ?? 0) + 1;
  // A row that was never shown to a reader need not be announced when it closes.
  const silent = next.content === undefined && row?.content === undefined;
  const changes = changesBrought(next.orderId, { before: row?.content, after: next.content });
  const now = deps.clock();
  const written: OrderRow = {
    ...next,
    revision,
    fedRevision: silent ? revision : (row?.revision ?? 0),
    ...(fedNumber !== undefined && { fedNumber }),
    ...(changes.length > 0 && { changes }),
    createdAtMillis: row?.createdAtMillis ?? now,
    changedAtMillis: now,
    writer: deps.newId(),
  };
  const bytes = Buffer.byteLength(JSON.stringify(written));
  if (bytes > ROW_LIMIT_BYTES) throw new RowTooLarge(`${bytes} bytes`);
  if (!(await deps.orders.put(deps.accountId, written, row?.revision))) return 'conflict';
  if (!silent) await deps.feed.append(written);
  return 'changed';
}

const sameAs = (row: OrderRow, next: Next): boolean =>
  isDeepStrictEqual(row.content, next.content) &&
  isDeepStrictEqual(row.letGo ?? [], next.letGo ?? []) &&
  isDeepStrictEqual([...(row.heldBy ?? [])].sort(), [...(next.heldBy ?? [])].sort());

/** What a killed worker has stored of an order is told, though nothing of it is written now. */
export async function tellOwed({ feed }: { feed: Feed }, rows: Iterable<OrderRow>): Promise<void> {
  const owed = [...rows].filter(({ fedRevision, revision }) => fedRevision < revision);
  await together(owed, (row) => feed.append(row));
}
