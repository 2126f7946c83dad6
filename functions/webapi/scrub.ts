const MAX_TEXT = 300;
const REDACTED = '[redacted]';

/** So much of a text is looked at; what is shown is far shorter. */
const MAX_READ = 10_000;

/**
 * Makes a marketplace's text safe to log: every secret of the call replaced, also where it comes back escaped,
 * encoded or in another case; runs that look encoded replaced too; control characters and line breaks flattened;
 * the rest cut to a bearable length.
 */
export function scrub(text: string, secrets: readonly string[]): string {
  const forms = secrets.filter((secret) => secret !== '').flatMap(disguises);
  // Longest first, so that a secret within another one leaves no remainder of it.
  const patterns = [...new Set(forms)]
    .sort((a, b) => b.length - a.length)
    .map((form) => new RegExp(RegExp.escape(form), 'giu'));
  const redact = (part: string) => patterns.reduce((safe, pattern) => safe.replace(pattern, REDACTED), part);
  // Again after each step that can put a secret together which was broken up. An escape may be escaped itself.
  const steps = [unescaped, unescaped, flatten];
  const safe = steps.reduce((part, step) => redact(step(part)), redact(text.slice(0, MAX_READ)));
  return withoutEncoded(safe).slice(0, MAX_TEXT);
}

/** A secret that was encoded together with its neighbours has a form that cannot be foretold: a long run with a digit. */
const withoutEncoded = (text: string): string =>
  text.replace(/[\w+/=-]{16,}/g, (run) => (/\d/.test(run) ? REDACTED : run));

const disguises = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
];

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Undoes the escapes of XML and of URLs. */
const unescaped = (text: string): string =>
  text
    .replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => NAMED[name] ?? '')
    .replace(/&#(\d{1,7}|x[\da-f]{1,6});/gi, (_, number: string) => {
      const code = Number(number.replace(/^x/i, '0x'));
      return code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
    })
    .replace(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());

/** Invisible characters stand within words, white space and control characters between them. */
const flatten = (text: string) =>
  text
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();

const UNREADABLE = 'unreadable code';
/** The longest code that sources name has 50 characters. */
const MAX_CODE = 60;
const CODE = /^ERR_[A-Z]+(_[A-Z]+)*$/i;

/**
 * A fault code as it may be stored, logged and shown. A code that nobody knows is free text of the marketplace: it is
 * kept only if it has the form of one (letters and underscores: nothing encoded fits) and spells no secret of the call.
 */
export function presentableCode(code: string, use: { isKnown: boolean; secrets: readonly string[] }): string {
  if (use.isKnown) return code;
  const fits = CODE.test(code) && code.length <= MAX_CODE;
  return fits && !use.secrets.some((secret) => spells(code, secret)) ? code : UNREADABLE;
}

/** Compared by letters, for whoever puts a secret into a code may leave out what does not fit there. */
function spells(code: string, secret: string): boolean {
  const given = lettersOf(code);
  const isAllLetters = secret !== '' && lettersOf(secret) === secret.toLowerCase();
  if (isAllLetters && given.includes(secret.toLowerCase())) return true;
  // Fewer letters than that stand in any code.
  return disguises(secret).some((form) => lettersOf(form).length > 2 && given.includes(lettersOf(form)));
}

const lettersOf = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
