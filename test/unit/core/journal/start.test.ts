import { expect, it } from 'vitest';
import { hasCursor } from '../../../../functions/core/journal/start.ts';
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
