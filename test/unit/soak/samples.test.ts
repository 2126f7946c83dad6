import { expect, it } from 'vitest';
import { growthOf, type Sample } from '../../soak/samples.ts';

const samples = (values: readonly number[], measure: keyof Sample): Sample[] =>
  values.map((value) => ({ [measure]: value }));

it.each([
  ['a tenth more than at first', [100, 101, 100, 105, 110, 110, 120, 121, 120], true],
  ['just below a tenth', [1000, 1000, 1000, 1050, 1050, 1050, 1090, 1090, 1090], false],
  ['a peak that passes', [100, 100, 100, 900, 900, 900, 100, 900, 100], false],
  ['the same', [50, 50, 50, 50, 50, 50, 50, 50, 50], false],
])('compares the medians of the first and the last third: %s', (_, values, grows) => {
  expect(growthOf(samples(values, 'workMegabytes'))).toMatchObject([{ measure: 'workMegabytes', grows }]);
});

it('takes a queue that holds some messages more for no growth, and one that fills for growth', () => {
  expect(growthOf(samples([0, 0, 0, 1, 1, 1, 3, 3, 3], 'workQueue'))).toMatchObject([{ grows: false }]);
  expect(growthOf(samples([0, 0, 0, 9, 9, 9, 40, 40, 40], 'workQueue'))).toMatchObject([{ grows: true }]);
});
