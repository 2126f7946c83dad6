import { complaintAboutPassword } from '../account/password-complaint.ts';
import { badField } from '../base/problem.ts';
import type { Secret } from '../base/secret.ts';
import type { MarketplaceSettings } from '../marketplace/settings.ts';

/** Refuses a password that no marketplace can have issued, before anything is stored. Throws Problem. */
export function checkedPassword(password: Secret, marketplace: MarketplaceSettings): Secret {
  const complaint = complaintAboutPassword(password.reveal(), marketplace);
  if (complaint !== undefined) throw badField('applicationPassword', complaint.text);
  return password;
}

const NAME_LIMIT = 16;
/** Longest e-mail address, in characters. */
const ADDRESS_LIMIT = 254;
/**
 * A text without control characters, and without characters that would have to be escaped wherever a login is
 * shown.
 */
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
