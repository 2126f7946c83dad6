import type { Secret } from '../base/secret.ts';
import type { Credentials, Login } from './access.ts';
import type { FormLists } from './lists.ts';
import type { OfferSource } from './offers.ts';
import type { DealEvent, FormBatch, OfferBuyer, UnpaidDeal } from './sales.ts';
import type { CallOptions, MarketplaceSettings } from './settings.ts';

/**
 * The port to a marketplace. A driver speaks one protocol (the SOAP WebAPI is the first, OAuth/REST
 * drivers fit behind the same port) and translates it to these words. Ids are decimal strings, because
 * they are 64 bits wide. Every method may throw `MarketplaceFault`, and nothing else on purpose.
 */
export interface Marketplace extends OfferSource, FormLists {
  readonly settings: MarketplaceSettings;
  /** What must be known before anybody can log in, cacheable per WebAPI key; absent where the protocol has none. */
  readonly fetchVersionKey?: (webapiKey: Secret, options: CallOptions) => Promise<string>;
  /**
   * The user id of the seller behind a login, asked without a session and without a password; absent where the
   * protocol has no such question. A login that nobody has is a fault too.
   */
  readonly sellerId?: (query: { login: string; webapiKey: Secret }, options: CallOptions) => Promise<string>;
  logIn(credentials: Credentials, options: CallOptions): Promise<Login>;
  /** The oldest events after `after` (exclusive; undefined = from the oldest kept), at most `settings.journalPageSize`, ascending by id. */
  dealEvents(handle: Secret, after: string | undefined, options: CallOptions): Promise<DealEvent[]>;
  /** How many events there are after `after`; a marketplace may stop counting at some thousands. */
  countDealEvents(handle: Secret, after: string | undefined, options: CallOptions): Promise<number>;
  /** The forms with these ids, at most `settings.formBatchSize`; unknown and foreign ids are missing from the answer. */
  forms(handle: Secret, ids: readonly string[], options: CallOptions): Promise<FormBatch>;
  /** The unpaid purchases of one buyer in one offer. */
  unpaidDeals(
    handle: Secret,
    purchase: { offerId: string; buyerId: string },
    options: CallOptions,
  ): Promise<UnpaidDeal[]>;
  /** Contact data of these buyers in these offers, at most `settings.formBatchSize` offers. */
  buyers(
    handle: Secret,
    query: { offerIds: readonly string[]; buyerIds: readonly string[] },
    options: CallOptions,
  ): Promise<OfferBuyer[]>;
}
