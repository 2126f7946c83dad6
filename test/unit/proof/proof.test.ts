import { describe, expect, it } from 'vitest';
import * as core from '../../proof/core.ts';
import { generate } from '../../proof/generate.ts';
import { hunt } from '../../proof/hunt.ts';
import { loadCore } from '../../proof/load.ts';
import { MUTANTS } from '../../proof/mutants/index.ts';
import { prove, shares } from '../../proof/prove.ts';
import type { Schedule } from '../../proof/schedule.ts';
import { shrink } from '../../proof/shrink.ts';
import { simulate } from '../../proof/simulate.ts';

describe('the proof of login safety', () => {
  it('holds every rule in some hundred schedules, on several threads', async () => {
    const proof = await prove({ runs: 1_500, seed: 1, workers: 2 });
    expect(proof.broken).toEqual([]);
    expect(proof).toMatchObject({ schedules: 1_500 });
    expect(proof.logins).toBeGreaterThan(3_000);
    expect(shares(proof).filter(([, share]) => share === 0)).toEqual([]);
  });

  it('repeats a schedule to the letter', async () => {
    for (const seed of [3, 14, 27]) {
      const [first, second] = [
        await simulate(core, generate(seed), { tracing: true }),
        await simulate(core, generate(seed), { tracing: true }),
      ];
      expect(first.lines.length).toBeGreaterThan(20);
      expect(second.lines).toEqual(first.lines);
    }
  });

  it('breaks every door that a theme names, so that no renamed door goes unbroken', async () => {
    const named = (seed: number) => generate(seed).faults.map(({ door }) => door);
    const doors = new Set(Array.from({ length: 4_000 }, (_, seed) => named(seed)).flat());
    doors.delete('*');
    expect(doors.size).toBeGreaterThan(20);
    for (let seed = 0; seed < 4_000 && doors.size > 0; seed += 1) {
      if (!named(seed).some((door) => doors.has(door))) continue;
      for (const door of (await simulate(core, generate(seed))).broken) doors.delete(door);
    }
    expect([...doors]).toEqual([]);
  });

  it('notices a mistake, and makes the schedule small that shows it', async () => {
    const mutant = MUTANTS.find(({ name }) => name === 'frees any lease') ?? { rule: '', name: '' };
    const broken = await loadCore(mutant);
    // A schedule that cannot be shrunk is skipped.
    for (let seed = 1; seed < 5_000; ) {
      const found = await hunt(mutant, { seed, most: 5_000 });
      const whole = generate(found.seed ?? 0);
      const { schedule, result } = await shrink(broken, whole);
      expect(result.violation?.rule).toBe(found.rule);
      expect(result.lines.at(-1)).toBeDefined();
      expect((await simulate(core, whole)).violation).toBeUndefined();
      if (sizeOf(schedule) < sizeOf(whole)) return;
      seed = (found.seed ?? seed) + 1;
    }
    throw new Error('no schedule became smaller');
  });
});

const sizeOf = ({ actions, faults }: Schedule): number => actions.length + faults.length;
