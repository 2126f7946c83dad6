import type { ReplaceDoors } from '../simulate.ts';
import type { Patch } from './places.ts';

/** One mistake that somebody could make; the proof has to notice it. */
export interface Mutant {
  /** The rule that it breaks; whichever rule's statement notices it first is fine. */
  readonly rule: string;
  readonly name: string;
  readonly patches?: readonly Patch[];
  readonly doors?: ReplaceDoors;
}

/** Changes one place within a function or constant of functions/core; see places.ts for `$1`. */
export const change = (within: string, from: string, to: string): readonly Patch[] => [{ within, from, to }];
