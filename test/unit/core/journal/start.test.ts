import { expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, plus, toSeconds } from '../../../../functions/core/base/time.ts';
import { firstStart, hasCursor } from '../../../../functions/core/journal/start.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { plainSession, shop } from '../../../support/shop.ts';

it.each([
  ['its own', '100', true],
  ['one without a readable id, which stands where the one before it stands', '99', true],
  ['another', '105', false],
])('a journal begins with %s event behind the one before the cursor', async (_, id, isThere) => {
  const { marketplace, source, event } = shop();
  const first = { ...event('purchased', 'd1'), id };
  const asked: (string | undefined)[] = [];
  source.saleEvents = async (_handle, after) => {
    asked.push(after);
    return [first];
  };
  expect(await hasCursor({ marketplace, session: plainSession }, { cursor: '100' })).toBe(isThere);
  expect(asked).toEqual(['99']);
});

it.each([0, DAY])(
  'a first connect by a clock %d ms ahead notes the day before the newest event as seen',
  async (ahead) => {
    const market = shop();
    for (let index = 599; index >= 0; index -= 1)
      Object.assign(market.event('purchased', `d${index}`), {
        id: String(5_200_000_000 - index * 2_000),
        atSeconds: toSeconds(plus(NOW, -(index + 12) * 10 * MINUTE)),
      });
    const journal = memoryJournal();
    const deps = { ...market, accountId: 'a1', session: plainSession, journal, outOfTime: () => false };
    const start = await firstStart({ ...deps, clock: () => plus(NOW, ahead) }, account());
    expect(start).toMatchObject({
      cursor: market.journal.at(-1)?.id,
      firstEventAtMillis: plus(NOW, -2 * HOUR),
    });
    const day = market.journal.slice(-144).map(({ id }) => id);
    expect([...journal.seenIds]).toEqual(expect.arrayContaining(day));
    expect(journal.seenIds.size).toBeLessThan(400);
  },
);
