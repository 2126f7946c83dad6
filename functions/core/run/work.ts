import { type AccessDoors, type OpenSession, openSession, type SessionDeps } from '../access/session.ts';
import type { Account } from '../account/account.ts';
import { amend } from '../account/amend.ts';
import type { Log } from '../base/log.ts';
import { MarketplaceFault } from '../faults/fault.ts';
import { openEarlierSales } from '../ingest/earlier-sales.ts';
import { type Condition, openOutageDetector } from '../ingest/outage-detector.ts';
import type { ProcessDeps } from '../ingest/process-orders.ts';
import { openQuarantine } from '../ingest/quarantine.ts';
import type { JournalStore } from '../ingest/store.ts';
import type { CallLimits } from '../limits/limits.ts';
import type { Driver, ReadKey } from '../marketplace/driver.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { OfferStore } from '../offers/store.ts';
import type { OrderStore } from '../orders/store.ts';
import type { ListedStore } from '../reconcile/store.ts';
import type { Claimed } from './claimed.ts';

/** The dependencies of a run. The doors of access are a separate group, which code that stores orders does not get. */
export interface WorkDeps extends Omit<SessionDeps, 'marketplace' | keyof AccessDoors> {
  readonly access: AccessDoors;
  readonly orders: OrderStore;
  readonly journal: JournalStore;
  readonly listed: ListedStore;
  readonly offers: OfferStore;
  readonly log: Log;
  /** The driver of a marketplace. Throws RangeError for a marketplace that is not configured (any more). */
  readonly driverOf: (marketplaceId: string) => Driver;
  readonly limits: CallLimits;
  readonly outOfTime: () => boolean;
}

/** The dependencies of a run's steps: stores of orders and an open session, but no passwords. */
export interface OpenWork extends ProcessDeps {
  readonly journal: JournalStore;
  readonly listed: ListedStore;
  readonly offers: OfferStore;
  /** A sale that could be read lately. */
  readonly goodSaleId: string | undefined;
}

/** Opens the dependencies of all steps that store orders of an account, once per claim. Throws Stop. */
export async function openWork(
  deps: WorkDeps,
  { account, rows }: Pick<Claimed, 'account' | 'rows'>,
): Promise<OpenWork> {
  const { accountId, goodSaleId, integrationKeyId: keyId } = account;
  const { access, orders, journal, listed, offers, log, clock, outOfTime } = deps;
  const driver = deps.driverOf(account.marketplaceId);
  const { identity } = driver.settings;
  const scope = { identity, keyId };
  const marketplace = driver.open({
    turn: await deps.limits.open(scope),
    readKey: keyReader(deps, { accountId, keyId }),
    cache: access.keys.cacheOf(scope),
  });
  const session = oneAtATime(await openSession({ ...deps, ...access, marketplace }, account));
  const sales = openOutageDetector({
    witness: goodSaleId,
    probe: () => conditionBy({ marketplace, session }, goodSaleId),
    probeNow: (saleId) => conditionBy({ marketplace, session }, saleId),
  });
  const purchases = openOutageDetector({
    probe: sales.condition,
    probeNow: async () => ((await sales.isUpNow()) ? 'up' : 'down'),
  });
  const detectors = { sales, purchases };
  const connectedAtMillis = account.connectedAtMillis ?? clock();
  const announce = async (): Promise<void> => {
    const to = ({ failedOrders = 0 }: Account) => (failedOrders > 0 ? undefined : { failedOrders: 1 });
    await amend(deps, accountId, { to });
  };
  const opened = { accountId, marketplace, session, orders, detectors, clock, log, outOfTime };
  return {
    ...opened,
    journal,
    listed,
    offers,
    goodSaleId,
    rows,
    earlier: openEarlierSales(opened, { connectedAtMillis }),
    quarantine: openQuarantine(
      { journal, clock, log },
      { accountId, expected: account.failedOrders ?? 0, announce },
    ),
  };
}

/**
 * Reads the key for the driver, which needs it for details of orders. Without a readable key orders are stored, too.
 */
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

/** Makes calls one after the other, so that only one call meets the end of a session. */
function oneAtATime(session: OpenSession): OpenSession {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    call: (operation, options) => {
      const mine = turn.then(() => session.call(operation, options));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** Reads a sale that could be read lately. */
async function conditionBy(
  { marketplace, session }: { marketplace: Marketplace; session: OpenSession },
  saleId: string | undefined,
): Promise<Condition> {
  if (saleId === undefined) return 'unknown';
  try {
    const [read] = await session.call((handle, options) => marketplace.sales.read(handle, [saleId], options));
    // A sale that the marketplace no longer keeps, or that is broken, shows nothing about the marketplace.
    return read !== undefined && ('sale' in read || 'replacedBy' in read) ? 'up' : 'unknown';
  } catch (error) {
    // An OwnStop, which forbids the call, says nothing about the sale.
    if (error instanceof MarketplaceFault) return 'down';
    throw error;
  }
}
