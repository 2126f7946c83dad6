import { basename } from 'node:path';
import { z } from 'zod';
import { type FunctionDefinition, Instance, InvocationError } from './instance.ts';

/**
 * Most instances of a function that HTTP or a schedule wakes; functions behind a queue have a number in the
 * template.
 */
const DEFAULT_INSTANCES = 4;
const IDLE_MILLIS = 120_000;

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

export const LambdaFunction = z.object({
  Handler: z.string(),
  /** The zip; what is in it lies unpacked in a folder of the same name. */
  Code: z.object({ S3Key: z.string().transform((key) => basename(key, '.zip')) }),
  Runtime: z.string().startsWith('nodejs'),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  Role: z.string().optional(),
  Environment: z.object({ Variables: z.record(z.string(), scalar) }).optional(),
  Layers: z.undefined({ error: 'layers are not run' }).optional(),
});

export interface InstanceState {
  readonly pid: number | undefined;
  readonly busy: boolean;
  readonly startedAtMillis: number;
}

/** Memory that a process holds after a collection of garbage. */
export interface InstanceMemory {
  readonly pid: number;
  readonly bytes: number;
}

/** Runs a function in as many processes as it has invocations at the same time, up to a limit. */
export class FunctionPool {
  readonly definition: FunctionDefinition;
  readonly #onLine: (line: string) => void;
  readonly #busy = new Set<Instance>();
  /** Idle instances. The eldest is used next, so that the others are idle long enough to end. */
  readonly #idle = new Map<Instance, NodeJS.Timeout>();
  readonly #queue: PromiseWithResolvers<Instance>[] = [];
  readonly #ending = new Set<Promise<void>>();
  #limit = DEFAULT_INSTANCES;
  #closed = false;

  constructor(definition: FunctionDefinition, onLine: (line: string) => void) {
    this.definition = definition;
    this.#onLine = onLine;
  }

  allowInstances(limit: number): void {
    this.#limit = limit;
  }

  /** Returns the handler's result, as JSON carries it. Throws InvocationError. */
  async invoke(event: unknown): Promise<unknown> {
    const instance = await this.#acquire();
    try {
      return await instance.invoke(event);
    } finally {
      this.#release(instance);
    }
  }

  instances(): InstanceState[] {
    const describe =
      (busy: boolean) =>
      ({ pid, startedAtMillis }: Instance) => ({ pid, busy, startedAtMillis });
    return [...[...this.#busy].map(describe(true)), ...[...this.#idle.keys()].map(describe(false))];
  }

  /** Without instances that end before they answer. */
  async memory(): Promise<InstanceMemory[]> {
    const all = [...this.#busy, ...this.#idle.keys()].map(async (instance) => {
      const bytes = await instance.memory();
      return instance.pid === undefined || bytes === undefined ? [] : [{ pid: instance.pid, bytes }];
    });
    return (await Promise.all(all)).flat();
  }

  /** Kills every instance as a crash would; returns the number of invocations that were broken. */
  kill(): number {
    for (const instance of this.#idle.keys()) this.#retire(instance);
    for (const instance of this.#busy) instance.kill();
    return this.#busy.size;
  }

  /** Kills every instance, and waits until all have ended and everything that they printed is logged. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#queue.splice(0)) waiting.reject(closedError());
    this.kill();
    await Promise.all(this.#ending);
  }

  async #acquire(): Promise<Instance> {
    if (this.#closed) throw closedError();
    const [warm] = [...this.#idle.keys()]
      .filter(({ alive }) => alive)
      .toSorted((one, other) => one.startedAtMillis - other.startedAtMillis);
    if (warm !== undefined) return this.#occupy(warm);
    if (this.#busy.size < this.#limit) return this.#occupy(this.#start());
    const waiting = Promise.withResolvers<Instance>();
    this.#queue.push(waiting);
    return waiting.promise;
  }

  #occupy(instance: Instance): Instance {
    this.#forget(instance);
    this.#busy.add(instance);
    return instance;
  }

  #start(): Instance {
    const instance = new Instance(this.definition, this.#onLine);
    const ended = instance.ended.finally(() => {
      this.#ending.delete(ended);
      this.#forget(instance);
    });
    this.#ending.add(ended);
    return instance;
  }

  #release(instance: Instance): void {
    this.#busy.delete(instance);
    const waiting = this.#queue.shift();
    if (waiting !== undefined) waiting.resolve(this.#occupy(instance.alive ? instance : this.#start()));
    else if (instance.alive) this.#rest(instance);
  }

  #rest(instance: Instance): void {
    const timer = setTimeout(() => this.#retire(instance), IDLE_MILLIS);
    this.#idle.set(instance, timer);
  }

  #retire(instance: Instance): void {
    this.#forget(instance);
    instance.kill();
  }

  #forget(instance: Instance): void {
    clearTimeout(this.#idle.get(instance));
    this.#idle.delete(instance);
  }
}

const closedError = () =>
  new InvocationError({ errorType: 'Stack.Closed', errorMessage: 'The embedded stack is being closed' });
