import { accountParts } from '../../adapters/accounts.ts';
import { offerReader } from '../../adapters/offers.ts';
import type { OFFERS } from '../../contract/offers.ts';
import { existing } from '../../core/admin/accounts.ts';
import { unknownOffer } from '../../core/base/problem.ts';
import { mustHave } from '../../core/marketplace/capabilities.ts';
import { fromCursor, nextCursor } from '../input.ts';
import { marketplaceSettings } from '../marketplaces.ts';
import { offersFreshness, offerView } from '../offer-view.ts';
import type { Routes } from '../serve.ts';
import { setting } from '../settings.ts';
import { processDynamo } from '../store.ts';

/**
 * Ids are opaque texts. Other items of the store begin with another sign, and are no valid start of a page.
 */
const OFFER_ID = /^[0-9A-Za-z]\S{0,199}$/;

/** The routes about offers, wired to the real stores. */
export function offerApi(): Routes<typeof OFFERS> {
  const dynamo = processDynamo();
  const table = { dynamo, table: setting('ACCOUNTS_TABLE') };
  const accounts = accountParts(table, ['accountId', 'phase', 'offers', 'marketplaceId']);
  const marketplaces = marketplaceSettings();
  const accountIn = async (params: { accountId: string }) => {
    const account = await existing({ accounts }, params.accountId);
    mustHave(marketplaces.get(account.marketplaceId), 'offers');
    return account;
  };
  const offers = offerReader({ dynamo, table: setting('OFFERS_TABLE') });
  return {
    async 'offers.list'({ params, query: { limit, cursor, state } }) {
      const account = await accountIn(params);
      const after = fromCursor(cursor, OFFER_ID);
      const page = await offers.list(account.accountId, { limit, after, state });
      const next = nextCursor(page.next);
      const body = { offers: page.offers.map(offerView), cursor: next, ...offersFreshness(account) };
      return { status: 200, body };
    },

    async 'offers.show'({ params }) {
      const account = await accountIn(params);
      const { offerId } = params;
      const row = OFFER_ID.test(offerId) ? await offers.read(account.accountId, offerId) : undefined;
      if (row === undefined) throw unknownOffer();
      return { status: 200, body: { ...offerView(row), ...offersFreshness(account) } };
    },
  };
}
