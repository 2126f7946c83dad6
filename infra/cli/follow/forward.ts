import type { Session } from '../session.ts';
import { type Attempt, type EventType, type Receiver, send, typeOf } from './deliver.ts';
import { type Change, type Following, pagesOf, pause } from './feed.ts';

const FIRST_PAUSE_MILLIS = 1_000;
const LONGEST_PAUSE_MILLIS = 10_000;
/** Tries of a change that the server answers with an error. A server that does not answer is waited for. */
const TRIES = 4;

export interface Forwarding extends Following {
  readonly receiver: Receiver;
  readonly events: readonly EventType[] | undefined;
}

/** Posts changes to a local server, in order, and keeps the last attempt. */
export class Forwarder {
  /** The attempt that was made last. */
  last: Attempt | undefined;
  /** Position behind the last page that was sent. */
  position: string | undefined;
  readonly #session: Session;
  readonly #forwarding: Forwarding;
  readonly #made: (attempt: Attempt, next: { retryMillis?: number }) => void;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    session: Session,
    forwarding: Forwarding,
    made: (attempt: Attempt, next: { retryMillis?: number }) => void,
  ) {
    this.#session = session;
    this.#forwarding = forwarding;
    this.#made = made;
    this.position = forwarding.after;
  }

  /** Follows the feed until the session ends. Throws Interrupted, and the errors of the feed. */
  async run(): Promise<void> {
    for await (const { changes, position } of pagesOf(this.#session, this.#forwarding)) {
      for (const change of changes) {
        const type = typeOf(change, this.#forwarding.events);
        if (type !== undefined) await this.#sendUntilTaken(change, type);
      }
      this.position = position;
    }
  }

  /** Sends the last change again, after what is under way. */
  async again(): Promise<void> {
    const { last } = this;
    if (last === undefined) return;
    this.#made(await this.#send(last.change, last.type), {});
  }

  async #sendUntilTaken(change: Change, type: EventType): Promise<void> {
    for (
      let tries = 1, wait = FIRST_PAUSE_MILLIS;
      ;
      tries += 1, wait = Math.min(LONGEST_PAUSE_MILLIS, wait * 2)
    ) {
      const attempt = await this.#send(change, type);
      const isOver = attempt.outcome === 'delivered' || (attempt.status !== undefined && tries >= TRIES);
      if (!this.#session.io.signal.aborted) this.#made(attempt, isOver ? {} : { retryMillis: wait });
      if (isOver) return;
      await pause(this.#session, wait);
    }
  }

  /** Makes an attempt once the one before has ended. */
  async #send(change: Change, type: EventType): Promise<Attempt> {
    const attempt = this.#turn.then(() => send(this.#forwarding.receiver, change, type));
    this.#turn = attempt.catch(() => undefined);
    this.last = await attempt;
    return this.last;
  }
}
