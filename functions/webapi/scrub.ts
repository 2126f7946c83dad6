const MAX_TEXT = 300;
const REDACTED = '[redacted]';

/** Length of the part of a text that is scrubbed; a far shorter part is shown. */
const MAX_READ = 10_000;

/**
 * Makes a marketplace's text safe to log: replaces every secret of the call, even if escaped, encoded or in
 * another case, and runs that look encoded; flattens control characters and line breaks; cuts the rest to a
 * short length.
 */
export function scrub(text: string, secrets: readonly string[]): string {
  const sales = secrets.filter((secret) => secret !== '').flatMap(disguises);
  // Longest first, so that a secret within another leaves no remainder of it.
  const patterns = [...new Set(sales)]
    .sort((a, b) => b.length - a.length)
    .map((form) => new RegExp(RegExp.escape(form), 'giu'));
  const redact = (part: string) => patterns.reduce((safe, pattern) => safe.replace(pattern, REDACTED), part);
  // Replaces again after each step that can join a secret that was broken up. An escape may itself be
  // escaped.
  const steps = [unescaped, unescaped, flatten];
  const safe = steps.reduce((part, step) => redact(step(part)), redact(text.slice(0, MAX_READ)));
  return withoutEncoded(safe).slice(0, MAX_TEXT);
}

/**
 * The text without long runs that hold a digit: a secret that was encoded together with its neighbours has no
 * predictable form.
 */
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

/** Undoes escapes of XML and of URLs. */
const unescaped = (text: string): string =>
  text
    .replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => NAMED[name] ?? '')
    .replace(/&#(\d{1,7}|x[\da-f]{1,6});/gi, (_, number: string) => {
      const code = Number(number.replace(/^x/i, '0x'));
      return code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
    })
    .replace(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());

/**
 * Removes invisible characters, which may stand within words, and turns white space and control characters
 * between words into spaces.
 */
const flatten = (text: string) =>
  text
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();

const UNREADABLE = 'unreadable code';
/** Length beyond the longest code that sources name, which has 50 characters. */
const MAX_CODE = 60;
const CODE = /^ERR_[A-Z]+(_[A-Z]+)*$/i;

/**
 * A fault code that may be stored, logged and shown. An unknown code is free text of the marketplace, kept
 * only if it has the form of a code (letters and underscores, which nothing encoded fits) and spells no
 * secret of the call.
 */
export function presentableCode(
  code: string,
  { isKnown, secrets }: { isKnown: boolean; secrets: readonly string[] },
): string {
  if (isKnown) return code;
  const fits = CODE.test(code) && code.length <= MAX_CODE;
  return fits && !secrets.some((secret) => spells(code, secret)) ? code : UNREADABLE;
}

/**
 * Whether the code spells the secret, compared by letters, because other characters may have been left out.
 */
function spells(code: string, secret: string): boolean {
  const given = lettersOf(code);
  const isAllLetters = secret !== '' && lettersOf(secret) === secret.toLowerCase();
  if (isAllLetters && given.includes(secret.toLowerCase())) return true;
  // Forms of up to two letters would be found in any code.
  return disguises(secret).some((form) => lettersOf(form).length > 2 && given.includes(lettersOf(form)));
}

const lettersOf = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
