import type { BilingualText } from '../base/text.ts';
import type { FailureReason } from './store.ts';

/** Reasons why an order could not be stored, with advice for people. */
export const FAILED_ORDER_TEXTS: Readonly<Record<FailureReason, BilingualText>> = {
  'order-missing': {
    pl: 'Serwis nie zwraca tego zamówienia. Sprawdź je na stronie serwisu; jeśli tam jest, odczytaj je ponownie (repair).',
    en: 'The marketplace does not return this order. Look it up on its website; if it is there, read it again (repair).',
  },
  'order-unreadable': {
    pl: 'W zamówieniu brakuje danych, bez których nie wiadomo, jakich zakupów dotyczy albo w jakim jest stanie. Obsłuż je na stronie serwisu; gdy serwis naprawi dane, odczytaj je ponownie (repair).',
    en: 'The order lacks data without which its purchases or its state cannot be known. Handle the order on the website; when the marketplace has repaired the data, read it again (repair).',
  },
  refused: {
    pl: 'Serwis odmawia pokazania tego zamówienia, choć inne pokazuje. Sprawdź je na stronie serwisu, a potem odczytaj ponownie (repair).',
    en: 'The marketplace refuses to show this order, although it shows others. Look it up on the website, then read it again (repair).',
  },
  unconfirmed: {
    pl: 'W dzienniku serwisu jest o tym zamówieniu więcej niż w samym zamówieniu (szczegóły w „detail”). Odczytujemy je ponownie przy kolejnych synchronizacjach, a potem co godzinę przez dobę; nic nie trzeba robić.',
    en: 'The journal of the marketplace has more about this order than the order itself (see "detail"). The order is read again in the next runs, then hourly for a day; nothing needs to be done.',
  },
  'event-unreadable': {
    pl: 'Zdarzenia w dzienniku serwisu nie da się odczytać, więc nie wiadomo, którego zamówienia dotyczy. Zamówienie z wybraną dostawą i płatnością znajdzie nocne porównanie; zakup, w którym kupujący ich jeszcze nie wybrał, sprawdź na stronie serwisu.',
    en: "An event of the marketplace's journal cannot be read, so its order is not known. The nightly check finds an order whose buyer has chosen delivery and payment; look for a purchase without them on the website.",
  },
  'row-too-large': {
    pl: 'Zamówienie jest za duże, by je zapisać (ponad 400 kB); niczego nie obcinamy. Obsłuż je na stronie serwisu.',
    en: 'The order is too large to be stored (above 400 kB); nothing is ever cut. Handle it on the website.',
  },
};
