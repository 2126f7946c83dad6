import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from '../../../../functions/core/base/secret.ts';

const secret = new Secret('geheim');

it('gives its text to those who ask for it by name', () => {
  expect(secret.reveal()).toBe('geheim');
});

it.each([
  ['JSON', JSON.stringify({ secret })],
  ['a template', `${secret}`],
  ['concatenation', `x${String(secret)}`],
  ['inspect', inspect({ nested: { secret } }, { depth: 10, showHidden: true })],
  ['format', format('%s %o %j', secret, secret, secret)],
  ['its properties', JSON.stringify(Object.entries({ ...secret }))],
  ['an error', inspect(new Error('x', { cause: secret }))],
])('is not shown by %s', (_, text) => {
  expect(text).not.toContain('geheim');
});

it('shows that something is there', () => {
  expect(JSON.stringify({ secret })).toBe('{"secret":"[redacted]"}');
});
