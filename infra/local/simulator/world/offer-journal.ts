import type { Chance } from './chance.ts';
import { firstIndex } from './sorted.ts';

export type OfferChange = 'start' | 'end' | 'bid' | 'now' | 'change' | 'cancel_bid';

export interface OfferEntry {
  readonly change: OfferChange;
  readonly offerId: number;
  readonly sellerId: number;
  readonly countryId: number;
  /** Price in minor units; 0 at the start, and at an end without a sale. */
  readonly priceMinor: number;
}

export interface OfferEvent extends OfferEntry {
  readonly id: number;
  /** Time of writing, Unix seconds. */
  readonly at: number;
}

export interface OfferJournalSnapshot {
  readonly lastId: number;
  readonly events: readonly OfferEvent[];
}

const FIRST_ID = 4_700_000_000;
const KEPT_SECONDS = 9 * 86_400;

/** The offer journal: one list of the whole site, ascending by id. */
export class OfferJournal {
  #lastId: number;
  readonly #events: OfferEvent[];
  readonly #chance: Chance;

  constructor(chance: Chance, saved?: OfferJournalSnapshot) {
    this.#chance = chance;
    this.#lastId = saved?.lastId ?? FIRST_ID;
    this.#events = [...(saved?.events ?? [])];
  }

  snapshot(): OfferJournalSnapshot {
    return { lastId: this.#lastId, events: this.#events };
  }

  write(entry: OfferEntry, now: number): void {
    this.#lastId += this.#chance.int(1, 400);
    this.#events.push({ ...entry, id: this.#lastId, at: now });
  }

  /** The oldest kept events after `start` (exclusive) that fit `wanted`, at most `limit`. */
  read(
    wanted: (event: OfferEvent) => boolean,
    { start, limit, now }: { start: number; limit: number; now: number },
  ): OfferEvent[] {
    const gone = firstIndex(this.#events, (event) => event.at >= now - KEPT_SECONDS);
    this.#events.splice(0, gone);
    const found: OfferEvent[] = [];
    let index = firstIndex(this.#events, (event) => event.id > start);
    for (; index < this.#events.length && found.length < limit; index += 1) {
      const event = this.#events[index];
      if (event !== undefined && wanted(event)) found.push(event);
    }
    return found;
  }
}
