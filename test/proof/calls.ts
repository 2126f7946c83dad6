import type { Process, ProcessKind } from './process.ts';
import { type Fault, type FaultKind, type Schedule, START } from './schedule.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * A promise that never settles, for a dead process. A new one each time, so that no shared promise keeps
 * waiting code in memory.
 */
export const never = (): Promise<never> => new Promise(() => {});

/**
 * Longest freeze by kind of process. The platform ends requests and ticks at their time-out; workers may rest
 * longer.
 */
const LONGEST_REST: Record<ProcessKind, number> = {
  work: Number.POSITIVE_INFINITY,
  borrow: Number.POSITIVE_INFINITY,
  http: 20_000,
  plan: 40_000,
  notify: 40_000,
};

/** Milliseconds after which the SDK repeats a request whose reply was lost. */
const SDK_RETRY = 400;

export type Backend = 'store' | 'vault' | 'queue' | 'none';

interface Call<T> {
  readonly door: string;
  readonly backend: Backend;
  /** Effect of the request when it arrives; throws if the answer is an error. */
  readonly effect: () => T;
  /** Result for the caller of a lost reply, where no SDK repeats the request. */
  readonly lost?: () => unknown;
}

interface Reached<T> {
  readonly call: Call<T>;
  readonly fault: Fault | undefined;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The calls of the core to its doors. Each takes some time, meets its fault, and has its effect at a single
 * moment.
 */
export class Calls {
  /** Names of the doors that faults were planned for and that were called. */
  readonly met = new Set<string>();
  readonly #pending: { fault: Fault; seen: number; used: boolean }[];
  readonly #schedule: Schedule;
  readonly #scheduler: Scheduler;
  readonly #isDown: (backend: Backend) => boolean;
  readonly trace: (process: Process, line: () => string) => void;
  readonly onKill: (process: Process) => void;

  constructor({
    schedule,
    scheduler,
    isDown,
    trace,
    onKill,
  }: {
    schedule: Schedule;
    scheduler: Scheduler;
    isDown: (backend: Backend) => boolean;
    trace: (process: Process, line: () => string) => void;
    onKill: (process: Process) => void;
  }) {
    this.#schedule = schedule;
    this.#scheduler = scheduler;
    this.#isDown = isDown;
    this.trace = trace;
    this.onKill = onKill;
    this.#pending = schedule.faults.map((fault) => ({ fault, seen: 0, used: false }));
  }

  /** Ends all faults from now on. */
  calmDown(): void {
    for (const pending of this.#pending) pending.used = true;
  }

  make<T>(process: Process, call: Call<T>): Promise<T> {
    if (!process.alive) return never();
    this.#scheduler.activity += 1;
    const fault = this.take(process, call.door);
    return new Promise<T>((resolve, reject) => {
      let at = this.#scheduler.now + this.latency(process);
      if (fault?.kind === 'freeze-before') at = this.freeze(process, fault);
      this.#scheduler.at(at, () => this.#reach(process, { call, fault, resolve, reject }));
    });
  }

  #reach<T>(process: Process, reached: Reached<T>): void {
    const { call, fault, reject } = reached;
    const kind = fault?.kind;
    const fail = (text: string) => this.deliver(process, () => reject(call.lost?.() ?? new Error(text)));
    if (kind === 'crash-before') this.kill(process, `before ${call.door}`);
    else if (kind === 'refused-by-store' || this.#isDown(call.backend)) {
      process.notes.brokenStore = true;
      this.trace(process, () => `${call.door}: unavailable`);
      fail('the store cannot be reached');
    } else this.#answer(process, { ...reached, outcome: this.#carryOut(process, call), fail });
  }

  #carryOut<T>(process: Process, call: Call<T>): Outcome<T> {
    const outcome = attempt(call.effect);
    this.trace(process, () => `${call.door}${outcome.text()}`);
    return outcome;
  }

