import type { Account } from '../account.ts';
import { MarketplaceFault } from '../faults.ts';
import { openFeed } from '../feed/open-feed.ts';
import type { CallLimits } from '../limits/limits.ts';
import type { Marketplace } from '../marketplace.ts';
import { OwnStop } from '../own-stop.ts';
import type { JournalStore } from '../ports/journal.ts';
import type { ListedStore } from '../ports/listed.ts';
import type { Log } from '../ports/log.ts';
import type { OfferStore } from '../ports/offers.ts';
import type { OrderStore } from '../ports/orders.ts';
import { type OpenSession, openSession, type SessionDeps } from '../session/session.ts';
import { openBook } from './bad-orders.ts';
import { openDoubt } from './doubt.ts';
import { openEarlierForms } from './earlier-forms.ts';
import { NO_JOURNAL_STORE } from './journal.ts';
import type { SettleDeps } from './settle.ts';

export interface WorkDeps extends Omit<SessionDeps, 'marketplace'> {
  readonly orders: OrderStore;
  /** Without it nothing is set aside for longer than a run, and overlaps are applied again. */
  readonly journal?: JournalStore;
  /** Without it the marketplace's own lists are not read. */
  readonly listed?: ListedStore;
  /** Without it no offers are kept. */
  readonly offers?: OfferStore;
  readonly log: Log;
  /** Throws RangeError for a marketplace that is not configured (any more). */
  readonly marketplaceOf: (marketplaceId: string) => Marketplace;
  /** Without them calls wait for nobody. */
  readonly limits?: CallLimits;
  readonly outOfTime: () => boolean;
}

export type OpenWork = SettleDeps &
  Pick<WorkDeps, 'listed' | 'offers'> & {
    readonly journal: JournalStore;
    /** A form that was readable lately. */
    readonly goodFormId?: string | undefined;
  };

/** What everything that brings in orders of one account needs, opened once per run. Throws MarketplaceFault. */
export async function openWork(deps: WorkDeps, account: Account): Promise<OpenWork> {
  const { accountId, goodFormId } = account;
  const journal = deps.journal ?? NO_JOURNAL_STORE;
  const driver = deps.marketplaceOf(account.marketplaceId);
  const marketplace = (await deps.limits?.open(driver, account.webapiKeyId)) ?? driver;
  const session = inTurn(await openSession({ ...deps, marketplace }, account));
  const forms = openDoubt(
    goodFormId === undefined ? undefined : () => isReadable({ marketplace, session }, goodFormId),
    {
      witness: goodFormId,
      probeNow: async (id) => id !== undefined && (await isReadable({ marketplace, session }, id)),
    },
  );
  const deals = openDoubt(() => forms.isUp(), {
    decides: goodFormId !== undefined,
    probeNow: () => forms.isUpNow(),
  });
  const doubts = { forms, deals };
  const connectedAtMillis = account.connectedAtMillis ?? deps.clock();
  return {
    ...deps,
    accountId,
    goodFormId,
    marketplace,
    session,
    journal,
    feed: openFeed(deps.orders, accountId),
    doubts,
    earlier: openEarlierForms({ ...deps, accountId, marketplace, session, doubts }, { connectedAtMillis }),
    book: openBook({ ...deps, journal }, { accountId, expected: account.badOrders ?? 0 }),
  };
}

/** One call at a time, so that a session that ends is met by one call alone. */
function inTurn(session: OpenSession): OpenSession {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    call: (operation, options) => {
      const mine = turn.then(() => session.call(operation, options));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}

async function isReadable(
  { marketplace, session }: { marketplace: Marketplace; session: OpenSession },
  formId: string,
): Promise<boolean | undefined> {
  try {
    const { forms } = await session.call((handle, options) => marketplace.forms(handle, [formId], options));
    // One that is kept no more tells nothing.
    return forms.length > 0 ? true : undefined;
  } catch (error) {
    // That we stopped ourselves says nothing of the form.
    if (error instanceof MarketplaceFault && !(error instanceof OwnStop)) return false;
    throw error;
  }
}
