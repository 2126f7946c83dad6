import type { Account } from '../core/account/account.ts';
import type { OfferTrouble } from '../core/account/sync-facts.ts';
import { toIso } from '../core/base/time.ts';
import type { OfferRow } from '../core/offers/store.ts';
import { againAt, troubleText } from '../core/offers/trouble.ts';
import { iso } from './iso.ts';

/** An offer for readers of the API. Amounts are whole minor units (grosze, halire) with their currency. */
export const offerView = (row: OfferRow) => ({
  offerId: row.offerId,
  title: row.title,
  state: row.state,
  price: row.price ?? null,
  priceKind: row.priceKind ?? null,
  startQuantity: row.startQuantity ?? null,
  soldQuantity: row.soldQuantity ?? null,
  quantityLeft: row.quantityLeft ?? null,
  startedAt: iso(row.startedAtMillis),
  endsAt: row.state === 'active' ? iso(row.endsAtMillis) : null,
  endedAt: row.state === 'active' ? null : iso(row.endsAtMillis),
  ...(row.flags !== undefined && { flags: row.flags }),
  firstSeenAt: toIso(row.firstSeenAtMillis),
  changedAt: toIso(row.readAtMillis),
});

/** The freshness of offers, and the trouble that keeps them from being fresh. */
export function offersFreshness({ offers = {} }: Pick<Account, 'offers'>) {
  const { readAtMillis, listedAtMillis, journalTrouble, listingTrouble } = offers;
  const known = [readAtMillis, listedAtMillis].filter((millis) => millis !== undefined);
  return {
    updatedAt: known.length === 0 ? null : new Date(Math.max(...known)).toISOString(),
    listedAt: iso(listedAtMillis),
    troubles: [
      ...(listingTrouble === undefined ? [] : [troubleView('listing', listingTrouble)]),
      ...(journalTrouble === undefined ? [] : [troubleView('journal', journalTrouble)]),
    ],
  };
}

const troubleView = (part: 'journal' | 'listing', trouble: OfferTrouble) => ({
  part,
  reason: trouble.reason,
  code: trouble.code ?? null,
  since: toIso(trouble.atMillis),
  againAt: toIso(againAt(trouble)),
  message: troubleText(part, trouble),
});
