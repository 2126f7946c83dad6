import type { MarketplaceSettings } from './marketplace.ts';
import { badField } from './problems.ts';
import { Secret } from './secret.ts';

/**
 * Characters that come from copying and never from a marketplace: control and format characters, surrogates without
 * their pair, unassigned ones, those that nothing shows, the replacement character, every blank but the space. A
 * password with one of them would be sent, refused, and counted towards a lock.
 */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u{FFFD}]|[^\S ]/u;

/** Refuses what no marketplace can have issued, before anything is stored. */
export function checkedPassword(password: string, marketplace: MarketplaceSettings): Secret {
  const field = 'applicationPassword';
  if (password.trim() === '') {
    throw badField(field, {
      pl: 'Hasło aplikacji jest puste. Wygeneruj je na stronie serwisu i wklej tutaj.',
      en: 'The application password is empty. Generate one on the website of the marketplace and paste it here.',
    });
  }
  if (password !== password.trim()) {
    throw badField(field, {
      pl: 'Hasło aplikacji zaczyna lub kończy się odstępem. Wklej je bez odstępów.',
      en: 'The application password begins or ends with a blank. Paste it without blanks.',
    });
  }
  const unseen = password.search(UNSEEN);
  if (unseen >= 0) {
    const place = [...password.slice(0, unseen)].length + 1;
    throw badField(field, {
      pl: `Hasło aplikacji ma na miejscu ${place} niewidoczny lub uszkodzony znak, którego serwis nie mógł w nim umieścić. Skopiuj hasło jeszcze raz, prosto ze strony serwisu.`,
      en: `The application password has an invisible or broken character at place ${place}, which the marketplace cannot have put there. Copy the password once more, straight from the website.`,
    });
  }
  const limit = marketplace.passwordMaxLength;
  if ([...password].length > limit) {
    throw badField(field, {
      pl: `Hasło aplikacji ma więcej niż ${limit} znaków, a ${marketplace.name} czyta tylko ${limit}. Sprawdź, czy skopiowano właściwe.`,
      en: `The application password has more than ${limit} characters, but ${marketplace.name} reads only ${limit}. Check that you copied the right one.`,
    });
  }
  return new Secret(password);
}

const NAME_LIMIT = 16;
/** Of an e-mail address. */
const ADDRESS_LIMIT = 254;
/** No control characters, and nothing that would have to be escaped wherever a login is shown. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}"\\]+$/u;

/** The login without surrounding blanks: a name, or an e-mail address. Throws Problem. */
export function checkedLogin(login: string): string {
  const trimmed = login.trim();
  const isName = [...trimmed].length <= NAME_LIMIT;
  const isAddress = trimmed.length <= ADDRESS_LIMIT && /^[^\s@]+@[^\s@]+$/.test(trimmed);
  if (PRINTABLE.test(trimmed) && (isName || isAddress)) return trimmed;
  throw badField('login', {
    pl: `Login to nazwa o długości od 1 do ${NAME_LIMIT} znaków albo adres e-mail, bez znaków sterujących i cudzysłowów.`,
    en: `The login is a name of 1 to ${NAME_LIMIT} characters or an e-mail address, without control characters and quotation marks.`,
  });
}
