import type { Schedule } from './schedule.ts';
import { type ReplaceDoors, type Result, simulate } from './simulate.ts';
import type { Core } from './world.ts';

/**
 * The smallest schedule found that breaks the same rule: fewer actions, faults and accounts, and less
 * variation.
 */
export async function shrink(
  core: Core,
  schedule: Schedule,
  doors?: ReplaceDoors,
): Promise<{ schedule: Schedule; result: Result }> {
  const first = await simulate(core, schedule, { doors });
  const rule = first.violation?.rule;
  const breaks = async (candidate: Schedule): Promise<boolean> =>
    (await simulate(core, candidate, { doors })).violation?.rule === rule;
  let best = schedule;
  for (let before = Number.POSITIVE_INFINITY; size(best) < before; ) {
    before = size(best);
    for (const smaller of simplifications(best)) if (await breaks(smaller)) best = smaller;
    best = await fewer(best, { of: 'actions', breaks });
    best = await fewer(best, { of: 'faults', breaks });
  }
  return { schedule: best, result: await simulate(core, best, { tracing: true, doors }) };
}

const size = ({ actions, faults, calm, fifo, skews }: Schedule): number =>
  actions.length +
  faults.length +
  (calm ? 0 : 1) +
  (fifo ? 0 : 1) +
  (skews.some((skew) => skew !== 0) ? 1 : 0);

const simplifications = (schedule: Schedule): Schedule[] => [
  { ...schedule, skews: [] },
  { ...schedule, calm: true },
  { ...schedule, fifo: true },
  { ...schedule, skews: [], calm: true, fifo: true },
];

/** Leaves out as many parts as possible: halves first, then single ones. */
async function fewer(
  schedule: Schedule,
  aim: { of: 'actions' | 'faults'; breaks: (candidate: Schedule) => Promise<boolean> },
): Promise<Schedule> {
  let best = schedule;
  for (let piece = Math.ceil(best[aim.of].length / 2); piece >= 1; piece = Math.floor(piece / 2)) {
    for (let start = 0; start < best[aim.of].length; ) {
      const left = best[aim.of].filter((_, index) => index < start || index >= start + piece);
      const candidate = { ...best, [aim.of]: left };
      if (await aim.breaks(candidate)) best = candidate;
      else start += piece;
    }
  }
  return best;
}
