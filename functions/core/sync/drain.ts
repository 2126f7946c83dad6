import type { DealEvent } from '../marketplace.ts';
import { type ApplyDeps, applyDeals, applyForms, chunks, type OpenedDeal } from './apply.ts';

/** So many events are held back at most, so that a form may come before its deals are looked up one by one. */
const OUTSTANDING = 300;

export interface DrainDeps extends ApplyDeps {
  /** True when the run has to stop soon. */
  readonly outOfTime: () => boolean;
  readonly saveCursor: (cursor: string) => Promise<void>;
}

export interface Drained {
  readonly cursor: string;
  readonly outcome: 'done' | 'interrupted';
  readonly events: number;
  readonly ordersChanged: number;
}

/**
 * Reads the deal journal from the cursor to its end and lands what its events hint at. The cursor moves
 * only over the leading run of landed events and is written after them.
 */
export async function drain(deps: DrainDeps, from: string): Promise<Drained> {
  const size = deps.marketplace.settings.journalPageSize;
  let cursor = from;
  let readUpTo = from;
  let events = 0;
  let ordersChanged = 0;
  let outstanding: DealEvent[] = [];
  for (;;) {
    const page = await readPage(deps, readUpTo);
    outstanding.push(...page);
    events += page.length;
    readUpTo = page.at(-1)?.id ?? readUpTo;
    const last = page.length < size;
    const stop = last || deps.outOfTime();
    if (stop || outstanding.length >= OUTSTANDING) {
      const applied = await applyEvents(deps, outstanding);
      ordersChanged += applied.changed;
      cursor = leadingRun(outstanding, applied.landed) ?? cursor;
      const stuck = outstanding.some(({ id }) => !applied.landed.has(id));
      outstanding = [];
      if (stop || stuck)
        return { cursor, outcome: last || stuck ? 'done' : 'interrupted', events, ordersChanged };
      await deps.saveCursor(cursor);
    }
  }
}

/** A full page that does not move forward would be read for ever. */
async function readPage(deps: DrainDeps, after: string): Promise<DealEvent[]> {
  const page = await deps.session.call((handle, options) =>
    deps.marketplace.dealEvents(handle, after, options),
  );
  const newest = page.at(-1);
  if (newest !== undefined && BigInt(newest.id) <= BigInt(after)) {
    throw new Error(`the journal does not move past event ${after}`);
  }
  return page;
}

/** The id of the last event of the unbroken run of landed ones at the beginning; undefined if there is none. */
export function leadingRun(events: readonly DealEvent[], landed: ReadonlySet<string>): string | undefined {
  const firstOpen = events.findIndex(({ id }) => !landed.has(id));
  const run = firstOpen === -1 ? events : events.slice(0, firstOpen);
  return run.at(-1)?.id;
}

/** Forms first: what they hold needs no look-up as a deal. Returns the ids of the events that landed. */
async function applyEvents(
  deps: DrainDeps,
  events: readonly DealEvent[],
): Promise<{ landed: ReadonlySet<string>; changed: number }> {
  const formIds = [...new Set(events.flatMap(({ formId }) => formId ?? []))];
  const forms = { landed: new Set<string>(), opened: [] as OpenedDeal[], changed: 0 };
  for (const batch of chunks(formIds, deps.marketplace.settings.formBatchSize)) {
    const applied = await applyForms(deps, batch);
    forms.changed += applied.changed;
    forms.opened.push(...applied.opened);
    for (const id of applied.landed) forms.landed.add(id);
  }
  const deals = await applyDeals(deps, [
    ...events.filter(({ formId }) => formId === undefined),
    ...forms.opened,
  ]);
  // A cancelled form has landed only when the deals that it let go stand on their own again.
  for (const { dealId, releasedBy } of forms.opened) {
    if (!deals.landed.has(dealId)) for (const formId of releasedBy ?? []) forms.landed.delete(formId);
  }
  const landed = events.filter(({ formId, dealId }) =>
    formId === undefined ? deals.landed.has(dealId) : forms.landed.has(formId),
  );
  return { landed: new Set(landed.map(({ id }) => id)), changed: forms.changed + deals.changed };
}
