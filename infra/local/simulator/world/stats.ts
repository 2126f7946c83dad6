import { type LoginCounts, noCounts, normalised, type Seller } from './sellers.ts';

export interface StatsSnapshot {
  readonly calls: Readonly<Record<string, number>>;
  readonly malformed: number;
  readonly strangers: Readonly<Record<string, LoginCounts>>;
}

/** Counts of the calls that arrived, taken before the calls are judged. */
export class Stats {
  readonly #calls: Map<string, number>;
  readonly #strangers: Map<string, LoginCounts>;
  malformed: number;

  constructor(saved?: StatsSnapshot) {
    this.#calls = new Map(Object.entries(saved?.calls ?? {}));
    this.#strangers = new Map(Object.entries(saved?.strangers ?? {}));
    this.malformed = saved?.malformed ?? 0;
  }

  snapshot(): StatsSnapshot {
    return {
      calls: Object.fromEntries(this.#calls),
      malformed: this.malformed,
      strangers: Object.fromEntries(this.#strangers),
    };
  }

  countCall(operation: string): void {
    this.#calls.set(operation, (this.#calls.get(operation) ?? 0) + 1);
  }

  /** The counters of a login's attempts, also for a login that no seller has. */
  loginCounts(login: string, seller: Seller | undefined): LoginCounts {
    if (seller !== undefined) return seller.counts;
    const name = normalised(login);
    const counts = this.#strangers.get(name) ?? noCounts();
    this.#strangers.set(name, counts);
    return counts;
  }
}
