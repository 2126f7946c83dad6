import { expect, it } from 'vitest';
import { median } from '../support/median.ts';

it.each([
  [[3, 1, 2], 2],
  [[10, 1, 2, 4], 3],
  [[5], 5],
  [[2, 9], 5.5],
  [[], Number.NaN],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});
