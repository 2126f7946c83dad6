import { generate } from './generate.ts';
import { loadCore } from './load.ts';
import type { Mutant } from './mutants/kit.ts';
import { simulate } from './simulate.ts';

export interface Found {
  readonly mutant: string;
  /** Number of schedules until the mutant was noticed; undefined if it was not. */
  readonly after?: number;
  readonly seed?: number;
  /** The rule whose statement noticed the mutant. */
  readonly rule?: string;
}

/** Runs schedules until the mutant is noticed. Throws RangeError if its change no longer fits the source. */
export async function hunt(mutant: Mutant, range: { seed: number; most: number }): Promise<Found> {
  const core = await loadCore(mutant);
  const name = `${mutant.rule} ${mutant.name}`;
  for (let tried = 1; tried <= range.most; tried += 1) {
    const seed = range.seed + tried - 1;
    const { violation } = await simulate(core, generate(seed), { doors: mutant.doors });
    const isNoticed = violation !== undefined && (mutant.noticedBy ?? violation.rule) === violation.rule;
    if (isNoticed) return { mutant: name, after: tried, seed, rule: violation.rule };
  }
  return { mutant: name };
}
