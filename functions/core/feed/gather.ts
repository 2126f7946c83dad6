import type { FollowedAccounts } from '../account/store.ts';
import type { FeedEntry, FeedReader } from '../orders/store.ts';
import { entriesAfter } from './place.ts';
import { isAt, type Positions } from './positions.ts';
import { positionGone } from './problems.ts';

/** So many feeds are read at the same time, at most. */
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
  /** Each account's in one piece, accounts in turn; no more than were asked for. */
  readonly entries: readonly (FeedEntry & { readonly accountId: string })[];
  /** True if a feed was not looked at, or may have more. */
  readonly more: boolean;
}

/**
 * Takes what each account in its turn has, until there is enough: an account that has pages of news is read once for
 * many entries, and those behind it go first the next time. First one feed is read, then twice as many at a time, so
 * that pages are seldom read and not used. Throws Problem if a feed lacks its position.
 */
export async function gather(deps: GatherDeps, use: Gathering): Promise<Gathered> {
  const { turns, positions, limit } = use;
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

/** The position of the other accounts, which go on from where they are. */
const without = ({ accountId, positions }: { accountId: string; positions: Positions }): Positions =>
  new Map([...positions].filter(([id]) => id !== accountId));

/** Throws Problem where the reader's own last entry is not there. */
async function readAfter(
  deps: GatherDeps,
  use: { accountId: string; limit: number; positions: Positions },
): Promise<FeedEntry[]> {
  const { accountId, limit, positions } = use;
  const after = positions.get(accountId) ?? { number: 0 };
  const isKnown = (entry: FeedEntry | undefined) => isAt(after, entry);
  const entries = await entriesAfter(deps.feed, { accountId, after: after.number, limit, isKnown });
  if (entries !== undefined) return entries;
  if (await deps.accounts.has(accountId))
    throw positionGone({ field: 'after', accountId, others: without(use) });
  return [];
}
