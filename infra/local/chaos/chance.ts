import { Chance } from '../simulator/world/chance.ts';

export { Chance };

/** Picks a choice at random, each as often as its weight says. */
export function pickWeighted<T>(chance: Chance, choices: readonly (readonly [weight: number, what: T])[]): T {
  const total = choices.reduce((sum, [weight]) => sum + weight, 0);
  let left = chance.next() * total;
  for (const [weight, what] of choices) {
    left -= weight;
    if (left < 0) return what;
  }
  throw new RangeError('nothing to pick from');
}
