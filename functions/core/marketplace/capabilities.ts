import { operation } from '../base/operation.ts';
import { Problem } from '../base/problem.ts';
import type { BilingualText } from '../base/text.ts';
import type { MarketplaceSettings, OptionalCapability } from './settings.ts';

const TEXTS = {
  lists: {
    pl: `Ten serwis nie ma list sprzedaży obok dziennika, więc nie ma z czym porównać zamówień ani skąd ich sprowadzić. Zamówienia czytamy z dziennika: ${operation('orders.list')}.`,
    en: `This marketplace has no lists of sales beside its journal, so there is nothing to compare orders with or to import them from. Orders are read from the journal: ${operation('orders.list')}.`,
  },
  offers: {
    pl: `Ten serwis nie pokazuje ofert sprzedawcy, więc nie prowadzimy ich spisu. Zamówień to nie dotyczy: ${operation('orders.list')}.`,
    en: `This marketplace does not show a seller's offers, so none are kept here. Orders are not affected: ${operation('orders.list')}.`,
  },
} as const satisfies Record<OptionalCapability, BilingualText>;

/** Throws Problem `not-found` where the marketplace lacks a capability that a request needs. */
export function mustHave(
  settings: Pick<MarketplaceSettings, 'lacks'> | undefined,
  capability: OptionalCapability,
): void {
  if (settings?.lacks?.includes(capability)) {
    throw new Problem({ code: 'not-found', text: TEXTS[capability], extra: { lacks: capability } });
  }
}
