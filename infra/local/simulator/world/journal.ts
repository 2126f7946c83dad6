import type { Chance } from './chance.ts';
import type { Settings } from './settings.ts';
import { firstIndex } from './sorted.ts';

export const EVENT = { purchaseCreated: 1, saleCreated: 2, saleCancelled: 3, paymentFinished: 4 } as const;
export type EventType = (typeof EVENT)[keyof typeof EVENT];

export interface JournalEntry {
  readonly type: EventType;
  readonly sellerId: number;
  readonly purchaseId: number;
  /** Id of the sale; 0 while there is none. */
  readonly saleId: number;
}

/**
 * Ways in which an event is shown wrong for as long as the journal keeps it. An event that names a sale may
 * lose even the sale's id.
 */
export const EVENT_SPOILS = [
  'no-quantity',
  'no-time',
  'no-offer',
  'no-buyer',
  'text-type',
  'huge-id',
  'no-sale',
] as const;
export type EventSpoil = (typeof EVENT_SPOILS)[number];
/**
 * Ways in which the event of a purchase is shown wrong: only those that leave the purchase findable, because
 * no list of the marketplace shows it.
 */
const PURCHASE_SPOILS: readonly EventSpoil[] = ['no-quantity', 'no-time', 'text-type'];

export interface JournalEvent extends JournalEntry {
  readonly id: number;
  readonly spoil?: EventSpoil | undefined;
  /** Time of writing, Unix seconds. */
  readonly at: number;
}

interface Delayed extends JournalEntry {
  readonly dueAt: number;
}

/** Counts of the journal's failures so far. */
export interface JournalQuirks {
  /** Events that were never written. */
  readonly lost: number;
  /** Events that were written once more, or are going to be. */
  readonly repeated: number;
  /** Events that were written behind the newest one of their seller. */
  readonly late: number;
}

export interface JournalSnapshot {
  readonly lastId: number;
  readonly events: readonly JournalEvent[];
  readonly delayed: readonly Delayed[];
  readonly quirks?: JournalQuirks;
}

const FIRST_ID = 5_100_000_000;
/** Start of the ids after they have begun anew. */
const ANEW_ID = 1_000;
/** Id of an event that leaps ahead of all others, for ever; even, as all regular ids are. */
const LEAPT_ID = 9_007_199_254_740_990;
const SECONDS_A_DAY = 86_400;
const REPEATED_WITHIN_SECONDS = 5;

/** The journal of sales: per seller ascending by id, ids from one sequence of the whole site. */
export class Journal {
  #lastId: number;
  #delayed: Delayed[];
  readonly #quirks: { -readonly [Quirk in keyof JournalQuirks]: number };
  readonly #bySeller: Map<number, JournalEvent[]>;
  readonly #chance: Chance;
  readonly #settings: Settings;

  constructor({
    chance,
    settings,
    saved,
  }: { chance: Chance; settings: Settings; saved?: JournalSnapshot | undefined }) {
    this.#chance = chance;
    this.#settings = settings;
    this.#lastId = saved?.lastId ?? FIRST_ID;
    this.#delayed = [...(saved?.delayed ?? [])];
    this.#quirks = { ...(saved?.quirks ?? { lost: 0, repeated: 0, late: 0 }) };
    this.#bySeller = Map.groupBy(saved?.events ?? [], (event) => event.sellerId);
  }

