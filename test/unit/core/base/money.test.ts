import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideMoney, formatMoney, parseMoney, times } from '../../../../functions/core/base/money.ts';

const pln = (minor: number) => ({ minor, currency: 'PLN' });

describe('parseMoney', () => {
  it.each([
    ['2', 200],
    ['1.2', 120],
    ['6.43', 643],
    ['+6.43', 643],
    ['-6.43', -643],
    [' 6.43\n', 643],
    ['.5', 50],
    ['5.', 500],
    ['0', 0],
    ['-0.00', 0],
    ['131072.02', 13_107_202],
    ['1.005', 101],
    ['1.00499999', 100],
    ['-1.005', -101],
    ['12.949999809265137', 1295],
    ['1.0E7', 1_000_000_000],
    ['1e-2', 1],
    ['5E-3', 1],
    ['4.9E-3', 0],
    ['1E-40', 0],
    ['1.23456E2', 12_346],
    ['90071992547409.91', Number.MAX_SAFE_INTEGER],
  ])('reads %j', (text, minor) => {
    expect(parseMoney(text, 'PLN')).toEqual(pln(minor));
  });

  it.each([
    '',
    '.',
    '+',
    'e5',
    '1,5',
    '1 000',
    'NaN',
    'INF',
    '0x10',
    '1.2.3',
    '--1',
    '1e',
    '1e999',
    '90071992547409.92',
    '1E30',
  ])('refuses %j', (text) => {
    expect(() => parseMoney(text, 'PLN')).toThrow(RangeError);
  });

  it('does not quote what it refuses', () => {
    expect(() => parseMoney('geheim', 'PLN')).toThrow(/^not a decimal amount$/);
  });

  it('reads back whatever was formatted', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (minor) => {
        expect(parseMoney(formatMoney(pln(minor)), 'PLN')).toEqual(pln(minor));
      }),
    );
  });
});

describe('amounts', () => {
  it.each([
    [1205, '12.05'],
    [5, '0.05'],
    [-5, '-0.05'],
    [0, '0.00'],
  ])('%i are written as %s', (minor, text) => {
    expect(formatMoney(pln(minor))).toBe(text);
  });

  it.each([
    [200, 3, 67],
    [100, 3, 33],
    [101, 2, 51],
    [-101, 2, -51],
    [0, 7, 0],
  ])('%i in %i parts is %i each', (minor, parts, share) => {
    expect(divideMoney(pln(minor), parts)).toEqual(pln(share));
  });

  it('multiply in their currency', () => {
    expect(times(pln(333), 3)).toEqual(pln(999));
  });
});
