import type { Access } from './access.ts';
import type { FormLists } from './lists.ts';
import type { OfferSource } from './offers.ts';
import type { OpenPurchases, Sales } from './sales.ts';
import type { MarketplaceSettings } from './settings.ts';

/**
 * The port to a marketplace, one part for each of its capabilities. A driver speaks one protocol (the SOAP WebAPI is
 * the first, OAuth/REST drivers fit behind the same port) and translates it to these words. Every method may throw
 * `MarketplaceFault`, and nothing else on purpose.
 */
export interface Marketplace {
  readonly settings: MarketplaceSettings;
  readonly access: Access;
  readonly sales: Sales;
  /** Absent where every purchase belongs to an order from its first event: none is looked up alone. */
  readonly openPurchases?: OpenPurchases;
  /** Absent where the marketplace has no lists of its sales beside its journal: nothing is compared or imported. */
  readonly lists?: FormLists;
  /** Absent where the marketplace does not show the seller's offers: no snapshot is kept. */
  readonly offers?: OfferSource;
}
