import { type LoginCounts, noCounts, normalised, type Seller } from './sellers.ts';

export interface StatsSnapshot {
  readonly calls: Readonly<Record<string, number>>;
  readonly malformed: number;
  readonly strangers: Readonly<Record<string, LoginCounts>>;
}

/** What arrived, counted before anything is decided about it. */
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

  /** Where this login's attempts are counted, also when no seller has that login. */
  loginCounts(login: string, seller: Seller | undefined): LoginCounts {
    if (seller !== undefined) return seller.counts;
    const name = normalised(login);
    const counts = this.#strangers.get(name) ?? noCounts();
    this.#strangers.set(name, counts);
    return counts;
  }
}
