import type { WorkMessage } from '../../functions/core/account/work-queue.ts';
import { MINUTE, SECOND } from '../../functions/core/base/time.ts';
import type { Scheduler } from './scheduler.ts';

const VISIBILITY = 130 * SECOND;
const DEDUPLICATION = 5 * MINUTE;
const MOST_RECEIVES = 4;
const DELIVERY = 30;

interface Queued {
  readonly message: WorkMessage;
  received: number;
  hiddenUntil: number;
}

/**
 * SQS FIFO: a single message per account at a time, copies dropped; a message that is not deleted comes back.
 */
export class Queue {
  readonly #groups = new Map<string, Queued[]>();
  readonly #sent = new Map<string, number>();
  readonly #scheduler: Scheduler;
  readonly #fifo: boolean;
  readonly #work: (message: WorkMessage, done: () => void) => void;

  constructor({
    scheduler,
    fifo,
    work,
  }: {
    scheduler: Scheduler;
    fifo: boolean;
    work: (message: WorkMessage, done: () => void) => void;
  }) {
    this.#scheduler = scheduler;
    this.#fifo = fifo;
    this.#work = work;
  }

  send(message: WorkMessage): void {
    const { now } = this.#scheduler;
    const copyOf = `${message.accountId}-${message.why === 'now' ? 'now' : 'slot'}-${message.slotMillis}`;
    if ((this.#sent.get(copyOf) ?? -DEDUPLICATION) + DEDUPLICATION > now) return;
    this.#sent.set(copyOf, now);
    const group = this.#groups.get(message.accountId) ?? [];
    group.push({ message, received: 0, hiddenUntil: 0 });
    this.#groups.set(message.accountId, group);
    this.#look(message.accountId, now + DELIVERY);
  }

  #look(accountId: string, at: number): void {
    this.#scheduler.at(at, () => this.#deliver(accountId));
  }

  #deliver(accountId: string): void {
    const { now } = this.#scheduler;
    const group = this.#groups.get(accountId) ?? [];
    if (this.#fifo && group.some(({ hiddenUntil }) => hiddenUntil > now)) return;
    const next = group.find(({ hiddenUntil }) => hiddenUntil <= now);
    if (next === undefined) return;
    if (next.received >= MOST_RECEIVES) {
      group.splice(group.indexOf(next), 1);
      this.#deliver(accountId);
      return;
    }
    next.received += 1;
    next.hiddenUntil = now + VISIBILITY;
    this.#look(accountId, next.hiddenUntil);
    this.#work(next.message, () => {
      const at = group.indexOf(next);
      if (at !== -1) group.splice(at, 1);
      this.#look(accountId, this.#scheduler.now + DELIVERY);
    });
    if (!this.#fifo) this.#deliver(accountId);
  }
}
