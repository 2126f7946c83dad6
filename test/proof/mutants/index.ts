import { ANSWERS } from './answers.ts';
import { DOORS } from './doors.ts';
import { EARLY_RULES } from './early.ts';
import type { Mutant } from './kit.ts';
import { LATER_RULES } from './later.ts';
import { MEMORY } from './memory.ts';

/** Every mistake that the proof has to notice. */
export const MUTANTS: readonly Mutant[] = [...EARLY_RULES, ...LATER_RULES, ...MEMORY, ...ANSWERS, ...DOORS];
