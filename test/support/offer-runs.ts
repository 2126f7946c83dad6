import type { Account } from '../../functions/core/account/account.ts';
import { checkAsked } from '../../functions/core/account/requests.ts';
import type { OfferFacts } from '../../functions/core/account/sync-facts.ts';
import { type Clock, plus } from '../../functions/core/base/time.ts';
import { emptyTally } from '../../functions/core/ingest/process-orders.ts';
import type { MarketplaceSettings } from '../../functions/core/marketplace/settings.ts';
import { keepOffers } from '../../functions/core/offers/keep-offers.ts';
import { account, NOW } from './accounts.ts';
import { memoryOffers } from './memory-offers.ts';
import { memoryOrders } from './memory-orders.ts';
import { offerShop } from './offer-shop.ts';
import { SETTINGS } from './sales.ts';
import { drainDeps, shop } from './shop.ts';

/** Runs of the periodic task for an account over memory; the writes of a killed run stay. */
export function offerRuns(changes: Partial<MarketplaceSettings> = {}) {
  const market = offerShop(NOW);
  const plain = shop({ ...SETTINGS, ...changes });
  market.journalPageSize = plain.marketplace.settings.journalPageSize;
  const store = memoryOffers();
  let seller: Account = account();
  // The clock moves with each reading, as time passes with calls.
  const clock: Clock = () => {
    market.now = plus(market.now, 1);
    return market.now;
  };
  const warnings: Record<string, unknown>[] = [];
  const log = {
    info: () => undefined,
    warn: (event: string, fields = {}) => void warnings.push({ event, ...fields }),
  };
  const self = {
    market,
    store,
    warnings,
    facts: (): OfferFacts => seller.offers ?? {},
    later(millis: number): void {
      market.now = plus(market.now, millis);
    },
    askForCheck(): void {
      seller = { ...seller, ...checkAsked(seller, clock()) };
    },
    /**
     * Runs the periodic task and returns the calls to the marketplace. `checks`: after so many questions the time is
     * up.
     */
    async run({ checks = Infinity } = {}): Promise<string[]> {
      market.calls.length = 0;
      let left = checks;
      const outOfTime = () => {
        left -= 1;
        return left < 0;
      };
      const deps = {
        ...drainDeps({ shop: plain, orders: memoryOrders() }),
        marketplace: { ...plain.marketplace, offers: market.source },
        offers: store,
        clock,
        log,
        outOfTime,
      };
      const save = async ({ offers }: { offers?: OfferFacts | undefined }): Promise<void> => {
        store.onWrite('save');
        seller = { ...seller, offers };
      };
      const done = await keepOffers(deps, { account: seller, cursor: '0', tally: emptyTally(), save });
      if (done !== undefined) seller = { ...seller, ...done.facts };
      return [...market.calls];
    },
  };
  return self;
}
