import { expect, it } from 'vitest';
import { hashPassword } from '../../functions/webapi/login.ts';
import { found } from '../support/canary.ts';

/* The search for secrets finds one however it is spelt, and nothing where there is none. */

const SECRET = `Kanarek<3>&"żółty'%`;
const bytes = Buffer.from(SECRET, 'utf8');
const where = (text: string, secret = SECRET) =>
  found([{ name: 'canary', secret }], [{ place: 'here', text }]);

it.each([
  ['plain', SECRET],
  ['in another case', SECRET.toUpperCase()],
  ['in JSON', JSON.stringify({ password: SECRET })],
  ['in JSON in JSON', JSON.stringify({ message: JSON.stringify({ password: SECRET }) })],
  [
    'escaped for XML',
    `<a>${SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</a>`,
  ],
  ['escaped for an URL', `?p=${encodeURIComponent(SECRET)}`],
  ['escaped for a form', new URLSearchParams({ p: SECRET }).toString()],
  ['in hex', bytes.toString('hex')],
  ['in hex, in capitals', bytes.toString('hex').toUpperCase()],
  ['in Base64', bytes.toString('base64')],
  ['in Base64 for URLs', bytes.toString('base64url')],
  ['in Base64 with one letter before', Buffer.from(`a${SECRET}bc`).toString('base64')],
  ['in Base64 with two letters before', Buffer.from(`ab${SECRET}c`).toString('base64')],
  ['as an Authorization header', `Basic ${Buffer.from(`login:${SECRET}`).toString('base64')}`],
  ['as character references', [...SECRET].map((letter) => `&#${letter.codePointAt(0)};`).join('')],
  ['as the hash of doLoginEnc', hashPassword(SECRET)],
  ['as the hash of doLoginEnc, in hex', Buffer.from(hashPassword(SECRET)).toString('hex')],
  ['as the hash of doLoginEnc, escaped for an URL', encodeURIComponent(hashPassword(SECRET))],
])('a secret is found %s', (_, text) => {
  expect(where(`a line of a log ${text} and more`)).toEqual(['canary in here']);
});

it('nothing is found where there is none', () => {
  expect(where('kanarek żółty, [redacted], Kanarek')).toEqual([]);
  expect(where(hashPassword('another'))).toEqual([]);
});

it('a secret that is too short to be told from other text is refused', () => {
  expect(() => where('x', 'abc')).toThrow('too short');
});
