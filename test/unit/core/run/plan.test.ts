import { describe, expect, it } from 'vitest';
import type { DueEntry } from '../../../../functions/core/account/store.ts';
import type { WorkMessage } from '../../../../functions/core/account/work-queue.ts';
import { DAY, type EpochMillis, HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { overlapDue } from '../../../../functions/core/journal/overlap.ts';
import { plan } from '../../../../functions/core/run/plan.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { shop } from '../../../support/shop.ts';

const { sales: journal } = shop().marketplace;

/** Plans for accounts by their due times; returns the messages sent and the new due times. */
async function planned(due: Readonly<Record<string, EpochMillis>>, quietMillis = 15 * MINUTE) {
  const entries = Object.entries(due).map(([accountId, dueAtMillis]) => ({ accountId, dueAtMillis }));
  const sent: WorkMessage[] = [];
  const moved: Record<string, EpochMillis> = {};
  async function* page(isIn: (entry: DueEntry) => boolean): AsyncGenerator<DueEntry[]> {
    yield entries.filter(isIn);
  }
  const count = await plan({
    due: {
      pages: (by) => page(({ dueAtMillis }) => dueAtMillis <= by),
      beyond: (after) => page(({ dueAtMillis }) => dueAtMillis > after),
      move: async ({ accountId }, to) => {
        moved[accountId] = to;
      },
    },
    queue: {
      send: async (message) => {
        sent.push(message);
      },
    },
    clock: () => NOW,
    log: { info: () => undefined, warn: () => undefined },
    pollInterval: { quietMillis },
    outOfTime: () => false,
  });
  return { count, sent, moved };
}

describe('plan', () => {
  it('sends what is due, and what a clock that was a day ahead has put off, with a slot of now', async () => {
    const { count, sent, moved } = await planned({
      due: plus(NOW, -MINUTE),
      resting: plus(NOW, 6 * HOUR),
      ahead: plus(NOW, DAY),
    });
    expect(count).toBe(2);
    expect(sent).toEqual([
      { accountId: 'due', slotMillis: plus(NOW, -MINUTE), why: 'due' },
      { accountId: 'ahead', slotMillis: NOW, why: 'due' },
    ]);
    expect(moved).toEqual({ due: plus(NOW, 5 * MINUTE), ahead: plus(NOW, 5 * MINUTE) });
  });

  it('lets accounts rest for as long as the deployment says', async () => {
    expect((await planned({ resting: plus(NOW, DAY) }, DAY)).count).toBe(0);
  });
});

describe('a periodic task', () => {
  const old = { firstCursor: '100', connectedAtMillis: plus(NOW, -9 * DAY) };

  it('is due where a clock that was a day ahead wrote when it was done', () => {
    const ahead = plus(NOW, DAY);
    expect(overlapDue(account({ ...old, dailyOverlapAtMillis: ahead }), { now: NOW, journal })?.kind).toBe(
      'daily',
    );
    const hourly = account({ ...old, dailyOverlapAtMillis: NOW, hourlyOverlapAtMillis: ahead });
    expect(overlapDue(hourly, { now: NOW, journal })?.kind).toBe('hourly');
  });
});
