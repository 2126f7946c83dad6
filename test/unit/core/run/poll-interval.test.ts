import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { nextRunAt, restOf } from '../../../../functions/core/run/poll-interval.ts';
import { account, NOW } from '../../../support/accounts.ts';

const pollInterval = { busyMillis: MINUTE, quietMillis: 15 * MINUTE };
const lastRun = (events: number) => ({
  startedAtMillis: NOW,
  finishedAtMillis: NOW,
  outcome: 'done' as const,
  events,
  ordersChanged: 0,
});
const restAfter = (millis: number, events = 0) =>
  restOf(
    account({
      createdAtMillis: plus(NOW, -DAY),
      connectedAtMillis: plus(NOW, -DAY),
      cursorEventAtMillis: plus(NOW, -millis),
      lastRun: lastRun(events),
    }),
    { pollInterval, now: NOW },
  );

describe('restOf', () => {
  it('is a minute while the shop sells, and grows to a quarter of an hour while it does not', () => {
    expect(restAfter(0)).toBe(MINUTE);
    expect(restAfter(8 * MINUTE)).toBe(MINUTE);
    expect(restAfter(40 * MINUTE)).toBe(5 * MINUTE);
    expect(restAfter(2 * HOUR)).toBe(15 * MINUTE);
    expect(restAfter(DAY)).toBe(15 * MINUTE);
  });

  it('is a minute after a run that read events, however old they were', () => {
    expect(restAfter(DAY, 3)).toBe(MINUTE);
  });

  it('counts from the first connect where there was no event yet', () => {
    const one = account({ createdAtMillis: plus(NOW, -DAY), connectedAtMillis: plus(NOW, -16 * MINUTE) });
    expect(restOf(one, { pollInterval, now: NOW })).toBe(2 * MINUTE);
  });
});

describe('nextRunAt', () => {
  it('spreads long rests by a tenth, and keeps the minute of a busy account', () => {
    const at = (random: number, events: number) =>
      nextRunAt(account({ createdAtMillis: plus(NOW, -DAY), lastRun: lastRun(events) }), {
        pollInterval,
        now: NOW,
        random: () => random,
      });
    expect(at(0.9, 1)).toBe(plus(NOW, MINUTE));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        const rest = at(random, 0) - NOW;
        expect(rest).toBeGreaterThanOrEqual(0.9 * 15 * MINUTE);
        expect(rest).toBeLessThanOrEqual(1.1 * 15 * MINUTE);
      }),
    );
  });
});
