import type { OpenedDeal } from '../ingest/applied.ts';
import { hintsOf } from '../ingest/hint.ts';
import type { HintId } from '../ingest/store.ts';
import type { DealEvent } from '../marketplace/sales.ts';
import { dealOrderId, formOrderId } from '../orders/order.ts';

/**
 * The events that a run has read and that wait for their orders, oldest first, and what to ask for next. Only
 * a reading that came after an event processes it; an event that is read later has its order asked for again.
 */
export class Outstanding {
  #events: DealEvent[] = [];
  /** The event that the cursor cannot pass in this run. */
  #blocker: DealEvent | undefined;
  readonly #processed = new Set<DealEvent>();
  /** For events that hint at several orders: the processed ones, while others are open. */
  readonly #partly = new Map<DealEvent, ReadonlySet<HintId>>();
  /** Orders not to be tried again in this run. */
  readonly #failed = new Set<HintId>();
  /** Deals that forms released and that are not orders of their own yet. */
  readonly #opened = new Map<string, OpenedDeal>();
  /** Stored cancelled forms with their events, which are processed when the released deals are. */
  readonly #lettingGo = new Map<string, readonly DealEvent[]>();

  add(events: readonly DealEvent[]): void {
    this.#events.push(...events);
  }

  get size(): number {
    return this.#events.length;
  }

  /** Whether no event is open; false once an event cannot be processed in this run. */
  get clean(): boolean {
    return this.oldestOpen === undefined;
  }

  /** The oldest event that was read and is not processed. */
  get oldestOpen(): DealEvent | undefined {
    return this.#blocker ?? this.#events[0];
  }

