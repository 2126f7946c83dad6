import { escapeXml } from './xml.ts';

const MAX_TEXT = 300;

/**
 * Makes a marketplace's text safe to log: every secret of the call replaced, also where it comes back
 * escaped, control characters and line breaks flattened, the rest cut to a bearable length.
 */
export function scrub(text: string, secrets: readonly string[]): string {
  const forms = formsOf(secrets);
  // Once more after flattening, which can put a secret together that was broken up.
  return redact(flatten(redact(text, forms)), forms).slice(0, MAX_TEXT);
}

const redact = (text: string, forms: readonly string[]): string =>
  forms.reduce((safe, form) => safe.replaceAll(form, '[redacted]'), text);

/** Longest first, so that a secret within another one leaves no remainder of it. */
const formsOf = (secrets: readonly string[]): string[] =>
  [...new Set(secrets.filter((secret) => secret !== '').flatMap(disguises))].sort(
    (a, b) => b.length - a.length,
  );

const disguises = (secret: string): string[] => {
  const forms = [secret, escapeXml(secret), JSON.stringify(secret).slice(1, -1)];
  // encodeURIComponent throws for lone surrogates.
  return secret.isWellFormed() ? [...forms, encodeURIComponent(secret)] : forms;
};

const flatten = (text: string) => text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
