import type { FollowedAccounts } from '../account/store.ts';
import type { FeedEntry, FeedReader } from '../orders/store.ts';
import { entriesAfter } from './place.ts';
import { isAt, type Positions } from './positions.ts';
import { positionGone } from './problems.ts';

/** Most feeds that are read at the same time. */
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
  /** Entries, each account's in one piece, accounts in turn; no more than asked for. */
  readonly entries: readonly (FeedEntry & { readonly accountId: string })[];
  /** Whether a feed was not read, or may have more. */
  readonly more: boolean;
}

/**
 * Takes the entries of each account in its turn, until there are enough: an account with pages of entries is
 * read once for many, and the accounts behind it come first the next time. Reads one feed first, then twice
 * as many at a time, so that few pages are read in vain. Throws Problem if a feed lacks its position.
 */
export async function gather(deps: GatherDeps, { turns, positions, limit }: Gathering): Promise<Gathered> {
  const entries: (FeedEntry & { accountId: string })[] = [];
  let more = false;
  let looked = 0;
  for (let width = 1; looked < turns.length && entries.length < limit; width *= 2) {
    const some = turns.slice(looked, looked + Math.min(width, READS_AT_ONCE));
    const asked = limit - entries.length;
    const read = await Promise.all(
      some.map((accountId) => readAfter(deps, { accountId, limit: asked, positions })),
    );
    for (const [index, accountId] of some.entries()) {
      const found = read[index] ?? [];
      const taken = found.slice(0, limit - entries.length);
      more ||= taken.length < found.length || found.length >= asked;
      entries.push(...taken.map((entry) => ({ ...entry, accountId })));
    }
    looked += some.length;
  }
  return { entries, more: more || looked < turns.length };
}

/** The positions of the other accounts, which continue from where they are. */
const without = ({ accountId, positions }: { accountId: string; positions: Positions }): Positions =>
  new Map([...positions].filter(([id]) => id !== accountId));

/** The entries after a position. Throws Problem if the reader's own last entry does not exist. */
async function readAfter(
  deps: GatherDeps,
  asked: { accountId: string; limit: number; positions: Positions },
): Promise<FeedEntry[]> {
  const { accountId, limit, positions } = asked;
  const after = positions.get(accountId) ?? { number: 0 };
  const isKnown = (entry: FeedEntry | undefined) => isAt(after, entry);
  const entries = await entriesAfter(deps.feed, { accountId, after: after.number, limit, isKnown });
  if (entries !== undefined) return entries;
  if (await deps.accounts.has(accountId))
    throw positionGone({ field: 'after', accountId, others: without(asked) });
  return [];
}
