import type { BilingualText } from '../base/text.ts';
import type { ListKind } from '../marketplace/lists.ts';

const MONTH: BilingualText = {
  pl: 'sprzedaże starsze niż miesiąc',
  en: 'sales older than a month',
};
const PURCHASES: BilingualText = {
  pl: 'zakupy, w których kupujący nie wybrał jeszcze dostawy i płatności (zna je tylko dziennik)',
  en: 'purchases whose buyer has not chosen delivery and payment yet (only the journal knows them)',
};
const LATE_CANCELLATION: BilingualText = {
  pl: 'anulowanie opłaconego zamówienia ponad trzy dni po zakupie, jeśli dziennik go nie odnotował',
  en: 'a cancellation of a paid order more than three days after the purchase, if the journal never told it',
};
const CANCELLED: BilingualText = {
  pl: 'sprzedaże anulowane, zanim je odczytano',
  en: 'sales that were cancelled before they were read',
};
const UNPAID: BilingualText = {
  pl: 'sprzedaże nieopłacone, które nie są za pobraniem',
  en: 'sales that are neither paid nor with cash on delivery',
};
const MORE_THAN_25: BilingualText = {
  pl: 'więcej niż 25 najnowszych sprzedaży jednej oferty',
  en: 'more than the newest 25 sales of one offer',
};

const CANNOT_SEE: Readonly<Record<ListKind, readonly BilingualText[]>> = {
  'all-sales': [PURCHASES, MONTH],
  'filled-sales': [PURCHASES, CANCELLED],
  'sales-by-offer': [PURCHASES, CANCELLED, UNPAID, MORE_THAN_25],
};

/** The note for a list that was skipped because its emptiness could not be trusted. */
const ofBlind = (list: ListKind): BilingualText => ({
  pl: `to, co widać tylko na liście ${list}: serwis podał ją pustą, choć znamy sprzedaże z tego czasu`,
  en: `what only the list ${list} shows: the marketplace gave it empty, though sales of that time are known`,
});

/** Orders that a reading of these lists leaves unseen: those that none of the lists shows. */
export function unseenBy(
  lists: readonly ListKind[],
  blind: readonly ListKind[] = [],
): readonly BilingualText[] {
  const [first = [], ...others] = lists.map((list) => CANNOT_SEE[list]);
  return [...first.filter((text) => others.every((texts) => texts.includes(text))), ...blind.map(ofBlind)];
}

/** Orders that a check leaves unseen. */
export const unseenByCheck = (list: ListKind, blind: readonly ListKind[] = []): readonly BilingualText[] => [
  ...CANNOT_SEE[list],
  LATE_CANCELLATION,
  ...blind.map(ofBlind),
];
