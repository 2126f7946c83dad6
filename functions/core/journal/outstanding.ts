import { hintsOf } from '../ingest/hint.ts';
import type { HintId, OpenedPurchase } from '../ingest/store.ts';
import type { SaleEvent } from '../marketplace/journal.ts';
import { orderIdOfPurchase, orderIdOfSale } from '../orders/order.ts';

/**
 * The events that a run has read and that wait for their orders, oldest first, and what to ask for next. Only
 * a reading that came after an event processes it; an event that is read later has its order asked for again.
 */
export class Outstanding {
  #events: SaleEvent[] = [];
  /** The event that the cursor cannot pass in this run. */
  #blocker: SaleEvent | undefined;
  readonly #processed = new Set<SaleEvent>();
  /** For events that hint at several orders: the processed ones, while others are open. */
  readonly #partly = new Map<SaleEvent, ReadonlySet<HintId>>();
  /** Orders not to be tried again in this run. */
  readonly #failed = new Set<HintId>();
  /** Purchases that sales released and that are not orders of their own yet. */
  readonly #opened = new Map<string, OpenedPurchase>();
  /** Stored cancelled sales with their events, which are processed when the released purchases are. */
  readonly #lettingGo = new Map<string, readonly SaleEvent[]>();

  add(events: readonly SaleEvent[]): void {
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
  get oldestOpen(): SaleEvent | undefined {
    return this.#blocker ?? this.#events[0];
  }

  /** The sales to read next, at most `limit`: first those that the oldest events wait for. */
  nextSales(limit: number): string[] {
    const toRead = this.#salesToRead();
    const byPurchase = salesByPurchase(toRead);
    const readable = new Set(toRead);
    const found = new Set<string>();
    for (const event of this.#events) {
      if (found.size >= limit) break;
      if (!this.#isOpen(event)) continue;
      for (const { purchaseId } of event.purchases)
        for (const saleId of byPurchase.get(purchaseId) ?? []) found.add(saleId);
      if (event.saleId !== undefined && readable.has(event)) found.add(event.saleId);
    }
    return [...found].slice(0, limit);
  }

  /**
   * The purchases to look at next, all purchases of so many offers, except those that a sale still to be read may
   * hold.
   */
  nextPurchases(offers: number): OpenedPurchase[] {
    const awaited = salesByPurchase(this.#salesToRead());
    const named = this.#events
      .filter((event) => event.saleId === undefined && event.unreadable === undefined && this.#isOpen(event))
      .flatMap((event) =>
        event.purchases.filter(({ purchaseId }) => !this.#isDone(event, orderIdOfPurchase(purchaseId))),
      );
    const ready = new Map<string, OpenedPurchase>(named.map((purchase) => [purchase.purchaseId, purchase]));
    for (const purchase of this.#opened.values()) ready.set(purchase.purchaseId, purchase);
    const chosen = new Set<string>();
    return [...ready.values()].filter(({ purchaseId, offerId }) => {
      if (awaited.has(purchaseId) || this.#failed.has(orderIdOfPurchase(purchaseId))) return false;
      if (chosen.size < offers) chosen.add(offerId);
      return chosen.has(offerId);
    });
  }

  /** The events that wait for these sales. */
  eventsOfSales(saleIds: readonly string[]): SaleEvent[] {
    const wanted = new Set(saleIds);
    return this.#events.filter(({ saleId }) => saleId !== undefined && wanted.has(saleId));
  }

  /** Notes that these sales were read. `processed` names sales and held purchases that went well. */
  salesRead(
    saleIds: readonly string[],
    { processed, opened }: { processed: ReadonlySet<HintId>; opened: readonly OpenedPurchase[] },
  ): void {
    for (const purchase of opened) {
      const before = this.#opened.get(purchase.purchaseId)?.releasedBy ?? [];
      this.#opened.set(purchase.purchaseId, {
        ...purchase,
        releasedBy: [...before, ...(purchase.releasedBy ?? [])],
      });
    }
    const released = new Set(opened.flatMap(({ releasedBy }) => releasedBy ?? []));
    const eventsOf = this.#openByHint();
    for (const saleId of saleIds) {
      const orderId = orderIdOfSale(saleId);
      if (!processed.has(orderId)) this.#failed.add(orderId);
      else if (released.has(saleId)) this.#lettingGo.set(saleId, eventsOf(orderId));
      else this.#processOrders(eventsOf(orderId), orderId);
    }
    for (const event of this.#events.filter(({ saleId }) => saleId === undefined))
      for (const { purchaseId } of event.purchases)
        if (processed.has(orderIdOfPurchase(purchaseId)) && !this.#opened.has(purchaseId))
          this.#processOrders([event], orderIdOfPurchase(purchaseId));
  }

  /** Notes that these purchases were looked at. */
  purchasesRead(purchases: readonly OpenedPurchase[], processed: ReadonlySet<HintId>): void {
    const eventsOf = this.#openByHint();
    for (const { purchaseId } of purchases) {
      const orderId = orderIdOfPurchase(purchaseId);
      const releasedBy = this.#opened.get(purchaseId)?.releasedBy ?? [];
      if (processed.has(orderId)) {
        this.#opened.delete(purchaseId);
        this.#processOrders(eventsOf(orderId), orderId);
      } else {
        this.#failed.add(orderId);
        for (const saleId of releasedBy) this.#failed.add(orderIdOfSale(saleId));
      }
    }
    const stillOpen = new Set([...this.#opened.values()].flatMap(({ releasedBy }) => releasedBy ?? []));
    for (const [saleId, events] of this.#lettingGo) {
      if (stillOpen.has(saleId)) continue;
      this.#processOrders(events, orderIdOfSale(saleId));
      this.#lettingGo.delete(saleId);
    }
  }

  /** Events that do not tell what to read. */
  unreadable(): SaleEvent[] {
    return this.#events.filter((event) => event.unreadable !== undefined && this.#isOpen(event));
  }

  /** Notes that these events were recorded as unreadable. */
  unreadableNoted(events: readonly SaleEvent[], processed: ReadonlySet<HintId>): void {
    for (const event of events) {
      for (const hint of hintsOf(event)) {
        if (processed.has(hint)) this.#processOrders([event], hint);
        else this.#failed.add(hint);
      }
    }
  }

  /** Removes and returns the unbroken run of processed events at the beginning. */
  takeRun(): SaleEvent[] {
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

  #isOpen(event: SaleEvent): boolean {
    return !this.#processed.has(event) && !this.#hasFailed(event);
  }

  #hasFailed(event: SaleEvent): boolean {
    return hintsOf(event).some((hint) => this.#failed.has(hint));
  }

  #isDone(event: SaleEvent, hint: HintId): boolean {
    return this.#partly.get(event)?.has(hint) ?? false;
  }

  #salesToRead(): SaleEvent[] {
    return this.#events.filter(
      (event) => event.saleId !== undefined && this.#isOpen(event) && !this.#lettingGo.has(event.saleId),
    );
  }

  /** The events of an order that are not processed. All are looked through once, because a backlog has thousands. */
  #openByHint(): (orderId: HintId) => SaleEvent[] {
    const byHint = new Map<HintId, SaleEvent[]>();
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
  #processOrders(events: readonly SaleEvent[], hint: HintId): void {
    for (const event of events) {
      const done = new Set([...(this.#partly.get(event) ?? []), hint]);
      if (hintsOf(event).every((one) => done.has(one))) this.#processed.add(event);
      else this.#partly.set(event, done);
    }
  }
}

/** Ids of sales by the purchases that events name together with them. */
function salesByPurchase(events: readonly SaleEvent[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { saleId, purchases } of events) {
    if (saleId === undefined) continue;
    for (const { purchaseId } of purchases) found.set(purchaseId, [...(found.get(purchaseId) ?? []), saleId]);
  }
  return found;
}
