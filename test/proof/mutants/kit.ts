import type { Rule } from '../rules/names.ts';
import type { ReplaceDoors } from '../simulate.ts';
import type { Patch } from './places.ts';

/** A mistake that somebody could make, and that the proof has to notice. */
export interface Mutant {
  /** The rule that the mistake breaks; the statement of another rule may notice it first. */
  readonly rule: string;
  readonly name: string;
  /** The statement that has to notice the mistake, if a change that goes with it is noticed sooner by another. */
  readonly noticedBy?: Rule;
  readonly patches?: readonly Patch[];
  readonly doors?: ReplaceDoors;
}

/** A patch of a place within a function or constant that the proof runs; see places.ts for `$1`. */
export const change = (within: string, from: string, to: string): readonly Patch[] => [{ within, from, to }];
