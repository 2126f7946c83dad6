import { describe, expect, it } from 'vitest';
import { plus, SECOND } from '../../../../functions/core/base/time.ts';
import type { ChangePage } from '../../../../functions/core/feed/changes.ts';
import { awaitChanges } from '../../../../functions/core/feed/wait.ts';
import { NOW } from '../../../support/accounts.ts';

const EMPTY: ChangePage = { changes: [], positions: new Map(), more: false };
const NEWS: ChangePage = {
  ...EMPTY,
  changes: [
    { accountId: 'a', number: 1, orderId: 'order:1', changes: ['changed'], atMillis: NOW, row: undefined },
  ],
};

/** Waits under a clock that only sleeping moves; changes come after `newsAfter`. */
async function waited({ newsAfter, seconds, feeds }: { seconds: number; newsAfter: number; feeds?: number }) {
  const start = NOW;
  let now = start;
  const looks: number[] = [];
  const page = await awaitChanges(
    {
      clock: () => now,
      sleep: async (millis) => {
        now = plus(now, millis);
      },
      look: async () => {
        looks.push((now - start) / SECOND);
        return now - start >= newsAfter * SECOND ? NEWS : EMPTY;
      },
    },
    { untilMillis: plus(start, seconds * SECOND), feeds: feeds ?? 1 },
  );
  return { page, looks };
}

describe('awaitChanges', () => {
  it('looks once when it need not wait', async () => {
    expect(await waited({ seconds: 0, newsAfter: 5 })).toEqual({ page: EMPTY, looks: [0] });
  });

  it('ends with the first news', async () => {
    expect(await waited({ seconds: 20, newsAfter: 2 })).toEqual({ page: NEWS, looks: [0, 1, 2] });
  });

  it('looks a last time when its time is up', async () => {
    expect(await waited({ seconds: 2.5, newsAfter: 60 })).toEqual({ page: EMPTY, looks: [0, 1, 2, 2.5] });
  });

  it('looks less often the more feeds there are', async () => {
    expect((await waited({ seconds: 20, newsAfter: 60, feeds: 250 })).looks).toEqual([0, 10, 20]);
  });
});
