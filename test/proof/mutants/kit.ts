import type { Patch } from '../load.ts';
import type { ReplaceDoors } from '../simulate.ts';

/** One mistake that somebody could make; the proof has to notice it. */
export interface Mutant {
  /** The rule that it breaks; whichever rule's statement notices it first is fine. */
  readonly rule: string;
  readonly name: string;
  readonly patches?: readonly Patch[];
  readonly doors?: ReplaceDoors;
}

/** Below functions/core/session. */
export const change = (file: string, from: string, to: string): readonly Patch[] => [
  { file: `session/${file}.ts`, from, to },
];
