import type { Account } from '../account.ts';
import { MarketplaceFault } from '../faults.ts';
import type { Marketplace } from '../marketplace.ts';
import type { JournalStore } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { OrderStore } from '../ports/orders.ts';
import { type OpenSession, openSession, type SessionDeps } from '../session/session.ts';
import { openBook } from './bad-orders.ts';
import { openDoubt } from './doubt.ts';
import { NO_JOURNAL_STORE } from './journal.ts';
import { openFeed } from './land.ts';
import type { SettleDeps } from './settle.ts';

export interface WorkDeps extends Omit<SessionDeps, 'marketplace'> {
  readonly orders: OrderStore;
  /** Without it nothing is set aside for longer than a run, and overlaps are applied again. */
  readonly journal?: JournalStore;
  readonly log: Log;
  /** Throws RangeError for a marketplace that is not configured (any more). */
  readonly marketplaceOf: (marketplaceId: string) => Marketplace;
  readonly outOfTime: () => boolean;
}

/** What everything that brings in orders of one account needs, opened once per run. Throws MarketplaceFault. */
export async function openWork(
  deps: WorkDeps,
  account: Account,
): Promise<SettleDeps & { readonly journal: JournalStore }> {
  const { accountId, goodFormId } = account;
  const journal = deps.journal ?? NO_JOURNAL_STORE;
  const marketplace = deps.marketplaceOf(account.marketplaceId);
  const session = await openSession({ ...deps, marketplace }, account);
  const forms = openDoubt(
    goodFormId === undefined ? undefined : () => isReadable({ marketplace, session }, goodFormId),
  );
  const deals = openDoubt(() => forms.isUp(), { decides: goodFormId !== undefined });
  return {
    ...deps,
    accountId,
    marketplace,
    session,
    journal,
    feed: openFeed(deps.orders, accountId),
    doubts: { forms, deals },
    book: openBook({ ...deps, journal }, { accountId, expected: account.badOrders ?? 0 }),
  };
}

async function isReadable(
  { marketplace, session }: { marketplace: Marketplace; session: OpenSession },
  formId: string,
): Promise<boolean> {
  try {
    const { forms } = await session.call((handle, options) => marketplace.forms(handle, [formId], options));
    return forms.length > 0;
  } catch (error) {
    if (error instanceof MarketplaceFault) return false;
    throw error;
  }
}
