import { hashPassword } from '../../functions/webapi/login.ts';

/** A secret to be searched for, under a name that may be printed. */
export interface Canary {
  readonly name: string;
  readonly secret: string;
}

/** A text that was searched, e.g. all lines of a log. */
export interface Searched {
  readonly place: string;
  readonly text: string;
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** The Base64 that every text around the secret leaves unchanged, at each of its three offsets. */
function insideBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const head = offset === 0 ? 0 : Math.ceil((offset * 8) / 6);
    const tail = ((offset + bytes.length) * 8) % 6 === 0 ? whole.length : whole.length - 1;
    return whole.slice(head, tail);
  });
}

/** Spellings of a text: as it is, encoded, and escaped once or twice. Case does not matter, as texts are compared without it. */
export function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const codePoints = [...secret].map((character) => character.codePointAt(0) ?? 0);
  const xml = (text: string) => text.replace(/[&<>"']/g, (sign) => NAMED[sign] ?? sign);
  const json = (text: string) => JSON.stringify(text).slice(1, -1);
  return [
    secret,
    json(secret),
    json(json(secret)),
    xml(secret),
    xml(xml(secret)),
    secret.replace(/[&<>]/g, (sign) => NAMED[sign] ?? sign),
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    new URLSearchParams({ '': secret }).toString().slice(1),
    hex,
    hex.replace(/../g, '%$&'),
    hex.replace(/../g, '\\x$&'),
    codePoints.map((code) => `&#${code};`).join(''),
    codePoints.map((code) => `&#x${code.toString(16)};`).join(''),
    codePoints.map((code) => `\\u${code.toString(16).padStart(4, '0')}`).join(''),
    [...secret].toReversed().join(''),
    ...insideBase64(bytes),
    ...insideBase64(bytes).map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...insideBase64(Buffer.from(secret, 'utf16le')),
  ];
}

/** The shortest secret that is searched for: spellings of a shorter one would be found in any text. */
const SHORTEST = 8;

/** Where secrets stand, in any spelling, and the hash that doLoginEnc sends in the place of a password. */
export function found(canaries: readonly Canary[], searched: readonly Searched[]): string[] {
  const texts = searched.map(({ place, text }) => ({ place, text: text.toLowerCase() }));
  const hits = canaries.flatMap(({ name, secret }) => {
    if (secret.length < SHORTEST) throw new Error(`${name} is too short to be searched for`);
    const spellings = new Set(
      [secret, hashPassword(secret)].flatMap(spellingsOf).map((spelling) => spelling.toLowerCase()),
    );
    return texts.flatMap(({ place, text }) =>
      [...spellings].some((spelling) => text.includes(spelling)) ? [`${name} in ${place}`] : [],
    );
  });
  return [...new Set(hits)].toSorted();
}
