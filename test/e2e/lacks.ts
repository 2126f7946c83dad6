/** Features that the emulator lacks, and parts that were not tried; printed at the end of a run. */
const lacks = new Set<string>();

/** Notes something that the emulator lacks where a test goes on without it. */
export const lacking = (what: string): void => void lacks.add(`not emulated: ${what}`);

/** Notes something that this run leaves out, although the emulator has it. */
export const untried = (what: string): void => void lacks.add(`not tried: ${what}`);

export const allLacks = (): readonly string[] => [...lacks].toSorted();
