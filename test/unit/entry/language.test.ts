import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { languageOf } from '../../../functions/entry/language.ts';

describe('the language of a caller', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['pl', 'pl'],
    ['pl-PL,pl;q=0.9,en-US;q=0.8,en;q=0.7', 'pl'],
    ['en-GB, pl;q=0.9', 'en'],
    ['de, cs;q=0.9, pl;q=0.5', 'pl'],
    ['de, *;q=0.5', 'en'],
    ['pl;q=0, en;q=0.1', 'en'],
    ['pl;q=0', 'en'],
    ['PL', 'pl'],
    ['pl;q=2', 'en'],
    ['pl;level=1;q=0.4, en;q=0.3', 'pl'],
    ['__proto__, constructor', 'en'],
  ])('of %j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it('is one that we have, whatever a header says', () => {
    fc.assert(fc.property(fc.string(), (header) => ['pl', 'en'].includes(languageOf(header))));
  });
});
