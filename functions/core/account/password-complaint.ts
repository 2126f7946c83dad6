import type { BilingualText } from '../base/text.ts';
import type { MarketplaceSettings } from '../marketplace/settings.ts';

/**
 * Characters that come from copying and never from a marketplace: control and format characters, surrogates
 * without their pair, unassigned and invisible characters, the replacement character, every blank but the
 * space. A password with one of them would be sent, refused, and counted towards a lock.
 */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u{FFFD}]|[^\S ]/u;

interface Complaint {
  /** Name of the fault, kept on the account for states that are derived later. */
  readonly code: PasswordComplaint;
  readonly text: BilingualText;
}

export type PasswordComplaint = 'empty' | 'json' | 'blanks' | 'unseen-characters' | 'too-long';

/** The fault of an application password that no marketplace can have issued. Never quotes the password. */
export function complaintAboutPassword(
  password: string,
  marketplace: MarketplaceSettings,
): Complaint | undefined {
  if (password.trim() === '') return { code: 'empty', text: passwordComplaint('empty') };
  if (isJson(password)) return { code: 'json', text: passwordComplaint('json') };
  if (password !== password.trim()) return { code: 'blanks', text: passwordComplaint('blanks') };
  const unseen = password.search(UNSEEN);
  if (unseen >= 0) {
    const place = [...password.slice(0, unseen)].length + 1;
    const text = {
      pl: `Hasło aplikacji ma na miejscu ${place} niewidoczny lub uszkodzony znak, którego serwis nie mógł w nim umieścić. Skopiuj hasło jeszcze raz, prosto ze strony serwisu.`,
      en: `The application password has an invisible or broken character at place ${place}, which the marketplace cannot have put there. Copy the password once more, straight from the website.`,
    };
    return { code: 'unseen-characters', text };
  }
  const limit = marketplace.passwordMaxLength;
  if ([...password].length <= limit) return undefined;
  const text = {
    pl: `Hasło aplikacji ma więcej niż ${limit} znaków, a ${marketplace.name} czyta tylko ${limit}. Sprawdź, czy skopiowano właściwe.`,
    en: `The application password has more than ${limit} characters, but ${marketplace.name} reads only ${limit}. Check that you copied the right one.`,
  };
  return { code: 'too-long', text };
}

/** Whether the password is JSON: consoles of secret stores save pairs of names and values as JSON. */
function isJson(password: string): boolean {
  if (!/^\s*[{["]/.test(password)) return false;
  try {
    JSON.parse(password);
    return true;
  } catch {
    return false;
  }
}

const COMPLAINTS: Readonly<Record<PasswordComplaint, BilingualText>> = {
  empty: {
    pl: 'Hasło aplikacji jest puste. Wygeneruj je na stronie serwisu i wklej w Klamce.',
    en: 'The application password is empty. Generate one on the website of the marketplace and paste it into Klamka.',
  },
  json: {
    pl: 'Zamiast samego hasła aplikacji zapisano JSON. Wpisz samo hasło, bez nawiasów i cudzysłowów.',
    en: 'The stored text is JSON instead of the bare application password. Enter the password alone, without brackets and quotation marks.',
  },
  blanks: {
    pl: 'Na początku lub końcu hasła aplikacji jest odstęp albo znak nowego wiersza. Wklej hasło bez nich.',
    en: 'The application password begins or ends with a blank or a line break. Paste it without them.',
  },
  'unseen-characters': {
    pl: 'Hasło aplikacji ma niewidoczny lub uszkodzony znak, którego serwis nie mógł w nim umieścić. Skopiuj je jeszcze raz, prosto ze strony serwisu.',
    en: 'The application password has an invisible or broken character, which the marketplace cannot have put there. Copy it once more, straight from the website.',
  },
  'too-long': {
    pl: 'Hasło aplikacji jest dłuższe niż hasła, które odczytuje serwis. Sprawdź, czy skopiowano właściwe.',
    en: 'The application password is longer than the marketplace reads. Check that you copied the right one.',
  },
};

/** Advice for a password with this fault. */
export const passwordComplaint = (code: PasswordComplaint): BilingualText => COMPLAINTS[code];

export const isPasswordComplaint = (code: string): code is PasswordComplaint => code in COMPLAINTS;
