import type { Account } from '../account/account.ts';
import type { OfferFacts, OfferTrouble } from '../account/sync-facts.ts';
import { DAY, type EpochMillis, epochMillis, latestTrueTime, MINUTE, plus } from '../base/time.ts';
import { isAskedAgain, isDue, type PeriodicTask } from '../ingest/periodic-task.ts';
import { ANNOUNCED_AHEAD, readOfferJournal } from './hints.ts';
import { listOffers } from './listing.ts';
import type { OfferDeps } from './refresh.ts';
import type { OfferStore } from './store.ts';
import { againAt, OffersPutOff, troubleOf } from './trouble.ts';

const JOURNAL_EVERY = 10 * MINUTE;
const LISTING_EVERY = DAY;
const NEVER = epochMillis(0);

/**
 * Keeps the snapshot of offers: a complete listing once a day, and in between the offers that the offer
 * journal names. Work that does not fit into the run's time is left to the next run, because offers must not
 * delay orders. For the same reason trouble that only offers have is put off.
 */
export const keepOffers: PeriodicTask<{ readonly offers: OfferStore }> = async (deps, { account, save }) => {
  const { offers: source } = deps.marketplace;
  if (source === undefined || deps.outOfTime()) return undefined;
  const now = deps.clock();
  const [listing, journal] = [listingDue(account, now), journalDue(account, now)];
  if (!listing && !journal) return undefined;
  const offerDeps = { ...deps, source, requestMillis: account.checkAskedAtMillis };
  let facts = account.offers ?? {};
  if (listing) facts = await listed(offerDeps, facts);
  // Waits for the first listing, before which every entry would be looked up.
  const mayRead = facts.firstListedAtMillis !== undefined || facts.listingTrouble !== undefined;
  if (journal && mayRead) facts = await journalCaughtUp(offerDeps, { facts, save });
  return { outcome: 'done', facts: { offers: facts }, moved: true };
};

/** Whether the work is due by its poll interval or because a check was asked for, and not put off. */
function isDueNow(
  account: Account,
  task: Parameters<typeof isDue>[1] & { trouble: OfferTrouble | undefined },
): boolean {
  const { trouble, now } = task;
  // Trouble noted by a clock that was ahead is ignored, because it would delay the work for as long.
  const isTrue = trouble !== undefined && trouble.atMillis <= latestTrueTime(now);
  const putOff = isTrue && now < againAt(trouble) && !isAskedAgain(account, trouble.requestMillis);
  return isDue(account, task) && !putOff;
}

export function listingDue(account: Account, now: EpochMillis): boolean {
  const { offers = {} } = account;
  const { listedAtMillis = NEVER, announcedAtMillis, listingTrouble: trouble } = offers;
  const isVisible = announcedAtMillis !== undefined && now >= plus(announcedAtMillis, ANNOUNCED_AHEAD);
  const doneAtMillis = isVisible ? NEVER : listedAtMillis;
  return isDueNow(account, {
    doneAtMillis,
    answered: offers.listedRequestMillis,
    every: LISTING_EVERY,
    trouble,
    now,
  });
}

export function journalDue(account: Account, now: EpochMillis): boolean {
  const { offers = {} } = account;
  const { readAtMillis: doneAtMillis = NEVER, journalTrouble: trouble } = offers;
  return isDueNow(account, {
    doneAtMillis,
    answered: offers.readRequestMillis,
    every: JOURNAL_EVERY,
    trouble,
    now,
  });
}

/** The dependencies, and the last request for a check. */
type AskedDeps = OfferDeps & { readonly requestMillis: EpochMillis | undefined };

async function listed(deps: AskedDeps, facts: OfferFacts): Promise<OfferFacts> {
  try {
    const done = await listOffers(deps, deps);
    if (done === undefined) return facts;
    const { startedAtMillis: listedAtMillis, requestMillis: listedRequestMillis } = done;
    const { firstListedAtMillis = listedAtMillis } = facts;
    return {
      ...facts,
      firstListedAtMillis,
      listedAtMillis,
      listedRequestMillis,
      announcedAtMillis: undefined,
      listingTrouble: undefined,
    };
  } catch (error) {
    return { ...facts, listingTrouble: putOff(deps, error) };
  }
}

async function journalCaughtUp(
  deps: AskedDeps,
  { facts, save }: { facts: OfferFacts; save: (facts: { offers: OfferFacts }) => Promise<void> },
): Promise<OfferFacts> {
  let reached = facts;
  const keep = async (offers: OfferFacts): Promise<void> => {
    reached = offers;
    await save({ offers });
  };
  try {
    return await readOfferJournal(deps, { facts, requestMillis: deps.requestMillis, save: keep });
  } catch (error) {
    return { ...reached, journalTrouble: putOff(deps, error) };
  }
}

/** The trouble to remember, if only offers have it; throws all other errors. */
function putOff(deps: AskedDeps, error: unknown): OfferTrouble {
  if (!(error instanceof OffersPutOff)) throw error;
  const { requestMillis } = deps;
  const trouble = {
    ...troubleOf(error, deps.clock()),
    ...(requestMillis !== undefined && { requestMillis }),
  };
  deps.log.warn('offers-put-off', { accountId: deps.accountId, ...trouble });
  return trouble;
}
