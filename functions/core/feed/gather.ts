import type { FollowedAccounts } from '../account/store.ts';
import type { FeedEntry, FeedReader } from '../orders/store.ts';
import { entriesAfter } from './place.ts';
import { isAt, markOf, type Position, type Positions } from './positions.ts';
import { positionGone } from './problems.ts';

/** So many feeds are read at the same time. */
const READS_AT_ONCE = 16;

interface GatherDeps {
  readonly feed: FeedReader;
  readonly accounts: Pick<FollowedAccounts, 'has'>;
}

interface Gathering {
  readonly turns: readonly string[];
  readonly positions: Positions;
  readonly limit: number;
}

export interface Gathered {
  /** In turn; ascending within an account. */
  readonly entries: ReadonlyMap<string, readonly FeedEntry[]>;
  /** True if a feed was not looked at, or had as many entries as were asked for. */
  readonly more: boolean;
}

/**
 * Reads a fair share of the page from each account, until there is enough; what quiet accounts leave free
 * goes to those that have more. Throws Problem if a feed lacks its position.
 */
export async function gather(deps: GatherDeps, use: Gathering): Promise<Gathered> {
  const { turns, positions, limit } = use;
  const entries = new Map<string, readonly FeedEntry[]>();
  const share = Math.ceil(limit / Math.max(1, turns.length));
  let found = 0;
  let looked = 0;
  for (; looked < turns.length && found < limit; looked += READS_AT_ONCE) {
    const batch = turns.slice(looked, looked + READS_AT_ONCE);
    const read = await Promise.all(
      batch.map((accountId) =>
        readAfter(deps, {
          accountId,
          after: positions.get(accountId) ?? { number: 0 },
          limit: share,
          positions,
        }),
      ),
    );
    for (const [index, accountId] of batch.entries()) entries.set(accountId, read[index] ?? []);
    found += read.reduce((sum, { length }) => sum + length, 0);
  }
  const eager = [...entries].filter(([, { length }]) => length === share);
  if (found >= limit) return { entries, more: looked < turns.length || eager.length > 0 };
  const more = await readOn(deps, { eager, limit: limit - found, into: entries, positions });
  return { entries, more };
}

/** A second helping for those whose first was full; true if one of them is still not at its end. */
async function readOn(
  deps: GatherDeps,
  use: {
    eager: readonly (readonly [string, readonly FeedEntry[]])[];
    limit: number;
    into: Map<string, readonly FeedEntry[]>;
    positions: Positions;
  },
): Promise<boolean> {
  const share = Math.ceil(use.limit / Math.max(1, use.eager.length));
  const read = use.eager.map(async ([accountId, had]) => {
    const added = await readAfter(deps, {
      accountId,
      after: lastOf(had),
      limit: share,
      positions: use.positions,
    });
    use.into.set(accountId, [...had, ...added]);
    return added.length === share;
  });
  return (await Promise.all(read)).includes(true);
}

const lastOf = (had: readonly FeedEntry[]): Position => {
  const last = had.at(-1);
  return last === undefined ? { number: 0 } : { number: last.number, mark: markOf(last) };
};

/** The position of the other accounts, which go on from where they are. */
const without = ({ accountId, positions }: { accountId: string; positions: Positions }): Positions =>
  new Map([...positions].filter(([id]) => id !== accountId));

/** Throws Problem where the reader's own last entry is not there. */
async function readAfter(
  deps: GatherDeps,
  use: { accountId: string; after: Position; limit: number; positions: Positions },
): Promise<FeedEntry[]> {
  const { accountId, after, limit } = use;
  const isKnown = (entry: FeedEntry | undefined) => isAt(after, entry);
  const entries = await entriesAfter(deps.feed, { accountId, after: after.number, limit, isKnown });
  if (entries !== undefined) return entries;
  if (await deps.accounts.has(accountId))
    throw positionGone({ field: 'after', accountId, others: without(use) });
  return [];
}
