import { availableParallelism } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { type Found, hunt } from '../proof/hunt.ts';
import { MUTANTS } from '../proof/mutants/index.ts';
import { prove, shares } from '../proof/prove.ts';
import { figures, RAREST } from '../proof/report.ts';

const SCHEDULES = 200_000;
const MOST_FOR_A_MUTANT = 20_000;
const MINUTES = 60_000;

const percent = (share: number): string => `${(100 * share).toFixed(2).padStart(6)} %`;

describe('login safety', () => {
  it(
    `holds in ${SCHEDULES} schedules`,
    async () => {
      const proof = await prove({ runs: SCHEDULES, seed: 1, workers: availableParallelism() });
      const seen = shares(proof);
      console.log([...seen.map(([name, share]) => `${percent(share)}  ${name}`), figures(proof)].join('\n'));
      expect(proof.broken).toEqual([]);
      expect(proof.schedules).toBe(SCHEDULES);
      expect(seen.filter(([, share]) => share < RAREST)).toEqual([]);
    },
    30 * MINUTES,
  );
});

describe('the proof notices a core that', () => {
  const all: Found[] = [];
  afterAll(() => {
    console.log(
      all.map(({ mutant, after, rule }) => `${after ?? 'never'} schedules  ${mutant} (${rule})`).join('\n'),
    );
  });

  it.each(MUTANTS)(
    '$name (rule $rule)',
    async (mutant) => {
      const found = await hunt(mutant, { seed: 1, most: MOST_FOR_A_MUTANT });
      all.push(found);
      expect(found.after).toBeDefined();
    },
    30 * MINUTES,
  );
});
