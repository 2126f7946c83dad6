import type { BilingualText } from '../base/text.ts';
import type { BadOrderReason } from './store.ts';

/** Reasons why an order could not be stored, with advice for people. */
export const BAD_ORDER_TEXTS: Readonly<Record<BadOrderReason, BilingualText>> = {
  'form-missing': {
    pl: 'Serwis nie zwraca tego formularza. Sprawdź zamówienie na stronie serwisu; gdy tam jest, odczytaj je ponownie (repair).',
    en: 'The marketplace does not return this form. Look the order up on its website; if it is there, read it again (repair).',
  },
  'form-unreadable': {
    pl: 'W formularzu brakuje danych, bez których nie wiadomo, której sprzedaży dotyczy albo w jakim jest stanie. Obsłuż zamówienie na stronie serwisu; gdy serwis naprawi dane, odczytaj je ponownie (repair).',
    en: 'The form lacks data without which nobody can tell which sale it is or where it stands. Handle the order on the website; once the marketplace has mended its data, read it again (repair).',
  },
  refused: {
    pl: 'Serwis odmawia podania tego zamówienia, choć inne podaje. Sprawdź je na stronie serwisu, a potem odczytaj ponownie (repair).',
    en: 'The marketplace refuses to tell this order, though it tells others. Look it up on the website, then read it again (repair).',
  },
  unconfirmed: {
    pl: 'Dziennik mówi o tym zamówieniu więcej, niż serwis pokazuje (szczegóły w „detail”). Odczytujemy je ponownie w kolejnych odczytach, a potem co godzinę przez dobę; nic nie trzeba robić.',
    en: 'The journal tells more of this order than the marketplace shows (see "detail"). It is read again in the next runs, then hourly for a day; nothing needs to be done.',
  },
  'event-unreadable': {
    pl: 'Zdarzenia w dzienniku serwisu nie da się odczytać, więc nie wiadomo, której sprzedaży dotyczy. Jeśli dotyczyło formularza, znajdzie go nocne porównanie; zakup bez formularza sprawdź na stronie serwisu.',
    en: "An event of the marketplace's journal cannot be read, so nobody can tell which sale it is about. If it was about a form, the nightly check finds that; look for a purchase without a form on the website.",
  },
  'row-too-large': {
    pl: 'Zamówienie jest za duże, by je zapisać (ponad 400 kB); niczego nie obcinamy. Obsłuż je na stronie serwisu.',
    en: 'The order is too large to be stored (above 400 kB); nothing is ever cut. Handle it on the website.',
  },
};
