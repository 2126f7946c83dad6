import type { Access } from './access.ts';
import type { SaleLists } from './lists.ts';
import type { OfferSource } from './offers.ts';
import type { OpenPurchases, Sales } from './sales.ts';
import type { MarketplaceSettings } from './settings.ts';

/**
 * The port to a marketplace, with a part for each capability. A driver translates a protocol to these types
 * (the SOAP WebAPI is the first; drivers for OAuth/REST fit behind the same port). Every method may throw
 * `MarketplaceFault`, and nothing else on purpose.
 */
export interface Marketplace {
  readonly settings: MarketplaceSettings;
  readonly access: Access;
  readonly sales: Sales;
  /** Absent if every purchase belongs to an order from its first event, so that none is looked up alone. */
  readonly openPurchases?: OpenPurchases;
  /**
   * Absent if the marketplace has no lists of its sales beside its journal: nothing is compared or imported.
   */
  readonly lists?: SaleLists;
  /** Absent if the marketplace does not show the seller's offers: no snapshot is kept. */
  readonly offers?: OfferSource;
}
