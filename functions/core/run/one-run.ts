import type { Account } from '../account/account.ts';
import type { SavedFacts } from '../account/store.ts';
import { type EpochMillis, toMillis } from '../base/time.ts';
import type { TaskFacts } from '../ingest/periodic-task.ts';
import { emptyTally } from '../ingest/process-orders.ts';
import type { Drained, Reached } from '../journal/drain.ts';
import type { FirstStart } from '../journal/start.ts';
import { BEGINNING } from '../marketplace/positions.ts';
import type { Claimed } from './claimed.ts';
import type { Findings } from './conclude.ts';
import type { OpenWork } from './work.ts';

/** A step of a run. `interrupted`: there was no time for the rest, and the steps after it are left out. */
export type Step = (run: Run) => Promise<'done' | 'interrupted'>;

/**
 * A run under its claim, with the dependencies of its steps and their results, which are kept if a step
 * throws.
 */
export class Run {
  /** The account as it was when it was claimed. */
  readonly account: Account;
  readonly work: OpenWork;
  readonly tally = emptyTally();
  readonly #claimed: Claimed;
  #start: Pick<FirstStart, 'cursor' | 'leap'>;
  #facts: TaskFacts = {};
  #moved = false;
  #drained: Drained | undefined;
  #newestAfter: string | undefined;
  #backlog: Findings['backlog'];

  constructor(claimed: Claimed, work: OpenWork) {
    this.account = claimed.account;
    this.work = work;
    this.#claimed = claimed;
    this.#start = claimed.account;
  }

  /** False until a first connect has found the cursor to begin with. */
  get hasBegun(): boolean {
    return this.#start.cursor !== undefined;
  }

  /** The last event up to which everything is stored. */
  get cursor(): string {
    return this.#drained?.cursor ?? this.#start.cursor ?? BEGINNING;
  }

  /** A stored event beyond a leap of ids, from an earlier run. */
  get leap(): string | undefined {
    return this.#start.leap;
  }

  /** Time of the newest event that was read. */
  get toldUntil(): EpochMillis | undefined {
    const eventAt = this.#drained?.cursorEventAtSeconds;
    return eventAt === undefined ? this.account.cursorEventAtMillis : toMillis(eventAt);
  }

  /** Saves progress on the account, for the case that the worker is killed. Throws ClaimLost. */
  readonly save = (facts: SavedFacts): Promise<void> => this.#claimed.save({ ...this.#counted(), ...facts });

  /** Saves progress with the next batch of rows. Throws ClaimLost. */
  readonly saveReached = ({ cursor, atSeconds: at }: Reached): Promise<void> =>
    this.#claimed.saveWithNext({
      ...this.#counted(),
      cursor,
      ...(at !== undefined && { cursorEventAtMillis: toMillis(at) }),
    });

  /** Saves progress that waits for a batch. Throws ClaimLost. */
  flush(): Promise<void> {
    return this.#claimed.flush();
  }

  #counted(): { failedOrders?: number } {
    const failedOrders = this.work.quarantine.size();
    return failedOrders === undefined ? {} : { failedOrders };
  }

  /** Notes where a first connect begins. */
  async begin(start: FirstStart): Promise<void> {
    const { cursor = BEGINNING } = start;
    this.#start = { ...start, cursor };
    await this.save({ ...start, connectedAtMillis: this.work.clock() });
  }

  /** Adds facts for the end of the run to write on the account; a later step overwrites the same fact. */
  remember({ facts, moved }: { facts: TaskFacts; moved: boolean }): void {
    this.#facts = { ...this.#facts, ...facts };
    this.#moved ||= moved;
  }

  /**
   * Notes the newest event up to which the newest orders are stored; undefined if the journal's end was not
   * found in time.
   */
  hasReadNewest(newestAfter: string | undefined): void {
    this.#newestAfter = newestAfter;
  }

  hasDrained(drained: Drained): void {
    this.#drained = drained;
    if (drained.outcome === 'done') return;
    this.#backlog = this.#newestAfter === undefined ? {} : { newestAfter: this.#newestAfter };
  }

  /** Leaves the journal to a later run, so that this run reports no backlog. */
  putsOffDrain(): void {
    this.#drained = { ...this.tally, cursor: this.cursor, outcome: 'interrupted', clean: false };
  }

  get findings(): Findings {
    const [drained, backlog, failedOrders] = [this.#drained, this.#backlog, this.work.quarantine.size()];
    return {
      tally: this.tally,
      facts: this.#facts,
      moved: this.#moved,
      ...(drained !== undefined && { drained }),
      ...(backlog !== undefined && { backlog }),
      ...(failedOrders !== undefined && { failedOrders }),
    };
  }
}
