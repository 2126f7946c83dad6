import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));
/**
 * Time that Lambda allows for loading the code. Then Lambda starts over, within the time-out of the first
 * invocation.
 */
const INIT_TIMEOUT_MILLIS = 10_000;

export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  /** Handler as `folder/file.export`, relative to `root`, the folder of the code. */
  readonly handler: string;
  readonly root: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** An invocation that gave no result, with Lambda's name and text for the failure. */
export class InvocationError extends Error {
  override readonly name = 'InvocationError';
  readonly errorType: string;

  constructor(failure: { errorType: string; errorMessage: string }) {
    super(failure.errorMessage);
    this.errorType = failure.errorType;
  }
}

type Reply =
  | { kind: 'ready' }
  | { kind: 'result'; payload: string }
  | { kind: 'memory'; bytes: number }
  | { kind: 'init-failed' | 'error'; error: { errorType: string; errorMessage: string } };

interface Waiting {
  resolve(payload: string): void;
  reject(error: InvocationError): void;
}

/** A process that runs one function, one invocation at a time. */
export class Instance {
  readonly pid: number | undefined;
  readonly startedAtMillis = Date.now();
  /** Settles when the process has ended and everything that it printed has been handed over. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #definition: FunctionDefinition;
  readonly #ready: Promise<string>;
  #waiting: Waiting | undefined;
  readonly #asked: ((bytes: number | undefined) => void)[] = [];
  #deathNote: string | undefined;
  #alive = true;

  constructor(definition: FunctionDefinition, onLine: (line: string) => void) {
    this.#definition = definition;
    this.#child = fork(BOOTSTRAP, [], {
      cwd: definition.root,
      env: { ...definition.environment },
      execArgv: flagsFor(definition.memoryMegabytes),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.pid = this.#child.pid;
    this.#child.on('message', (reply: Reply) => this.#onReply(reply));
    this.#child.on('error', (error) => this.#onEnd(error.message));
    this.#child.on('exit', (code, signal) =>
      this.#onEnd(`Runtime exited with error: ${signal ?? `status ${code}`}`),
    );
    this.ended = this.#whenEnded(onLine);
    this.#ready = this.#nextReply();
    // Loading is not started over here, so it may take both of Lambda's times on a busy machine.
    const initMillis = INIT_TIMEOUT_MILLIS + definition.timeoutSeconds * 1_000;
    this.#killAfter(initMillis, 'Init timed out', this.#ready);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Returns the handler's result. Throws InvocationError, also when the process dies or its time is up. */
  async invoke(event: unknown): Promise<unknown> {
    await this.#ready;
    const { name, arn, memoryMegabytes, timeoutSeconds } = this.#definition;
    const awsRequestId = randomUUID();
    const timeoutMillis = timeoutSeconds * 1000;
    const reply = this.#nextReply();
    const context = {
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMegabytes),
      awsRequestId,
      logGroupName: `/aws/lambda/${name}`,
      logStreamName: 'local',
    };
    // The exit of a process that has just died is reported elsewhere, so a failed send is ignored here.
    this.#child.send({ event, context, deadlineMillis: Date.now() + timeoutMillis }, () => undefined);
    const seconds = timeoutSeconds.toFixed(2);
    this.#killAfter(timeoutMillis, `${awsRequestId} Task timed out after ${seconds} seconds`, reply);
    return JSON.parse(await reply);
  }

  /** Bytes that the process holds after a collection of garbage; undefined if it ends before it answers. */
  async memory(): Promise<number | undefined> {
    await this.#ready.catch(() => undefined);
    if (!this.#alive) return undefined;
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    this.#asked.push(resolve);
    this.#child.send({ memory: true }, () => undefined);
    return await promise;
  }

  /** Ends the process at once; a running invocation fails. */
  kill(reason?: string): void {
    this.#deathNote ??= reason;
    this.#child.kill('SIGKILL');
  }

  #nextReply(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    if (this.#alive) this.#waiting = { resolve, reject };
    else reject(exitError('Runtime exited'));
    // The reply is awaited later; until then a dying process must not count as an unhandled rejection.
    promise.catch(() => undefined);
    return promise;
  }

  #killAfter(millis: number, reason: string, reply: Promise<string>): void {
    const timer = setTimeout(() => this.kill(reason), millis);
    const stop = () => clearTimeout(timer);
    reply.then(stop, stop);
  }

  #onReply(reply: Reply): void {
    if (reply.kind === 'memory') {
      this.#asked.shift()?.(reply.bytes);
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (reply.kind === 'init-failed') this.#alive = false;
    if (reply.kind === 'ready') waiting?.resolve('');
    else if (reply.kind === 'result') waiting?.resolve(reply.payload);
    else waiting?.reject(new InvocationError(reply.error));
  }

  #onEnd(how: string): void {
    this.#alive = false;
    for (const tell of this.#asked.splice(0)) tell(undefined);
    this.#waiting?.reject(this.#deathNote === undefined ? exitError(how) : timeoutError(this.#deathNote));
    this.#waiting = undefined;
  }

  async #whenEnded(onLine: (line: string) => void): Promise<void> {
    const { stdout, stderr } = this.#child;
    await Promise.all(
      [stdout, stderr].map((stream) => (stream === null ? undefined : eachLine(stream, onLine))),
    );
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }
}

/** Flags with which Lambda starts Node, by its published start script: shares of the function's memory. */
const flagsFor = (megabytes: number): string[] => [
  '--expose-gc',
  `--max-semi-space-size=${Math.floor(megabytes / 20)}`,
  `--max-old-space-size=${megabytes - Math.floor(megabytes / 10)}`,
];

const exitError = (errorMessage: string) =>
  new InvocationError({ errorType: 'Runtime.ExitError', errorMessage });
const timeoutError = (errorMessage: string) =>
  new InvocationError({ errorType: 'Sandbox.Timedout', errorMessage });

async function eachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream })) onLine(line);
}
