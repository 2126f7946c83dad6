import { describe, expect, it } from 'vitest';
import { HISTORY } from '../../../functions/contract/history.ts';
import { epochMillis, toIso } from '../../../functions/core/base/time.ts';
import { readDay, readImport } from '../../../functions/entry/history-input.ts';
import { parse } from '../../../functions/entry/input.ts';

const here = { now: epochMillis(Date.parse('2026-11-22T23:30:00Z')), timeZone: 'Europe/Warsaw' };
const range = (from: string, to: string) => {
  const { fromMillis, toMillis } = readImport({ from, to }, here);
  return [toIso(fromMillis), toIso(toMillis)];
};

describe('the time of an import', () => {
  it('is given in days of the marketplace, from the beginning of one to the end of another', () => {
    expect(range('2026-10-25', '2026-10-25')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
    expect(range('2026-11-20', '2026-11-22')).toEqual([
      '2026-11-19T23:00:00.000Z',
      '2026-11-22T23:00:00.000Z',
    ]);
  });

  it('ends now where the last day is today, and may be given in moments', () => {
    expect(range('2026-11-20T10:00:00+01:00', '2026-11-23')).toEqual([
      '2026-11-20T09:00:00.000Z',
      toIso(here.now),
    ]);
    expect(range('2026-11-20', '2026-11-21T00:00:00Z')[1]).toBe('2026-11-21T00:00:00.000Z');
  });

  it('is refused by field where it is no time', () => {
    const body = { from: '2026-02-30', to: 'tomorrow' };
    expect(() => parse(HISTORY['imports.start'].body, body)).toThrow('from, to');
  });
});

describe('a day', () => {
  it('may be today by the calendar of the marketplace, and no later', () => {
    expect(readDay('2026-11-23', here)).toBe('2026-11-23');
    expect(readDay(undefined, here)).toBeUndefined();
    expect(() => readDay('2026-11-24', here)).toThrow('still to come');
    expect(() => parse(HISTORY['completeness.show'].query, { day: '22.11.2026' })).toThrow('day');
  });
});
