import { join } from 'node:path';
import { z } from 'zod';
import { directoryOf } from './access/directory.ts';
import { type Denial, Guard, type Permission } from './access/guard.ts';
import { keyPoliciesOf, rolesOf } from './access/roles.ts';
import { takeDataFolder } from './data-folder.ts';
import type { BusEvent } from './event-bus.ts';
import { EventSourceMapping, type MessagesFailed, QueueConsumer, type QueueMessage } from './event-source.ts';
import type { Endpoints } from './function-environment.ts';
import { Functions } from './functions.ts';
import { type Answered, startGateway } from './gateway.ts';
import { type InstanceMemory, type InstanceState, LambdaFunction } from './lambda.ts';
import { LogFiles, type LogLine } from './log-files.ts';
import type { Notice } from './notices.ts';
import { type Identity, Resources } from './resources.ts';
import { Integration, Route, Routes } from './routes.ts';
import { Rule, Schedules } from './schedule.ts';
import { startServices } from './services.ts';
import type { StoreTrouble } from './store-trouble.ts';
import { formatOf, readTemplate } from './template.ts';

/** Number of messages that are kept for reading. */
const MESSAGES_KEPT = 10_000;

export interface StackOptions {
  /** Root of the repository, where the packaged template and the bundles are found. */
  readonly root: string;
  /** Folder that keeps tables, messages, secrets and logs; without one everything lives in memory. */
  readonly dataDir?: string;
  /** Folder of the logs; `logs` in the data folder by default. */
  readonly logDir?: string;
  /** Port of the HTTP API; 0 takes any free port. */
  readonly port?: number;
  /** Variables for all functions, which override those of the template. */
  readonly environment?: Readonly<Record<string, string>>;
  /** With `manual`, only `fireSchedules` fires schedules. */
  readonly schedules: 'timed' | 'manual';
  /** Receives lines that functions or the stack itself print. */
  readonly log?: (line: LogLine) => void;
  readonly accidents?: Accidents;
  /**
   * Puts something between functions and services, such as a proxy: called with the addresses of the services, returns
   * those that functions use.
   */
  readonly between?: (services: Endpoints) => Promise<Endpoints>;
  /** Called for every answer that a function gives over HTTP. */
  readonly answered?: (answered: Answered) => void;
}

/** Accidents made on purpose. */
export interface Accidents {
  /** Called at every request to the tables; a result makes the request fail. */
  readonly store?: () => StoreTrouble | undefined;
  /**
   * Called when messages have failed. With it, messages come back right after the call, not when their
   * visibility runs out.
   */
  readonly messagesFailed?: MessagesFailed;
}

/** The running stack. Functions are named by logical id, name or ARN. */
export interface Stack {
  readonly apiUrl: string;
  readonly endpoints: Endpoints;
  /** The names of a resource of the template. */
  resource(logicalId: string): Identity;
  /** Invokes a function. Throws InvocationError when the function fails. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Fires all schedules, or those of one function, and waits for the functions to finish. */
  fireSchedules(functionName?: string): Promise<void>;
  /** True when no queue that wakes a function holds a message, waiting or in flight. */
  queueIdle(): boolean;
  /** The latest messages that queues have handed to functions, oldest first. */
  messages(): readonly QueueMessage[];
  /** The latest events put on a bus, oldest first. */
  events(): readonly BusEvent[];
  /** Messages that rules have sent to topics, oldest first. */
  notices(): readonly Notice[];
  /** Requests that were refused because the function's role does not allow them, oldest first. */
  denials(): readonly Denial[];
  /** Every action of every role, with the number of its uses. */
  permissions(): Permission[];
  instances(functionName: string): InstanceState[];
  memory(functionName: string): Promise<InstanceMemory[]>;
  /**
   * Kills the instances of a function as a crash would; returns the number of invocations that were broken.
   */
  kill(functionName: string): number;
  /** Ends every process and server. */
  close(): Promise<void>;
}