  snapshot(): JournalSnapshot {
    const events = [...this.#bySeller.values()].flat();
    return { lastId: this.#lastId, events, delayed: this.#delayed, quirks: this.quirks };
  }

  get quirks(): JournalQuirks {
    return { ...this.#quirks };
  }

  /**
   * Writes an event. The event of a purchase without a sale is never lost, because no list of the marketplace
   * shows such a purchase.
   */
  write(entry: JournalEntry, now: number): void {
    this.#writeDue(now);
    const { journalDelaySeconds, lossy, duplicates } = this.#settings;
    if (entry.saleId !== 0 && this.#happens(lossy)) {
      this.#quirks.lost += 1;
      return;
    }
    const delay = entry.type === EVENT.purchaseCreated ? journalDelaySeconds : 0;
    if (delay > 0) this.#delayed.push({ ...entry, dueAt: now + delay });
    else this.#place(entry, now);
    if (!this.#happens(duplicates)) return;
    this.#quirks.repeated += 1;
    const later = delay + this.#chance.int(1, REPEATED_WITHIN_SECONDS);
    this.#delayed.push({ ...entry, dueAt: now + later });
  }

  /** The oldest kept events after `start` (exclusive), at most `limit`. */
  read(
    sellerId: number,
    { start, limit, now }: { start: number; limit: number; now: number },
  ): JournalEvent[] {
    this.#writeDue(now);
    const events = this.#kept(sellerId, now);
    const from = firstIndex(events, (event) => event.id > start);
    return events.slice(from, from + limit);
  }

  /** Writes `count` events of this seller once more under new ids; returns how many there were to repeat. */
  duplicate(sellerId: number, { count, now }: { count: number; now: number }): number {
    const events = [...this.#kept(sellerId, now)];
    if (events.length === 0) return 0;
    for (let left = count; left > 0; left -= 1) this.#append(this.#chance.pick(events), now);
    this.#quirks.repeated += count;
    return count;
  }

  /** Repeats `count` events at ids behind the newest; returns how many found room. */
  insertLate(sellerId: number, { count, now }: { count: number; now: number }): number {
    let inserted = 0;
    for (const event of this.#kept(sellerId, now).toReversed()) {
      if (inserted === count) break;
      if (this.#insertBehind(event, event)) inserted += 1;
    }
    return inserted;
  }

  /** Begins the ids anew: all kept events get lower ids, in the same order. */
  restart(): void {
    const events = [...this.#bySeller.values()].flat().sort((one, other) => one.id - other.id);
    this.#lastId = ANEW_ID;
    this.#bySeller.clear();
    for (const event of events) {
      this.#lastId += 2 * this.#chance.int(1, 1_500);
      this.#own(event.sellerId).push({ ...event, id: this.#lastId });
    }
  }

  /** Repeats the newest event of this seller under an id far beyond all others; false if there is one already. */
  leap(sellerId: number, now: number): boolean {
    const newest = this.#kept(sellerId, now).at(-1);
    if (newest === undefined || newest.id === LEAPT_ID) return false;
    this.#own(sellerId).push({ ...newest, id: LEAPT_ID, at: now });
    return true;
  }

  /**
   * Whether something of this probability happens. Probability 0 draws no random number, so a setting left
   * alone changes no world.
   */
  #happens(probability: number): boolean {
    return probability > 0 && this.#chance.happens(probability);
  }

  #writeDue(now: number): void {
    if (this.#delayed.length === 0) return;
    const due = this.#delayed.filter((entry) => entry.dueAt <= now);
    this.#delayed = this.#delayed.filter((entry) => entry.dueAt > now);
    for (const { dueAt, ...entry } of due) this.#place(entry, now);
  }

  #place(entry: JournalEntry, now: number): void {
    const newest = this.#own(entry.sellerId).findLast(({ id }) => id < LEAPT_ID);
    const late = newest !== undefined && this.#chance.happens(this.#settings.behindCursor);
    if (!late || !this.#insertBehind(newest, entry)) this.#append(entry, now);
  }

  #append({ type, sellerId, purchaseId, saleId }: JournalEntry, now: number): void {
    this.#lastId += 2 * this.#chance.int(1, 1_500);
    const event = { id: this.#lastId, type, sellerId, purchaseId, saleId, at: now };
    const events = this.#own(sellerId);
    const place = events.at(-1)?.id === LEAPT_ID ? -1 : events.length;
    events.splice(place, 0, { ...event, spoil: this.#spoilFor(event) });
  }

  #spoilFor({ saleId }: JournalEntry): EventSpoil | undefined {
    if (!this.#happens(this.#settings.unreadableEvents)) return undefined;
    return this.#chance.pick(saleId === 0 ? PURCHASE_SPOILS : EVENT_SPOILS);
  }

  /**
   * Inserts an event at the id before another's. Regular ids are two apart at least, so a late event never
   * meets another.
   */
  #insertBehind(event: JournalEvent, { type, sellerId, purchaseId, saleId }: JournalEntry): boolean {
    const events = this.#own(sellerId);
    const index = firstIndex(events, (one) => one.id >= event.id);
    const id = event.id - 1;
    if (event.id % 2 !== FIRST_ID % 2 || events[index - 1]?.id === id) return false;
    events.splice(index, 0, { id, type, sellerId, purchaseId, saleId, at: event.at });
    this.#quirks.late += 1;
    return true;
  }

  #own(sellerId: number): JournalEvent[] {
    const known = this.#bySeller.get(sellerId);
    if (known !== undefined) return known;
    const events: JournalEvent[] = [];
    this.#bySeller.set(sellerId, events);
    return events;
  }

  #kept(sellerId: number, now: number): readonly JournalEvent[] {
    const events = this.#own(sellerId);
    const oldest = now - this.#settings.retentionDays * SECONDS_A_DAY;
    events.splice(
      0,
      firstIndex(events, (event) => event.at >= oldest),
    );
    return events;
  }
}