  /** Answers a call whose effect has happened; the fault decides whether the caller learns of that. */
  #answer<T>(
    process: Process,
    answered: Reached<T> & { outcome: Outcome<T>; fail: (text: string) => void },
  ): void {
    const { call, fault, outcome, fail } = answered;
    if (fault?.kind === 'crash-after') this.kill(process, `after ${call.door}`);
    else if (fault?.kind === 'unknown') {
      process.notes.brokenStore = true;
      fail('throttled');
    } else if (fault?.kind === 'reply-lost' && call.lost !== undefined) fail('no reply');
    else if (fault?.kind === 'reply-lost') this.#repeat(process, answered);
    else {
      if (fault?.kind === 'freeze-after') this.freeze(process, fault);
      this.deliver(process, () => outcome.settle(answered.resolve, answered.reject));
    }
  }

  /** Sends a request again, as the SDK does when the first gets no reply. */
  #repeat<T>(process: Process, { call, resolve, reject }: Reached<T>): void {
    this.#scheduler.at(this.#scheduler.now + SDK_RETRY, () => {
      const outcome = attempt(call.effect);
      this.trace(process, () => `${call.door} repeated${outcome.text()}`);
      this.deliver(process, () => outcome.settle(resolve, reject));
    });
  }

  /** Wakes the process, if it lives, once it is not frozen. */
  deliver(process: Process, wake: () => void): void {
    if (!process.alive) return;
    if (process.frozenUntil > this.#scheduler.now) {
      this.#scheduler.at(process.frozenUntil, () => this.deliver(process, wake));
      return;
    }
    this.#scheduler.woke();
    wake();
  }

  /** The fault that this call has to meet. */
  take(process: Process, door: string): Fault | undefined {
    let met: Fault | undefined;
    for (const pending of this.#pending) {
      const { fault, used } = pending;
      if (used || this.#scheduler.now < START + fault.from) continue;
      if (fault.account !== -1 && fault.account !== process.account) continue;
      if (fault.door !== '*' && fault.door !== door) continue;
      pending.seen += 1;
      if (pending.seen < fault.nth) continue;
      pending.used = true;
      this.met.add(fault.door);
      met ??= {
        ...fault,
        kind: possible(fault.kind, { door, frozenBeforeSend: this.#schedule.frozenBeforeSend }),
      };
    }
    if (met !== undefined) this.trace(process, () => `${door} meets ${met.kind}`);
    return met;
  }

  /** Freezes a process; returns the end of the freeze. */
  freeze(process: Process, fault: Fault): number {
    const longest = LONGEST_REST[process.kind];
    process.everFrozen = longest === Number.POSITIVE_INFINITY;
    process.frozenUntil = this.#scheduler.now + Math.min(fault.millis, longest);
    return process.frozenUntil;
  }

  kill(process: Process, where: string): void {
    if (!process.alive || process.done) return;
    this.trace(process, () => `gone ${where}`);
    process.alive = false;
    this.onKill(process);
  }

  /** Milliseconds of a call: mostly few, seldom so many that other work overtakes the call. */
  latency(process: Process): number {
    if (this.#schedule.calm) return 5;
    const { dice } = process;
    const kind = dice.next();
    if (kind < 0.7) return 1 + Math.floor(dice.next() * 20);
    if (kind < 0.93) return 20 + Math.floor(dice.next() * 300);
    if (kind < 0.99) return 300 + Math.floor(dice.next() * 3_000);
    return 3_000 + Math.floor(dice.next() * 10_000);
  }
}

/** Moves a freeze from before the sending of a login to after it, except in the schedules about that gap. */
const possible = (kind: FaultKind, call: { door: string; frozenBeforeSend: boolean }): FaultKind =>
  kind === 'freeze-before' && call.door === 'login' && !call.frozenBeforeSend ? 'freeze-after' : kind;

interface Outcome<T> {
  readonly settle: (resolve: (value: T) => void, reject: (error: unknown) => void) => void;
  readonly text: () => string;
}

function attempt<T>(effect: () => T): Outcome<T> {
  try {
    const value = effect();
    return {
      settle: (resolve) => resolve(value),
      text: () => (typeof value === 'object' ? '' : ` = ${String(value)}`),
    };
  } catch (error) {
    return { settle: (_resolve, reject) => reject(error), text: () => ` throws ${String(error)}` };
  }
}
