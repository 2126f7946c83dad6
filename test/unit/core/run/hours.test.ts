import { describe, expect, it } from 'vitest';
import { DAY, type EpochMillis, HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { dayCounts, hoursAfter } from '../../../../functions/core/run/hours.ts';
import { NOW } from '../../../support/accounts.ts';

const run = (now: EpochMillis, cursor: string, counts = {}) => ({
  now,
  cursor,
  events: 2,
  ordersChanged: 1,
  flagged: 0,
  late: 0,
  ...counts,
});

describe('hoursAfter', () => {
  it('adds the runs of an hour up, and remembers where its first one left the cursor', () => {
    const first = hoursAfter(undefined, run(NOW, '10'));
    const second = hoursAfter(first, run(plus(NOW, HOUR - 1), '20', { flagged: 1, late: 1 }));
    expect(second).toEqual([
      { atMillis: NOW, cursor: '10', events: 4, ordersChanged: 2, flagged: 1, late: 1 },
    ]);
    expect(hoursAfter(second, run(plus(NOW, HOUR), '30'))).toHaveLength(2);
  });

  it('counts what bears each flag', () => {
    const counts = { flagged: 1, flags: { 'broken-text': 1, 'long-text': 1 } };
    const first = hoursAfter(undefined, run(NOW, '10', counts));
    const second = hoursAfter(first, run(plus(NOW, MINUTE), '20', { flagged: 1, flags: { 'long-text': 1 } }));
    const third = hoursAfter(second, run(plus(NOW, HOUR), '30', counts));
    expect(dayCounts(third, plus(NOW, HOUR))).toMatchObject({
      flagged: 3,
      flags: { 'broken-text': 2, 'long-text': 3 },
    });
  });

  it('stays as it is while nothing happens', () => {
    const idle = run(plus(NOW, 5 * HOUR), '10', { events: 0, ordersChanged: 0 });
    expect(hoursAfter([], idle)).toEqual([]);
  });

  it('keeps a day, and of what is older the newest', () => {
    let hours = hoursAfter(undefined, run(NOW, '0'));
    for (let hour = 1; hour <= 40; hour += 1)
      hours = hoursAfter(hours, run(plus(NOW, hour * HOUR), String(hour)));
    expect(hours.map(({ cursor }) => Number(cursor))).toEqual(
      Array.from({ length: 25 }, (_, index) => 16 + index),
    );
  });
});

it('dayCounts counts what is younger than a day', () => {
  const hours = [
    { ...run(NOW, '1'), atMillis: plus(NOW, -DAY) },
    { ...run(NOW, '2'), atMillis: plus(NOW, -DAY + MINUTE) },
    { ...run(NOW, '3', { late: 3 }), atMillis: NOW },
  ];
  expect(dayCounts(hours, NOW)).toEqual({ events: 4, ordersChanged: 2, flagged: 0, flags: {}, late: 3 });
});
