import type { TestContext } from 'vitest';

/** Features that the emulator lacks, printed at the end of a run. */
const lacks = new Set<string>();

/** Notes something that the emulator lacks where a test goes on without it. */
export const lacking = (what: string): void => void lacks.add(what);

/** Ends a test whose subject the emulator lacks: it counts as skipped, never as passed. */
export function notEmulated(context: TestContext, what: string): never {
  lacks.add(what);
  return context.skip(`not emulated: ${what}`);
}

export const allLacks = (): readonly string[] => [...lacks].toSorted();
