/** Seeded random numbers (mulberry32): the same seed gives the same draws, and the state is one number. */
export class Chance {
  #state: number;

  constructor(state: number) {
    this.#state = state | 0;
  }

  get state(): number {
    return this.#state;
  }

  /** A number of at least 0 and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number between the two, both included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** A random member. Throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    const index = this.int(0, list.length - 1);
    if (index >= list.length) throw new RangeError('nothing to pick from');
    return list[index] as T;
  }
}

/** A number (FNV-1a) from a seed as people type seeds, e.g. `7` or `demo`. */
export function seedNumber(seed: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(seed)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}
