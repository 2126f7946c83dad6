import { describe, expect, it } from 'vitest';
import { floatText } from '../../../infra/local/simulator/methods/context.ts';
import { Chance, seedNumber } from '../../../infra/local/simulator/world/chance.ts';
import { localIso, localMidnight, localText } from '../../../infra/local/simulator/world/clock.ts';

describe('chance', () => {
  it('goes on where its state says, within bounds', () => {
    const first = new Chance(seedNumber('7'));
    const draws = Array.from({ length: 1000 }, () => first.int(1, 6));
    expect(new Set(draws)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    const second = new Chance(first.state);
    expect(second.next()).toBe(first.next());
  });

  it('has nothing to pick from an empty list', () => {
    expect(() => new Chance(1).pick([])).toThrow(RangeError);
  });
});

describe('local times', () => {
  it.each([
    ['2015-07-01T21:59:59Z', '2015-06-30T22:00:00Z'],
    ['2015-07-01T22:00:00Z', '2015-07-01T22:00:00Z'],
    ['2015-03-29T12:00:00Z', '2015-03-28T23:00:00Z'],
    ['2015-03-29T22:30:00Z', '2015-03-29T22:00:00Z'],
    ['2015-10-25T12:00:00Z', '2015-10-24T22:00:00Z'],
  ])('the day of %s began at %s', (moment, midnight) => {
    const seconds = (text: string) => Date.parse(text) / 1000;
    expect(localMidnight(seconds(moment), 'Europe/Prague')).toBe(seconds(midnight));
  });

  it.each([
    ['2014-12-04T16:35:08Z', 'Europe/Warsaw', '2014-12-04 17:35:08', '+01:00'],
    ['2026-07-01T22:30:00Z', 'Europe/Prague', '2026-07-02 00:30:00', '+02:00'],
    ['2026-10-25T00:30:00Z', 'Europe/Warsaw', '2026-10-25 02:30:00', '+02:00'],
    ['2026-10-25T01:30:00Z', 'Europe/Warsaw', '2026-10-25 02:30:00', '+01:00'],
  ])('%s in %s is %s %s', (utc, zone, text, offset) => {
    const seconds = Date.parse(utc) / 1000;
    expect(localText(seconds, zone)).toBe(text);
    expect(localIso(seconds, zone)).toBe(`${text.replace(' ', 'T')}${offset}`);
  });
});

it.each([
  [0, '0'],
  [1, '0.01'],
  [10, '0.1'],
  [120, '1.2'],
  [200, '2'],
  [643, '6.43'],
  [100_000, '1000'],
])('%i minor units read %s on the wire', (minor, text) => {
  expect(floatText(minor)).toBe(text);
});
