interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Number of microtasks that exceeds any chain of awaits in the core between two of its calls. */
const LONGEST_CHAIN = 120;
/** Number of microtasks between a call and the moment when the code behind it waits. */
const AFTERMATH = 3;

/**
 * Virtual time: events run in the order of their time, and after each the code that it woke runs until it
 * waits for a call again. There are no timers and no macrotasks, so a schedule always runs in the same way.
 */
export class Scheduler {
  now: number;
  /** Counts the steps of woken code that the scheduler can see. */
  activity = 0;
  #events: Event[] = [];
  #order = 0;
  #woken = false;

  constructor(start: number) {
    this.now = start;
  }

  at(time: number, run: () => void): void {
    const event: Event = { at: Math.max(time, this.now), order: this.#order, run };
    this.#order += 1;
    push(this.#events, event);
  }

  /** Notes that the running event has resolved a promise. */
  woke(): void {
    this.#woken = true;
  }

  /** Runs the events up to that time, or until `stop` returns true. */
  async runUntil(until: number, stop: () => boolean): Promise<void> {
    for (;;) {
      const next = this.#events[0];
      if (next === undefined || next.at > until) break;
      pop(this.#events);
      this.now = next.at;
      this.#woken = false;
      const before = this.activity;
      next.run();
      if (this.#woken) await this.#rest(before);
      if (stop()) return;
    }
    this.now = until;
  }

  async #rest(before: number): Promise<void> {
    for (let tick = 0; tick < LONGEST_CHAIN && this.activity === before; tick += 1) await undefined;
    for (let tick = 0; tick < AFTERMATH; tick += 1) await undefined;
  }
}

const earlier = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Event[], event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !earlier(event, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    const left = heap[below];
    if (left === undefined) break;
    const right = heap[below + 1];
    if (right !== undefined && earlier(right, left)) below += 1;
    const child = heap[below];
    if (child === undefined || !earlier(child, last)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
}
