import { expect, it } from 'vitest';
import { sources } from '../arrows/arrows.ts';

/**
 * A secret is text only where it is stored, sent, judged or turned into a fingerprint. Elsewhere it prints as redacted.
 */

/** The files that reveal secrets, each with the reason. */
const DOORS: Readonly<Record<string, string>> = {
  'functions/adapters/login-keys.ts': 'keys the hash of a login',
  'functions/adapters/secrets.ts': 'writes to Secrets Manager; fingerprints of passwords',
  'functions/adapters/sessions.ts': 'writes handles to the sessions table',
  'functions/adapters/webhooks.ts': 'writes to Secrets Manager',
  'functions/core/access/credentials.ts': 'judges the characters of a password',
  'functions/core/admin/input.ts': 'judges the characters of a password that was typed',
  'functions/core/admin/keys.ts': 'judges the characters of an integration key',
  'functions/core/delivery/signature.ts': 'signs deliveries',
  'functions/entry/access/tokens.ts': 'checks the signature of a token',
  'functions/entry/api/webhooks.ts': 'shows the secret of a webhook, once, to the caller who made it',
  'functions/entry/repeats.ts': 'seals what is kept of a request',
  'functions/webapi/countries.ts': 'sends a request',
  'functions/webapi/limits.ts': 'checks a request before it is sent',
  'functions/webapi/login.ts': 'sends a request',
  'functions/webapi/sales.ts': 'sends a request',
};

it('secrets are revealed by these files only', async () => {
  const found = (await sources())
    .filter(({ file, text }) => file.startsWith('functions/') && text.includes('.reveal()'))
    .map(({ file }) => file);
  expect(found.toSorted()).toEqual(Object.keys(DOORS).toSorted());
});

it('what a person types is a secret before it leaves the route that takes it', async () => {
  const typed = (await sources()).filter(({ file }) => /^functions\/(core|adapters)\//.test(file));
  const plain = /\b(applicationPassword|integrationKey|password|handle|signingSecret)\??: string\b/;
  const fields = typed.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line) => (plain.test(line) ? `${file}: ${line.trim()}` : [])),
  );
  expect(fields.toSorted()).toEqual(PLAIN.toSorted());
});

/** The judge of characters, and the item of the sessions table. */
const PLAIN: readonly string[] = [
  'functions/core/account/password-complaint.ts: password: string,',
  'functions/core/account/password-complaint.ts: function isJson(password: string): boolean {',
  'functions/adapters/sessions.ts: readonly handle: string;',
];
