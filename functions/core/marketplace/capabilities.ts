import { operation } from '../base/operation.ts';
import { Problem } from '../base/problem.ts';
import type { BilingualText } from '../base/text.ts';
import type { MarketplaceSettings, OptionalCapability } from './settings.ts';

const TEXTS = {
  lists: {
    pl: `Ten serwis nie udostępnia list sprzedaży, tylko dziennik, więc nie ma z czym porównać zamówień ani skąd zaimportować wcześniejszych. Zamówienia odczytujemy z dziennika: ${operation('orders.list')}.`,
    en: `This marketplace has no lists of sales, only a journal, so orders cannot be compared with a list, and earlier ones cannot be imported. Orders are read from the journal: ${operation('orders.list')}.`,
  },
  offers: {
    pl: `Ten serwis nie pokazuje ofert sprzedawcy, więc Klamka ich nie zna. Zamówień to nie dotyczy: ${operation('orders.list')}.`,
    en: `This marketplace does not show a seller's offers, so Klamka has none. Orders are not affected: ${operation('orders.list')}.`,
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
