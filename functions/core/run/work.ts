import { type AccessDoors, type OpenSession, openSession, type SessionDeps } from '../access/session.ts';
import type { Account } from '../account/account.ts';
import { amend } from '../account/amend.ts';
import type { Log } from '../base/log.ts';
import { MarketplaceFault } from '../faults/fault.ts';
import { openBook } from '../ingest/bad-orders.ts';
import { openEarlierForms } from '../ingest/earlier-forms.ts';
import { type Condition, openOutageDetector } from '../ingest/outage-detector.ts';
import type { SettleDeps } from '../ingest/settle.ts';
import type { JournalStore } from '../ingest/store.ts';
import type { CallLimits } from '../limits/limits.ts';
import type { Driver, ReadKey } from '../marketplace/driver.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { OfferStore } from '../offers/store.ts';
import type { OrderStore } from '../orders/store.ts';
import type { ListedStore } from '../reconcile/store.ts';
import type { Claimed } from './claimed.ts';

/** What a run is given. The doors of access are one group: what stores orders is not given them. */
export interface WorkDeps extends Omit<SessionDeps, 'marketplace' | keyof AccessDoors> {
  readonly access: AccessDoors;
  readonly orders: OrderStore;
  readonly journal: JournalStore;
  readonly listed: ListedStore;
  readonly offers: OfferStore;
  readonly log: Log;
  /** Throws RangeError for a marketplace that is not configured (any more). */
  readonly driverOf: (marketplaceId: string) => Driver;
  readonly limits: CallLimits;
  readonly outOfTime: () => boolean;
}

/** What steps of a run work with: stores of orders, and a session that is open. No password is within its reach. */
export interface OpenWork extends SettleDeps {
  readonly journal: JournalStore;
  readonly listed: ListedStore;
  readonly offers: OfferStore;
  /** A form that was readable lately. */
  readonly goodFormId: string | undefined;
}

/** What everything that brings in orders of one account needs, opened once per claim. Throws Stop. */
export async function openWork(
  deps: WorkDeps,
  { account, rows }: Pick<Claimed, 'account' | 'rows'>,
): Promise<OpenWork> {
  const { accountId, goodFormId, webapiKeyId: keyId } = account;
  const { access, orders, journal, listed, offers, log, clock, outOfTime } = deps;
  const driver = deps.driverOf(account.marketplaceId);
  const { identity } = driver.settings;
  const scope = { identity, keyId };
  const marketplace = driver.open({
    turn: await deps.limits.open(scope),
    readKey: keyReader(deps, { accountId, keyId }),
    cache: access.keys.cacheOf(scope),
  });
  const session = inTurn(await openSession({ ...deps, ...access, marketplace }, account));
  const forms = openOutageDetector({
    witness: goodFormId,
    probe: () => conditionBy({ marketplace, session }, goodFormId),
    probeNow: (formId) => conditionBy({ marketplace, session }, formId),
  });
  const deals = openOutageDetector({
    probe: forms.condition,
    probeNow: async () => ((await forms.isUpNow()) ? 'up' : 'down'),
  });
  const detectors = { forms, deals };
  const connectedAtMillis = account.connectedAtMillis ?? clock();
  const announce = async (): Promise<void> => {
    const to = ({ badOrders = 0 }: Account) => (badOrders > 0 ? undefined : { badOrders: 1 });
    await amend(deps, accountId, { to });
  };
  const opened = { accountId, marketplace, session, orders, detectors, clock, log, outOfTime };
  return {
    ...opened,
    journal,
    listed,
    offers,
    goodFormId,
    rows,
    earlier: openEarlierForms(opened, { connectedAtMillis }),
    book: openBook({ journal, clock, log }, { accountId, expected: account.badOrders ?? 0, announce }),
  };
}

/** Reads the key for the driver, which asks for details of an order with it. Without the key the order is brought in all the same. */
const keyReader =
  (
    { access: { keys }, log }: WorkDeps,
    { accountId, keyId }: { accountId: string; keyId: string },
  ): ReadKey =>
  async () => {
    try {
      return await keys.readSecret(keyId);
    } catch (error) {
      log.warn('key-unread', { accountId, error });
      return undefined;
    }
  };

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

/** Asks for a form that was readable lately. */
async function conditionBy(
  { marketplace, session }: { marketplace: Marketplace; session: OpenSession },
  formId: string | undefined,
): Promise<Condition> {
  if (formId === undefined) return 'unknown';
  try {
    const [read] = await session.call((handle, options) => marketplace.sales.read(handle, [formId], options));
    // A form that is kept no more, or is broken, tells nothing.
    return read !== undefined && ('sale' in read || 'replacedBy' in read) ? 'up' : 'unknown';
  } catch (error) {
    // A rule of ours that forbids the call (OwnStop) tells nothing about the form.
    if (error instanceof MarketplaceFault) return 'down';
    throw error;
  }
}
