import type { ReplaceDoors } from '../simulate.ts';
import type { Patch } from './places.ts';

/** A mistake that somebody could make, and that the proof has to notice. */
export interface Mutant {
  /** The rule that the mistake breaks; the statement of another rule may notice it first. */
  readonly rule: string;
  readonly name: string;
  readonly patches?: readonly Patch[];
  readonly doors?: ReplaceDoors;
}

/** A patch of a place within a function or constant that the proof runs; see places.ts for `$1`. */
export const change = (within: string, from: string, to: string): readonly Patch[] => [{ within, from, to }];
