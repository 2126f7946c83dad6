import { type OpenSession, openSession, type SessionDeps } from '../access/session.ts';
import type { Account } from '../account/account.ts';
import { amend } from '../account/amend.ts';
import type { Log } from '../base/log.ts';
import { MarketplaceFault } from '../faults/fault.ts';
import { openFeed } from '../feed/open-feed.ts';
import { openBook } from '../ingest/bad-orders.ts';
import { openDoubt } from '../ingest/doubt.ts';
import { openEarlierForms } from '../ingest/earlier-forms.ts';
import type { SettleDeps } from '../ingest/settle.ts';
import type { JournalStore } from '../ingest/store.ts';
import { NO_JOURNAL_STORE } from '../journal/page.ts';
import type { CallLimits } from '../limits/limits.ts';
import type { Driver } from '../marketplace/driver.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { OfferStore } from '../offers/store.ts';
import type { OrderStore } from '../orders/store.ts';
import type { ListedStore } from '../reconcile/store.ts';

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
  readonly driverOf: (marketplaceId: string) => Driver;
  readonly limits: CallLimits;
  readonly outOfTime: () => boolean;
}

export type OpenWork = SettleDeps &
  Pick<WorkDeps, 'listed' | 'offers'> & {
    readonly journal: JournalStore;
    /** A form that was readable lately. */
    readonly goodFormId?: string | undefined;
  };

/** What everything that brings in orders of one account needs, opened once per run. Throws Stop. */
export async function openWork(deps: WorkDeps, account: Account): Promise<OpenWork> {
  const { accountId, goodFormId, webapiKeyId: keyId } = account;
  const journal = deps.journal ?? NO_JOURNAL_STORE;
  const driver = deps.driverOf(account.marketplaceId);
  const { identity } = driver.settings;
  const marketplace = driver.open(await deps.limits.open({ identity, keyId }), () =>
    deps.keys.readSecret(keyId),
  );
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
  const announce = async (): Promise<void> => {
    const to = ({ badOrders = 0 }: Account) => (badOrders > 0 ? undefined : { badOrders: 1 });
    await amend(deps, accountId, { to });
  };
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
    book: openBook({ ...deps, journal }, { accountId, expected: account.badOrders ?? 0, announce }),
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
    const [read] = await session.call((handle, options) => marketplace.sales.read(handle, [formId], options));
    // One that is kept no more, or is broken, tells nothing.
    return read !== undefined && ('sale' in read || 'replacedBy' in read) ? true : undefined;
  } catch (error) {
    // A rule of ours that forbids the call (OwnStop) tells nothing about the form.
    if (error instanceof MarketplaceFault) return false;
    throw error;
  }
}
