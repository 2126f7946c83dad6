import type { OfferFacts } from '../account/sync-facts.ts';
import { type EpochMillis, HOUR, plus, toMillis } from '../base/time.ts';
import type { OfferEvent } from '../marketplace/offers.ts';
import { type OfferDeps, refresh } from './refresh.ts';
import { askFor } from './trouble.ts';

/** An offer may be announced this long before any list shows it. */
export const ANNOUNCED_AHEAD = HOUR;

export interface OfferJournalRun {
  readonly facts: OfferFacts;
  /** The last request for a check. */
  readonly requestMillis: EpochMillis | undefined;
  /** Saves the facts after each page. */
  readonly save: (facts: OfferFacts) => Promise<void>;
}

/**
 * Reads the offer journal from its cursor to its end, reads the offers again that its entries name, and then
 * moves the cursor. Returns the facts to remember. Throws OffersPutOff and MarketplaceFault.
 */
export async function readOfferJournal(deps: OfferDeps, run: OfferJournalRun): Promise<OfferFacts> {
  let { facts } = run;
  while (!deps.outOfTime()) {
    const readAtMillis = deps.clock();
    const { cursor } = facts;
    const { events, next, isEnd } = await askFor(deps.session, (handle, options) =>
      deps.source.offerEvents(handle, cursor, options),
    );
    const unseen = await lookUp(deps, hinted(events, facts));
    if (unseen === undefined) return facts;
    const announced = unseen.length > 0 && { announcedAtMillis: facts.announcedAtMillis ?? readAtMillis };
    facts = { ...facts, ...announced, ...(events.length > 0 && { cursor: next }) };
    if (isEnd)
      return { ...facts, readAtMillis, readRequestMillis: run.requestMillis, journalTrouble: undefined };
    await run.save(facts);
  }
  return facts;
}

/**
 * The offers that the entries name. Entries from well before the first listing are left out: that listing has
 * their offers, or they are history.
 */
function hinted(entries: readonly OfferEvent[], { firstListedAtMillis: listed }: OfferFacts): string[] {
  const since = listed === undefined ? 0 : plus(listed, -ANNOUNCED_AHEAD);
  const isNews = ({ atSeconds }: OfferEvent) => atSeconds === undefined || toMillis(atSeconds) >= since;
  return [...new Set(entries.filter(isNews).map(({ offerId }) => offerId))];
}

/** Looks the offers up and returns those that no list shows; undefined when the time is up. */
async function lookUp(deps: OfferDeps, offerIds: readonly string[]): Promise<string[] | undefined> {
  const size = deps.marketplace.settings.saleBatchSize;
  const unseen: string[] = [];
  for (let start = 0; start < offerIds.length; start += size) {
    if (start > 0 && deps.outOfTime()) return undefined;
    unseen.push(...(await refresh(deps, offerIds.slice(start, start + size))));
  }
  return unseen;
}
