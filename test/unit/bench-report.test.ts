import { expect, it } from 'vitest';
import { type Report, worsened } from '../bench/report.ts';

const report = (figures: Report['figures']): Report => ({
  date: '2026-11-29',
  machine: 'm',
  node: 'v',
  figures,
});

it('a bench names what got worse in its own direction by more than the noise, the worst first', () => {
  const before = report([
    { name: 'speed', value: 100, better: 'more' },
    { name: 'millis', value: 10, better: 'less' },
    { name: 'steady', value: 10, better: 'less' },
    { name: 'gone', value: 1, better: 'less' },
  ]);
  const after = report([
    { name: 'speed', value: 50, better: 'more' },
    { name: 'millis', value: 15, better: 'less' },
    { name: 'steady', value: 10.5, better: 'less' },
    { name: 'new', value: 9, better: 'less' },
  ]);
  expect(worsened(before, after)).toEqual([
    { name: 'speed', before: 100, after: 50, worseBy: 1 },
    { name: 'millis', before: 10, after: 15, worseBy: 0.5 },
  ]);
  expect(worsened(after, before).map(({ name }) => name)).toEqual([]);
});
