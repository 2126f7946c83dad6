import { chunks } from '../base/batches.ts';
import type { MarketplaceFault } from '../faults/fault.ts';
import type { Purchase } from '../marketplace/journal.ts';
import type { OfferBuyer, OpenPurchase, OpenPurchases } from '../marketplace/sales.ts';
import { type OrderId, orderIdOfPurchase } from '../orders/order.ts';
import type { ApplyDeps } from './applied.ts';
import { readApart } from './outage-detector.ts';

/** Facts that the marketplace tells of purchases that no order of it holds. */
export interface KnownPurchases {
  readonly unpaid: ReadonlyMap<string, OpenPurchase>;
  /** Buyers by `offerId/buyerId`. */
  readonly contacts: ReadonlyMap<string, OfferBuyer>;
  /** Purchases that could not be read. */
  readonly refused: ReadonlyMap<OrderId, MarketplaceFault>;
  /** Offers whose buyers could not be read. */
  readonly untold: ReadonlyMap<string, MarketplaceFault>;
  /** Pairs `offerId/buyerId` that were not read, because the time was up. */
  readonly left: ReadonlySet<string>;
}

const NOTHING_KNOWN: KnownPurchases = {
  unpaid: new Map(),
  contacts: new Map(),
  refused: new Map(),
  untold: new Map(),
  left: new Set(),
};

export const pairOf = ({ offerId, buyerId }: Purchase): string => `${offerId}/${buyerId}`;

/**
 * Asks for these purchases, in a call for each offer and buyer, and in a call for the buyers of a batch of
 * offers. A purchase whose buyer was erased cannot be asked for. Throws MarketplaceFault for an outage.
 */
export async function readPurchases(
  deps: ApplyDeps,
  purchases: readonly Purchase[],
): Promise<KnownPurchases> {
  const { openPurchases } = deps.marketplace;
  if (openPurchases === undefined) return NOTHING_KNOWN;
  const named = purchases.filter(({ buyerId }) => buyerId !== '');
  const byPair = Map.groupBy(named, pairOf);
  const { detectors, outOfTime } = deps;
  const pairs = await readApart(
    [...byPair.keys()].map((pair) => [pair]),
    {
      detector: detectors.purchases,
      outOfTime,
      read: async ([pair = '']) => {
        const purchase = byPair.get(pair)?.[0];
        if (purchase === undefined) return [];
        const found = await deps.session.call((handle, options) =>
          openPurchases.unpaid(handle, purchase, options),
        );
        detectors.purchases.worked();
        return found;
      },
    },
  );
  const refused = new Map<OrderId, MarketplaceFault>();
  for (const { item, fault } of pairs.refused) {
    for (const { purchaseId } of byPair.get(item) ?? []) refused.set(orderIdOfPurchase(purchaseId), fault);
  }
  const unpaid = new Map(pairs.answers.flat().map((purchase) => [purchase.purchaseId, purchase]));
  const left = new Set(pairs.left);
  const asked = named.filter((purchase) => !left.has(pairOf(purchase)));
  const { contacts, untold, leftOffers } = await readContacts({ ...deps, openPurchases }, asked);
  for (const purchase of asked) if (leftOffers.has(purchase.offerId)) left.add(pairOf(purchase));
  return { unpaid, contacts, refused, untold, left };
}

/** Reads the buyers of these purchases. */
async function readContacts(
  { openPurchases, ...deps }: ApplyDeps & { openPurchases: OpenPurchases },
  purchases: readonly Purchase[],
): Promise<Pick<KnownPurchases, 'contacts' | 'untold'> & { leftOffers: ReadonlySet<string> }> {
  const offerIds = [...new Set(purchases.map(({ offerId }) => offerId))];
  const { answers, refused, left } = await readApart(
    chunks(offerIds, deps.marketplace.settings.saleBatchSize),
    {
      detector: deps.detectors.purchases,
      outOfTime: deps.outOfTime,
      read: async (batch) => {
        const buyerIds = [
          ...new Set(
            purchases.filter(({ offerId }) => batch.includes(offerId)).map(({ buyerId }) => buyerId),
          ),
        ];
        return await deps.session.call((handle, options) =>
          openPurchases.buyers(handle, { offerIds: batch, buyerIds }, options),
        );
      },
    },
  );
  for (const { item, fault } of refused) {
    const { accountId } = deps;
    deps.log.warn('buyers-refused', { accountId, offerId: item, code: fault.code ?? fault.reason });
  }
  const contacts = new Map(
    answers.flat().map((contact) => [`${contact.offerId}/${contact.buyer.id}`, contact]),
  );
  const untold = new Map(refused.map(({ item, fault }) => [item, fault]));
  return { contacts, untold, leftOffers: new Set(left) };
}
