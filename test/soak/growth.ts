import { median } from '../support/median.ts';

/** State at one moment of a soak. */
export interface Sample {
  /** Megabytes that each process of a function holds after a collection of garbage, by function and process. */
  readonly megabytes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Values that stay the same while the work does. */
  readonly levels: Readonly<Record<string, number>>;
  /** Numbers that grow with the work, and the work itself. */
  readonly totals: Readonly<Record<string, number>>;
}

/**
 * Values that may pass for no growth below a floor, because a few messages or items are chance. Above its floor, and
 * without a floor, every value may grow by a tenth only.
 */
export const LEVELS: Readonly<Record<string, { floor?: number }>> = {
  sessions: {},
  /** Messages that wait or are in flight; a queue is emptied within seconds. */
  workQueue: { floor: 5 },
  sendQueue: { floor: 5 },
  /** Bytes of JSON. */
  meanAccountBytes: {},
  /** An account in trouble has a note of some 300 bytes, which comes and goes; infra/SCALE.md counts on items of 2 kB. */
  largestAccountBytes: { floor: 2_048 },
  /** Bytes of an item by its kind: the mean of all would change with the mix of kinds. */
  meanSenderBytes: {},
  /** Items that no end is written on: as many as accounts, keys and clients, and orders in quarantine. */
  lastingRegistryItems: { floor: 5 },
  lastingJournalItems: { floor: 5 },
  lastingLoginItems: { floor: 5 },
  /** Senders and delivery cursors; marks come and go with each change. */
  sendingItems: { floor: 5 },
  /** Marks of changes that should have been sent long ago. */
  lateSendingMarks: { floor: 5 },
};

/** The functions that are woken at least every two minutes, so that a process of each lives as long as the soak. */
export const FUNCTIONS = {
  work: 'WorkLambdaFunction',
  send: 'SendLambdaFunction',
  plan: 'PlanLambdaFunction',
  accounts: 'AccountsLambdaFunction',
} as const;

export interface Growth {
  readonly measure: string;
  /** Null if the measure has no sample in a third of the time. */
  readonly first: number | null;
  readonly last: number | null;
  readonly verdict: 'steady' | 'GROWS' | 'NOT MEASURED';
}

/** Most that a value may be of what it was: a tenth more. */
const MOST_GROWTH = 1.1;

/**
 * Compares the last third of the samples with the first: medians of levels, and of each process that lived
 * through both. A measure without samples is told as such, because nothing is known of it.
 */
export function growthOf(samples: readonly Sample[]): Growth[] {
  const thirds = thirdsOf(samples);
  return [
    ...Object.keys(FUNCTIONS).map((name) => memoryGrowth(thirds, samples, name)),
    ...Object.keys(LEVELS).map((name) => levelGrowth(thirds, name)),
  ];
}

type Thirds = readonly [first: readonly Sample[], last: readonly Sample[]];

function thirdsOf(samples: readonly Sample[]): Thirds {
  const third = Math.floor(samples.length / 3);
  return [samples.slice(0, third), third === 0 ? [] : samples.slice(-third)];
}

/**
 * The growth of the process that has grown most, among those that lived from the first third to the last, each by the
 * thirds of its own life.
 */
function memoryGrowth([first, last]: Thirds, samples: readonly Sample[], name: string): Growth {
  const alive = (some: readonly Sample[]) =>
    new Set(some.flatMap(({ megabytes }) => Object.keys(megabytes[name] ?? {})));
  const each = [...alive(first).intersection(alive(last))].map((pid) => {
    const of = ({ megabytes }: Sample) => megabytes[name]?.[pid];
    const life = samples.filter((sample) => of(sample) !== undefined);
    return compared(`${name}Megabytes`, medians(thirdsOf(life), of));
  });
  const ratio = ({ first, last }: Growth) => (last ?? 0) / (first ?? 1);
  return (
    each.toSorted((one, other) => ratio(other) - ratio(one))[0] ??
    compared(`${name}Megabytes`, [undefined, undefined])
  );
}

const levelGrowth = (thirds: Thirds, name: string): Growth =>
  compared(
    name,
    medians(thirds, ({ levels }) => levels[name]),
    LEVELS[name]?.floor,
  );

function compared(measure: string, [first, last]: readonly (number | undefined)[], floor = 0): Growth {
  if (first === undefined || last === undefined)
    return { measure, first: first ?? null, last: last ?? null, verdict: 'NOT MEASURED' };
  return { measure, first, last, verdict: last > first * MOST_GROWTH && last > floor ? 'GROWS' : 'steady' };
}

const medians = (thirds: Thirds, pick: (sample: Sample) => number | undefined) =>
  thirds.map((some) => {
    const values = some.map(pick).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : median(values);
  });
