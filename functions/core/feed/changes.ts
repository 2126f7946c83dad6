import type { FollowedAccounts } from '../account/store.ts';
import type { FeedEntry, FeedReader, OrderRow, OrderStore } from '../orders/store.ts';
import { gather } from './gather.ts';
import { markOf, type Position, type Positions } from './positions.ts';

/** Most bytes of a page of long orders, below the six megabytes that a Lambda function may answer with. */
const PAGE_BYTES = 4 * 1024 * 1024;

export interface FeedDeps {
  readonly feed: FeedReader;
  readonly orders: Pick<OrderStore, 'readMany'>;
  readonly accounts: Pick<FollowedAccounts, 'has'>;
}

export interface FeedQuery {
  readonly accountIds: readonly string[];
  readonly positions: Positions;
  readonly limit: number;
}

interface AccountEntry extends FeedEntry {
  readonly accountId: string;
}

/** A feed entry with the present order; without a row if the order is not stored any more. */
export interface Change
  extends Pick<AccountEntry, 'accountId' | 'number' | 'orderId' | 'changes' | 'atMillis'> {
  readonly row: OrderRow | undefined;
}

export interface ChangePage {
  readonly changes: readonly Change[];
  /** Positions in the feeds of exactly the accounts asked for. */
  readonly positions: Positions;
  /** Whether there may be more at once. */
  readonly more: boolean;
}

/**
 * The next entries of these accounts, in order within each. Entries are read before rows, both consistently,
 * so that a row is never older than its entry. A position moves only over returned entries, so that no entry
 * written meanwhile is missed. Throws Problem if a feed lacks the position.
 */
export async function readChanges(deps: FeedDeps, query: FeedQuery): Promise<ChangePage> {
  const turns = longestUnservedFirst(query);
  const { entries, more } = await gather(deps, { ...query, turns });
  const changes = fitting(await withRows(deps, entries));
  return {
    changes,
    positions: moved({ ...query, turns }, changes),
    more: more || changes.length < entries.length,
  };
}

/** The accounts in turn: new ones first, then those served longest ago. */
function longestUnservedFirst({ accountIds, positions }: FeedQuery): string[] {
  const wanted = new Set(accountIds);
  const known = [...positions.keys()].filter((accountId) => wanted.has(accountId));
  return [...accountIds.filter((accountId) => !positions.has(accountId)), ...known];
}

async function withRows(deps: FeedDeps, picked: readonly AccountEntry[]): Promise<Change[]> {
  const byAccount = Object.entries(Object.groupBy(picked, ({ accountId }) => accountId));
  const read = byAccount.map(async ([accountId, entries = []]) => {
    const orderIds = [...new Set(entries.map(({ orderId }) => orderId))];
    return [accountId, await deps.orders.readMany(accountId, orderIds)] as const;
  });
  const rows = new Map(await Promise.all(read));
  return picked.map(({ accountId, number, orderId, changes, atMillis }) => ({
    accountId,
    number,
    orderId,
    changes,
    atMillis,
    row: rows.get(accountId)?.get(orderId),
  }));
}

/** The changes that fit into an answer, at least one. */
function fitting(changes: readonly Change[]): readonly Change[] {
  let bytes = 0;
  const tooMuch = changes.findIndex(({ row }, index) => {
    bytes += Buffer.byteLength(JSON.stringify(row ?? null));
    return index > 0 && bytes > PAGE_BYTES;
  });
  return tooMuch === -1 ? changes : changes.slice(0, tooMuch);
}

/** The positions after these changes; accounts that were served go to the end of the turn. */
function moved(
  { turns, positions }: { turns: readonly string[]; positions: Positions },
  changes: readonly Change[],
): Positions {
  const served = new Map<string, Position>();
  for (const change of changes) {
    const { accountId, number } = change;
    served.delete(accountId);
    served.set(accountId, { number, mark: markOf(change) });
  }
  const waiting = turns.filter((accountId) => !served.has(accountId));
  return new Map([
    ...waiting.map((accountId): [string, Position] => [accountId, positions.get(accountId) ?? { number: 0 }]),
    ...served,
  ]);
}
