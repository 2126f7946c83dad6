import { expect, it } from 'vitest';
import {
  epochMillis,
  epochSeconds,
  HOUR,
  hasToWait,
  MINUTE,
  plus,
  toIso,
  toMillis,
  toSeconds,
} from '../../../../functions/core/base/time.ts';

it('rounds seconds down, so that nothing outlives its time', () => {
  expect(toSeconds(epochMillis(1_999))).toBe(1);
  expect(toSeconds(epochMillis(2_000))).toBe(2);
});

it('comes back from seconds as milliseconds', () => {
  expect(toMillis(epochSeconds(1_500_000_000))).toBe(1_500_000_000_000);
});

it('is waited for, unless it is further off than anything waits', () => {
  const now = epochMillis(0);
  const waits = (until: number | undefined) =>
    hasToWait(until === undefined ? undefined : epochMillis(until), { now, atMost: HOUR });
  expect([undefined, -1, 0, 1, HOUR, HOUR + 5 * MINUTE, HOUR + 5 * MINUTE + 1].map(waits)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
    false,
  ]);
});

it('adds milliseconds', () => {
  expect(plus(epochMillis(1), MINUTE)).toBe(60_001);
});

it('is shown in UTC', () => {
  expect(toIso(epochMillis(1_500_000_000_000))).toBe('2017-07-14T02:40:00.000Z');
});
