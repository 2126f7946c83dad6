import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePositions, encodePositions } from '../../../../functions/core/feed/positions.ts';

const hexId = fc
  .uint8Array({ minLength: 10, maxLength: 10 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const anyId = fc.oneof(hexId, fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }));
const number = fc.oneof(fc.nat(), fc.maxSafeNat());
const mark = fc.integer({ min: 1, max: 0xffff });
const position = fc.record({ number, mark }, { requiredKeys: ['number'], noNullPrototype: true });
const positions = fc.uniqueArray(fc.tuple(anyId, position), { maxLength: 20, selector: ([id]) => id });

describe('positions', () => {
  it('come back as they were, in their order', () => {
    fc.assert(
      fc.property(positions, (entries) => {
        const decoded = decodePositions(encodePositions(new Map(entries)));
        expect([...(decoded ?? [])]).toEqual(entries);
      }),
    );
  });

  it('are still read in the format from before times were kept', () => {
    expect(decodePositions('AYoBI0VniavN7wEjrAIKemHFvMOzxYLEh4CAgICAIOuxyno')).toEqual(
      new Map([
        ['0123456789abcdef0123', { number: 300 }],
        ['zażółć', { number: 2 ** 40 }],
      ]),
    );
  });

  it('are text that needs no escaping in a URL', () => {
    expect(encodePositions(new Map([['zażółć', { number: 2 ** 40, mark: 0xffff }]]))).toMatch(
      /^[A-Za-z0-9_-]+$/,
    );
  });

  it('fit into a URL for five hundred accounts', () => {
    const ids = Array.from({ length: 500 }, (_, index) => index.toString(16).padStart(20, '0'));
    expect(
      encodePositions(new Map(ids.map((id) => [id, { number: 10_000, mark: 40_000 }]))).length,
    ).toBeLessThan(9_500);
  });

  it('are not taken when they were cut or changed', () => {
    const text = encodePositions(new Map([['0123456789abcdef0123', { number: 300, mark: 7 }]]));
    for (let at = 0; at < text.length; at += 1) {
      expect(decodePositions(text.slice(0, at))).toBeUndefined();
      const other = text[at] === 'A' ? 'Q' : 'A';
      expect(decodePositions(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined();
    }
    expect(decodePositions('nonsense')).toBeUndefined();
    expect(decodePositions(`${text},${text}`)).toBeUndefined();
  });
});
