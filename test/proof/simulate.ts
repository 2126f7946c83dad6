import type { WorkMessage } from '../../functions/core/account/work-queue.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../functions/core/base/time.ts';
import { act } from './actions.ts';
import { depsOf, type Everything } from './deps.ts';
import { type Process, type ProcessKind, TIME_OUT } from './process.ts';
import { Queue } from './queue.ts';
import { isSettled, unsettled } from './rules/ends.ts';
import type { Violation } from './rules/watch.ts';
import { type Schedule, START } from './schedule.ts';
import { type Core, indexOfLogin, World } from './world.ts';

/** Time after the last interference within which everything has to settle. */
const SETTLES_WITHIN = 12 * HOUR;

/** Replaces doors, so that a test sees whether the proof notices. */
export type ReplaceDoors = (doors: Everything, world: World) => Everything;

export interface Result {
  readonly violation: Violation | undefined;
  readonly situations: ReadonlySet<string>;
  readonly logins: number;
  readonly steps: number;
  readonly lines: readonly string[];
  /** Doors that met a fault planned for them by name. */
  readonly broken: ReadonlySet<string>;
}

/** Runs a schedule from its beginning until everything has settled, or a rule is broken. */
export async function simulate(
  core: Core,
  schedule: Schedule,
  options: { tracing?: boolean; doors?: ReplaceDoors | undefined } = {},
): Promise<Result> {
  const world = new World({ core, schedule, tracing: options.tracing === true });
  const run = new Run(world, options.doors);
  await run.play();
  return {
    violation: world.watch.violation,
    situations: world.watch.situations,
    logins: world.watch.logins,
    steps: world.scheduler.activity,
    lines: world.lines ?? [],
    broken: world.calls.met,
  };
}

/** The platform around the core: queue, ticks, requests, and time-outs. */
export class Run {
  readonly world: World;
  readonly queue: Queue;
  readonly #replace: ReplaceDoors;

  constructor(world: World, replace: ReplaceDoors = (doors) => doors) {
    this.world = world;
    this.#replace = replace;
    this.queue = new Queue({
      scheduler: world.scheduler,
      fifo: world.schedule.fifo,
      work: (message, done) => this.#work(message, done),
    });
  }

  async play(): Promise<void> {
    const { world } = this;
    const { scheduler, schedule, watch } = world;
    for (const action of schedule.actions) scheduler.at(START + action.at, () => act(this, action));
    this.#every(MINUTE);
    const broken = () => watch.violation !== undefined;
    await scheduler.runUntil(START + schedule.lasts, broken);
    if (broken()) return;
    this.#calmDown();
    await scheduler.runUntil(START + schedule.lasts + SETTLES_WITHIN, () => broken() || isSettled(world));
    if (!broken()) unsettled(world);
  }

  #calmDown(): void {
    this.world.trace(undefined, () => '--- calm from here on');
    this.world.calls.calmDown();
    this.world.endOutages();
    this.world.market.endTroubles();
  }

  /**
   * Starts a piece of the core as a process of its own; calls `onDone` only if the process does not throw.
   */
  start(
    kind: ProcessKind,
    {
      account,
      what,
      onDone,
      body,
    }: {
      account: number;
      what: string;
      body: (deps: ReturnType<typeof depsOf>, process: Process) => Promise<unknown>;
      onDone?: () => void;
    },
  ): void {
    const { world } = this;
    const process = world.process(kind, account);
    world.trace(process, () => what);
    const deps = this.#replace(depsOf(world, { process, queue: this.queue }), world);
    const over = (text: string, ok: boolean) => {
      process.done = true;
      world.running -= 1;
      world.scheduler.activity += 1;
      world.trace(process, () => `ends: ${text}`);
      if (ok) onDone?.();
      world.watch.ended(process, ok);
    };
    world.running += 1;
    world.scheduler.woke();
    body(deps, process).then(
      (value) => over(typeof value === 'string' ? value : 'done', true),
      (error: unknown) => over(String(error), false),
    );
    this.#limit(process);
  }

  #limit(process: Process): void {
    const { calls, scheduler } = this.world;
    scheduler.at(process.startedAt + TIME_OUT[process.kind], () => {
      if (!process.everFrozen) calls.kill(process, 'at its time-out');
    });
  }

  #work(message: WorkMessage, done: () => void): void {
    const login = this.world.watch.loginOf(message.accountId);
    this.start('work', {
      account: login === undefined ? -1 : indexOfLogin(login),
      what: `${message.why} ${message.accountId}`,
      body: (deps) => this.world.core.runAccount(deps, message),
      onDone: done,
    });
  }

  /** Runs the two ticks of every minute, unless they would find nothing. */
  #every(millis: number): void {
    const { world } = this;
    const { scheduler, store, core } = world;
    const soon = scheduler.now + 15 * SECOND;
    const entries = [...store.index.values()];
    if (entries.some(({ due }) => due !== undefined && due <= soon)) {
      this.start('plan', { account: -1, what: 'plan', body: (deps) => core.plan(deps) });
    }
    if (
      entries.some(({ notify }) => notify !== undefined && notify <= soon) ||
      world.untoldNews(scheduler.now - DAY).length > 0
    ) {
      this.start('notify', { account: -1, what: 'notify', body: (deps) => core.notifyPeople(deps) });
    }
    world.watch.tick();
    scheduler.at(scheduler.now + millis, () => this.#every(millis));
  }
}