  /** The forms to read next, at most `limit`: first those that the oldest events wait for. */
  nextForms(limit: number): string[] {
    const toRead = this.#formsToRead();
    const byDeal = formsByDeal(toRead);
    const readable = new Set(toRead);
    const found = new Set<string>();
    for (const event of this.#events) {
      if (found.size >= limit) break;
      if (!this.#isOpen(event)) continue;
      for (const { dealId } of event.purchases)
        for (const formId of byDeal.get(dealId) ?? []) found.add(formId);
      if (event.formId !== undefined && readable.has(event)) found.add(event.formId);
    }
    return [...found].slice(0, limit);
  }

  /**
   * The deals to look at next, all deals of so many offers, except those that a form still to be read may
   * hold.
   */
  nextDeals(offers: number): OpenedDeal[] {
    const awaited = formsByDeal(this.#formsToRead());
    const named = this.#events
      .filter((event) => event.formId === undefined && event.unreadable === undefined && this.#isOpen(event))
      .flatMap((event) => event.purchases.filter(({ dealId }) => !this.#isDone(event, dealOrderId(dealId))));
    const ready = new Map<string, OpenedDeal>(named.map((purchase) => [purchase.dealId, purchase]));
    for (const deal of this.#opened.values()) ready.set(deal.dealId, deal);
    const chosen = new Set<string>();
    return [...ready.values()].filter(({ dealId, offerId }) => {
      if (awaited.has(dealId) || this.#failed.has(dealOrderId(dealId))) return false;
      if (chosen.size < offers) chosen.add(offerId);
      return chosen.has(offerId);
    });
  }

  /** The events that wait for these forms. */
  eventsOfForms(formIds: readonly string[]): DealEvent[] {
    const wanted = new Set(formIds);
    return this.#events.filter(({ formId }) => formId !== undefined && wanted.has(formId));
  }

  /** Notes that these forms were read. `processed` names forms and held deals that went well. */
  formsRead(
    formIds: readonly string[],
    { processed, opened }: { processed: ReadonlySet<HintId>; opened: readonly OpenedDeal[] },
  ): void {
    for (const deal of opened) {
      const before = this.#opened.get(deal.dealId)?.releasedBy ?? [];
      this.#opened.set(deal.dealId, { ...deal, releasedBy: [...before, ...(deal.releasedBy ?? [])] });
    }
    const released = new Set(opened.flatMap(({ releasedBy }) => releasedBy ?? []));
    const eventsOf = this.#openByHint();
    for (const formId of formIds) {
      const orderId = formOrderId(formId);
      if (!processed.has(orderId)) this.#failed.add(orderId);
      else if (released.has(formId)) this.#lettingGo.set(formId, eventsOf(orderId));
      else this.#processOrders(eventsOf(orderId), orderId);
    }
    for (const event of this.#events.filter(({ formId }) => formId === undefined))
      for (const { dealId } of event.purchases)
        if (processed.has(dealOrderId(dealId)) && !this.#opened.has(dealId))
          this.#processOrders([event], dealOrderId(dealId));
  }

  /** Notes that these deals were looked at. */
  dealsRead(deals: readonly OpenedDeal[], processed: ReadonlySet<HintId>): void {
    const eventsOf = this.#openByHint();
    for (const { dealId } of deals) {
      const orderId = dealOrderId(dealId);
      const releasedBy = this.#opened.get(dealId)?.releasedBy ?? [];
      if (processed.has(orderId)) {
        this.#opened.delete(dealId);
        this.#processOrders(eventsOf(orderId), orderId);
      } else {
        this.#failed.add(orderId);
        for (const formId of releasedBy) this.#failed.add(formOrderId(formId));
      }
    }
    const stillOpen = new Set([...this.#opened.values()].flatMap(({ releasedBy }) => releasedBy ?? []));
    for (const [formId, events] of this.#lettingGo) {
      if (stillOpen.has(formId)) continue;
      this.#processOrders(events, formOrderId(formId));
      this.#lettingGo.delete(formId);
    }
  }

  /** Events that do not tell what to read. */
  unreadable(): DealEvent[] {
    return this.#events.filter((event) => event.unreadable !== undefined && this.#isOpen(event));
  }

  /** Notes that these events were recorded as unreadable. */
  unreadableNoted(events: readonly DealEvent[], processed: ReadonlySet<HintId>): void {
    for (const event of events) {
      for (const hint of hintsOf(event)) {
        if (processed.has(hint)) this.#processOrders([event], hint);
        else this.#failed.add(hint);
      }
    }
  }

  /** Removes and returns the unbroken run of processed events at the beginning. */
  takeRun(): DealEvent[] {
    const firstOpen = this.#events.findIndex((event) => !this.#processed.has(event));
    const run = this.#blocker ? [] : this.#events.slice(0, firstOpen === -1 ? undefined : firstOpen);
    for (const event of run) {
      this.#processed.delete(event);
      this.#partly.delete(event);
    }
    this.#events = this.#events.slice(run.length);
    const [first] = this.#events;
    if (first !== undefined && this.#hasFailed(first)) this.#blocker ??= first;
    // Processed events behind one that cannot be processed are dropped; the next run reads them again.
    if (this.#blocker) this.#events = this.#events.filter((event) => this.#isOpen(event));
    return run;
  }

  #isOpen(event: DealEvent): boolean {
    return !this.#processed.has(event) && !this.#hasFailed(event);
  }

  #hasFailed(event: DealEvent): boolean {
    return hintsOf(event).some((hint) => this.#failed.has(hint));
  }

  #isDone(event: DealEvent, hint: HintId): boolean {
    return this.#partly.get(event)?.has(hint) ?? false;
  }

  #formsToRead(): DealEvent[] {
    return this.#events.filter(
      (event) => event.formId !== undefined && this.#isOpen(event) && !this.#lettingGo.has(event.formId),
    );
  }

  /** The events of an order that are not processed. All are looked through once, because a backlog has thousands. */
  #openByHint(): (orderId: HintId) => DealEvent[] {
    const byHint = new Map<HintId, DealEvent[]>();
    for (const event of this.#events) {
      if (this.#processed.has(event)) continue;
      for (const hint of hintsOf(event)) {
        const known = byHint.get(hint);
        if (known === undefined) byHint.set(hint, [event]);
        else known.push(event);
      }
    }
    return (orderId) => (byHint.get(orderId) ?? []).filter((event) => !this.#processed.has(event));
  }

  /** Processes an order of these events; an event is processed with the last of its orders. */
  #processOrders(events: readonly DealEvent[], hint: HintId): void {
    for (const event of events) {
      const done = new Set([...(this.#partly.get(event) ?? []), hint]);
      if (hintsOf(event).every((one) => done.has(one))) this.#processed.add(event);
      else this.#partly.set(event, done);
    }
  }
}

/** Ids of forms by the deals that events name together with them. */
function formsByDeal(events: readonly DealEvent[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { formId, purchases } of events) {
    if (formId === undefined) continue;
    for (const { dealId } of purchases) found.set(dealId, [...(found.get(dealId) ?? []), formId]);
  }
  return found;
}