/**
 * Runs the packaged template on loopback. Throws when the template declares a resource that cannot be run
 * here.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const closing = new AsyncDisposableStack();
  try {
    return await start(options, closing);
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

/** Resources close in the reverse order of their `defer`: the first deferred is closed last. */
async function start(options: StackOptions, closing: AsyncDisposableStack): Promise<Stack> {
  const { root, dataDir, environment = {}, accidents = {} } = options;
  const template = await readTemplate(root);
  const folder = dataDir === undefined ? undefined : await takeDataFolder(dataDir, formatOf(template));
  closing.defer(() => folder?.release());
  const log = openLog(options, closing);
  const say = (text: string) => log({ source: 'stack', text });
  const guard = new Guard(say);
  const services = await startServices(template, { dataDir, storeTrouble: accidents.store, guard, closing });
  const { resources, endpoints, sqs, buses, topics } = services;

  const messages: QueueMessage[] = [];
  const received = (message: QueueMessage): void => {
    if (messages.push(message) > MESSAGES_KEPT) messages.shift();
  };
  const consumers: QueueConsumer[] = [];
  closing.defer(async () => void (await Promise.all(consumers.map((consumer) => consumer.drained()))));
  const seen = (await options.between?.(endpoints)) ?? endpoints;
  // The URLs of queues in the environment of functions lead to what stands between.
  const asSeen = new Resources(template, { sqsUrl: seen.sqs });
  const declared = asSeen.ofType('AWS::Lambda::Function', LambdaFunction);
  guard.enforce({
    directory: directoryOf(services),
    roles: rolesOf(resources, declared),
    keys: keyPoliciesOf(resources),
  });
  const functions = new Functions(declared, { root, endpoints: seen, environment, log });
  closing.defer(() => functions.close());
  const invoke = (key: string, event: unknown) => functions.pool(key).invoke(event);

  for (const { properties } of resources.ofType('AWS::Lambda::EventSourceMapping', EventSourceMapping)) {
    if (!properties.Enabled) continue;
    const pool = functions.pool(properties.FunctionName);
    const { messagesFailed } = accidents;
    const consumer = new QueueConsumer({
      sqs,
      pool,
      mapping: properties,
      log: say,
      received,
      messagesFailed,
    });
    consumers.push(consumer);
    closing.defer(() => consumer.stop());
    void consumer.run();
  }
  const schedules = new Schedules(resources.ofType('AWS::Events::Rule', Rule), invoke);
  closing.defer(() => schedules.stop());
  if (options.schedules === 'timed') schedules.start((error) => say(`A scheduled run failed: ${error}`));
  const gateway = await openGateway(resources, {
    port: options.port ?? 0,
    invoke,
    log: say,
    answered: options.answered ?? (() => undefined),
  });
  closing.defer(() => gateway.close());

  return {
    apiUrl: gateway.url,
    endpoints,
    resource: (logicalId) => resources.identity(logicalId),
    invoke,
    fireSchedules: async (name) => schedules.fire(name && functions.pool(name).definition.arn),
    queueIdle: () => consumers.every((consumer) => consumer.idle()),
    messages: () => [...messages],
    events: () => buses.events(),
    notices: () => topics.notices(),
    denials: () => [...guard.denials],
    permissions: () => guard.permissions(),
    instances: (name) => functions.pool(name).instances(),
    memory: (name) => functions.pool(name).memory(),
    kill: (name) => functions.pool(name).kill(),
    close: () => closing.disposeAsync(),
  };
}

function openLog(
  { dataDir, logDir = dataDir && join(dataDir, 'logs'), log }: StackOptions,
  closing: AsyncDisposableStack,
): (line: LogLine) => void {
  const files = logDir === undefined ? undefined : new LogFiles(logDir);
  closing.defer(() => files?.close());
  return (line) => {
    files?.write(line);
    log?.(line);
  };
}

async function openGateway(
  resources: Resources,
  options: Omit<Parameters<typeof startGateway>[0], 'apiId' | 'routes'>,
) {
  const routes = resources.ofType('AWS::ApiGatewayV2::Route', Route);
  const integrations = resources.ofType('AWS::ApiGatewayV2::Integration', Integration);
  const [api] = resources.ofType('AWS::ApiGatewayV2::Api', z.object({ ProtocolType: z.literal('HTTP') }));
  if (routes.some(({ properties }) => properties.AuthorizationType === 'AWS_IAM')) {
    options.log(
      'The HTTP API is open to every program on this machine: it does not check signatures (SigV4).',
    );
  }
  return startGateway({
    ...options,
    apiId: api?.identity.name ?? '',
    routes: new Routes(routes, integrations),
  });
}
