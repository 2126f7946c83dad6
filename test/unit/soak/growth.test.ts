import { expect, it } from 'vitest';
import { youngerBusy } from '../../../infra/local/chaos/kills.ts';
import type { InstanceState } from '../../../infra/local/stack/lambda.ts';
import { FUNCTIONS, type Growth, growthOf, LEVELS, type Sample } from '../../soak/growth.ts';
import { isDue } from '../../soak/life.ts';

const STEADY: Sample = {
  megabytes: Object.fromEntries(Object.keys(FUNCTIONS).map((name) => [name, { '1': 25 }])),
  levels: Object.fromEntries(Object.keys(LEVELS).map((name) => [name, 1_000])),
  totals: {},
};

/** Samples of a run in which nothing grows; `change` spoils them. */
const run = (change: (sample: Sample, at: number) => Sample = (sample) => sample, length = 9): Sample[] =>
  Array.from({ length }, (_, at) => change(STEADY, at));

const level = (name: string, values: readonly number[]) =>
  run((sample, at) => ({ ...sample, levels: { ...sample.levels, [name]: values[at] ?? Number.NaN } }));

const verdictOf = (samples: readonly Sample[], name: string): Growth['verdict'] | undefined =>
  growthOf(samples).find(({ measure }) => measure === name)?.verdict;

it('a run in which nothing grows is steady in every measure', () => {
  const growth = growthOf(run());
  expect(growth.filter(({ verdict }) => verdict !== 'steady')).toEqual([]);
  expect(growth).toHaveLength(Object.keys(FUNCTIONS).length + Object.keys(LEVELS).length);
});

it.each([
  ['a tenth more than at first', [100, 101, 100, 105, 110, 110, 120, 121, 120], 'GROWS'],
  ['just below a tenth', [1000, 1000, 1000, 1050, 1050, 1050, 1090, 1090, 1090], 'steady'],
  ['a peak that passes', [100, 100, 100, 900, 900, 900, 100, 900, 100], 'steady'],
  ['bytes that a slack of 50 would hide', [150, 150, 150, 180, 180, 180, 200, 200, 200], 'GROWS'],
])('compares the medians of the first and the last third: %s', (_, values, verdict) => {
  for (const name of ['meanSenderBytes', 'meanAccountBytes', 'sendingItems'])
    expect(verdictOf(level(name, values), name), name).toBe(verdict);
});

it('takes a queue that holds some messages more for no growth, and one that fills for growth', () => {
  expect(verdictOf(level('workQueue', [0, 0, 0, 1, 1, 1, 3, 3, 3]), 'workQueue')).toBe('steady');
  expect(verdictOf(level('workQueue', [0, 0, 0, 3, 3, 3, 6, 6, 6]), 'workQueue')).toBe('GROWS');
  expect(verdictOf(level('workQueue', [90, 90, 90, 95, 95, 95, 100, 100, 100]), 'workQueue')).toBe('GROWS');
});

it('takes a note of trouble on the largest account for no growth, and one that grows beyond 2 kB for growth', () => {
  const largest = (first: number, last: number) =>
    verdictOf(
      level('largestAccountBytes', [first, first, first, first, first, first, last, last, last]),
      'largestAccountBytes',
    );
  expect(largest(1_500, 1_800)).toBe('steady');
  expect(largest(1_500, 2_100)).toBe('GROWS');
  expect(largest(3_000, 3_200)).toBe('steady');
});

it('a measure without samples in a third is told, for every measure', () => {
  const nothing = Array.from({ length: 3 }, () => ({ megabytes: {}, levels: {}, totals: {} }));
  for (const samples of [[], [...run().slice(0, 6), ...nothing], [...nothing, ...run().slice(3)]])
    expect(new Set(growthOf(samples).map(({ verdict }) => verdict))).toEqual(new Set(['NOT MEASURED']));
});

interface Process extends InstanceState {
  readonly pid: number;
}

/**
 * Samples of ten processes of `work` that keep `leak` megabytes a minute each, while the soak kills as it does.
 * `victims` picks those that a restart hits.
 */
function leaking(
  minutes: number,
  { leak, victims }: { leak: number; victims: (all: readonly Process[]) => readonly (number | undefined)[] },
): Sample[] {
  let pids = 0;
  const born = (minute: number): Process => ({
    pid: ++pids,
    busy: true,
    startedAtMillis: minute * 60_000 + pids,
  });
  let all = Array.from({ length: 10 }, () => born(0));
  return run((sample, at) => {
    const minute = at / 6;
    if (Number.isInteger(minute) && isDue('restart', minute)) {
      const killed = victims(all);
      all = all.map((one) => (killed.includes(one.pid) ? born(minute) : one));
    }
    const held = all.map(({ pid, startedAtMillis }) => [
      pid,
      25 + leak * (minute - startedAtMillis / 60_000),
    ]);
    return { ...sample, megabytes: { ...sample.megabytes, work: Object.fromEntries(held) } };
  }, minutes * 6);
}

const younger = (all: readonly Process[]) => [youngerBusy(all)];
const every = (all: readonly Process[]) => all.map(({ pid }) => pid);

it.each([10, 30, 60])('a leak of a megabyte a minute in work is found in %d minutes', (minutes) => {
  expect(verdictOf(leaking(minutes, { leak: 1, victims: younger }), 'workMegabytes')).toBe('GROWS');
  expect(verdictOf(leaking(minutes, { leak: 0, victims: younger }), 'workMegabytes')).toBe('steady');
});

it.each([10, 30, 60])('a run of %d minutes that no process lives through measures no memory', (minutes) => {
  expect(verdictOf(leaking(minutes, { leak: 1, victims: every }), 'workMegabytes')).toBe('NOT MEASURED');
});

it('the eldest process is spared, busy or not, and idle ones are', () => {
  const at = (startedAtMillis: number, busy: boolean) => ({ pid: startedAtMillis, busy, startedAtMillis });
  expect(youngerBusy([at(3, true), at(1, true), at(2, true)])).toBe(3);
  expect(youngerBusy([at(3, false), at(1, true), at(2, true)])).toBe(2);
  expect(youngerBusy([at(1, true)])).toBeUndefined();
  expect(youngerBusy([at(1, true), at(2, false)])).toBeUndefined();
  expect(youngerBusy([])).toBeUndefined();
});
