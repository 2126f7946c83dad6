import { Chance } from './chance.ts';
import { Clock } from './clock.ts';
import { Crowd } from './crowd.ts';
import { Journal, type JournalSnapshot } from './journal.ts';
import { Keys } from './keys.ts';
import type { LedgerSnapshot } from './ledger.ts';
import type { Life } from './lives.ts';
import { OfferJournal, type OfferJournalSnapshot } from './offer-journal.ts';
import { normalised, type Seller } from './sellers.ts';
import { type Session, Sessions } from './sessions.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { Stats, type StatsSnapshot } from './stats.ts';
import { Trade } from './trade.ts';

const FORMAT = 3;

/** Everything that outlives a restart, as JSON. */
export interface WorldSnapshot {
  readonly format: typeof FORMAT;
  readonly seed: number;
  readonly chances: readonly [plan: number, course: number, keys: number, offers: number, lies?: number];
  readonly clockOffsetSeconds: number;
  readonly settings: Settings;
  readonly keys: ReturnType<Keys['snapshot']>;
  readonly sellers: readonly Seller[];
  readonly sessions: readonly Session[];
  readonly journal: JournalSnapshot;
  readonly offerJournal: OfferJournalSnapshot;
  readonly ledger: LedgerSnapshot;
  readonly lives: readonly Life[];
  readonly stats: StatsSnapshot;
}

/** The marketplace behind the wire; this part knows nothing of XML or HTTP. */
export class World {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly keys: Keys;
  readonly sessions: Sessions;
  readonly journal: Journal;
  readonly offerJournal: OfferJournal;
  readonly trade: Trade;
  readonly crowd: Crowd;
  readonly stats: Stats;
  /** Random numbers that decide how the service contradicts itself. */
  readonly lies: Chance;
  /** Sellers by normalised login. */
  readonly sellers: Map<string, Seller>;
  readonly #seed: number;
  /**
   * Separate random numbers for buyers' plans, their course, keys and offers, so that the draws of none
   * disturb another.
   */
  readonly #chances: readonly [plan: Chance, course: Chance, keys: Chance, offers: Chance];

  constructor(seed: number, saved?: WorldSnapshot) {
    if (saved !== undefined && saved.format !== FORMAT) {
      throw new Error(
        `The simulator's saved state has format ${saved.format}, and this version works with format ${FORMAT}. ` +
          'Nothing was changed. Use another folder, or delete the file if the state is not needed.',
      );
    }
    this.#seed = saved?.seed ?? seed;
    const [plan, course, keys, offers, lies] = saved?.chances ?? [seed, seed + 1, seed + 2, seed + 3];
    this.#chances = [new Chance(plan), new Chance(course), new Chance(keys), new Chance(offers)];
    this.lies = new Chance(lies ?? seed + 4);
    this.clock = new Clock(saved?.clockOffsetSeconds);
    this.settings = { ...DEFAULT_SETTINGS, ...saved?.settings };
    this.keys = new Keys(this.#chances[2], saved?.keys);
    this.sellers = new Map((saved?.sellers ?? []).map((seller) => [normalised(seller.login), seller]));
    this.sessions = new Sessions(saved?.sessions);
    this.stats = new Stats(saved?.stats);
    const chance = this.#chances[1];
    this.journal = new Journal({ chance, settings: this.settings, saved: saved?.journal });
    this.offerJournal = new OfferJournal(this.#chances[3], saved?.offerJournal);
    this.trade = new Trade(
      {
        seed: this.#seed,
        chance,
        journal: this.journal,
        offerJournal: this.offerJournal,
        now: () => this.clock.now(),
        outOfOrder: () => this.settings.outOfOrder,
        lies: this.lies,
        settings: this.settings,
      },
      saved?.ledger,
    );
    this.crowd = new Crowd({
      trade: this.trade,
      plan: this.#chances[0],
      course: chance,
      saved: saved?.lives,
    });
  }

  /** The seller with this login name or e-mail address. */
  sellerNamed(login: string): Seller | undefined {
    const name = normalised(login);
    const byAddress = () =>
      [...this.sellers.values()].find(({ email }) => email !== undefined && normalised(email) === name);
    return this.sellers.get(name) ?? (name.includes('@') ? byAddress() : undefined);
  }

  snapshot(): WorldSnapshot {
    const [plan, course, keys, offers] = this.#chances;
    return {
      format: FORMAT,
      seed: this.#seed,
      chances: [plan.state, course.state, keys.state, offers.state, this.lies.state],
      clockOffsetSeconds: this.clock.offsetSeconds,
      settings: this.settings,
      keys: this.keys.snapshot(),
      sellers: [...this.sellers.values()],
      sessions: this.sessions.snapshot(),
      journal: this.journal.snapshot(),
      offerJournal: this.offerJournal.snapshot(),
      ledger: this.trade.ledger.snapshot(),
      lives: this.crowd.snapshot(),
      stats: this.stats.snapshot(),
    };
  }
}
