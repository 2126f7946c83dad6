import { mkdir } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildAppOptions, buildApp } from 'fauxqs';
import { z } from 'zod';
import type { Guard } from './access/guard.ts';
import { LOOPBACK, type RunningServer } from './loopback.ts';
import type { Declared } from './resources.ts';

type Stores = NonNullable<BuildAppOptions['stores']>;
type SqsStore = Stores['sqsStore'];
export type SqsQueue = ReturnType<SqsStore['createQueue']>;

const text = z.union([z.boolean(), z.number(), z.string()]).transform(String).optional();

/** Properties of a queue. Encryption is left out, because nothing leaves the machine. */
export const Queue = z.object({
  FifoQueue: text,
  ContentBasedDeduplication: text,
  DeduplicationScope: text,
  FifoThroughputLimit: text,
  VisibilityTimeout: text,
  MessageRetentionPeriod: text,
  DelaySeconds: text,
  ReceiveMessageWaitTimeSeconds: text,
  MaximumMessageSize: text,
  RedrivePolicy: z
    .object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() })
    .transform((policy) => JSON.stringify(policy))
    .optional(),
});

export type DeclaredQueue = Declared<z.output<typeof Queue>>;

export interface Sqs extends RunningServer {
  createQueues(queues: readonly DeclaredQueue[]): void;
  queue(arn: string): SqsQueue;
  receive(queue: SqsQueue, count: number): ReturnType<SqsQueue['dequeue']>;
}

/** Starts the SQS API. Without a folder the messages live in memory. */
export async function startSqs(options: {
  folder?: string | undefined;
  guard?: Guard | undefined;
}): Promise<Sqs> {
  const { stores, closeStores } = await openStores(options.folder);
  const app = buildApp({ logger: false, stores });
  options.guard?.before(app.server);
  const url = await app.listen({ port: 0, host: LOOPBACK });
  const store = stores.sqsStore;
  const find = (arn: string) => store.getQueueByArn(arn);
  return {
    url,
    createQueues: (queues) => {
      for (const queue of queues) createQueue(store, queue);
    },
    queue: (arn) => {
      const queue = find(arn);
      if (queue === undefined) throw new Error(`There is no queue ${arn}.`);
      return queue;
    },
    receive: (queue, count) => queue.dequeue(count, undefined, find),
    close: async () => {
      await app.close();
      closeStores();
    },
  };
}

/** Creates a queue, or moves a queue from the data folder, with its messages, to this process's port. */
function createQueue(store: SqsStore, { identity, properties }: DeclaredQueue): void {
  const { name, arn, url = '' } = identity;
  const given = Object.entries(properties).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const attributes = Object.fromEntries(given);
  const existing = store.getQueueByArn(arn);
  if (existing === undefined) store.createQueue(name, url, arn, attributes);
  else Object.assign(existing, { url }).setAttributes(attributes);
}

/**
 * Stores of the embedded SQS. fauxqs' own `startFauxqs` listens on every interface of the machine; its app
 * can be started on loopback, but then needs stores from modules that the package does not export.
 */
async function openStores(folder: string | undefined): Promise<{ stores: Stores; closeStores: () => void }> {
  const stores = {
    sqsStore: await make<SqsStore>('sqs/sqsStore.js', 'SqsStore'),
    snsStore: await make<Stores['snsStore']>('sns/snsStore.js', 'SnsStore'),
    s3Store: await make<Stores['s3Store']>('s3/s3Store.js', 'S3Store'),
  };
  if (folder === undefined) return { stores, closeStores: () => undefined };
  await mkdir(folder, { recursive: true });
  const persistence = await make<Persistence>('persistence.js', 'PersistenceManager', folder);
  persistence.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  stores.sqsStore.persistence = persistence;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  return { stores, closeStores: () => persistence.close() };
}

type Persistence = NonNullable<SqsStore['persistence']>;
type Classes<Instance> = Record<string, new (...args: string[]) => Instance>;

async function make<Instance>(path: string, name: string, ...args: string[]): Promise<Instance> {
  const manifest = findPackageJSON('fauxqs', import.meta.url);
  if (manifest === undefined) throw new Error('fauxqs is not installed. Run: npm ci');
  const classes: Classes<Instance> = await import(pathToFileURL(join(dirname(manifest), 'dist', path)).href);
  const Class = classes[name];
  if (Class === undefined) throw new Error(`This version of fauxqs has no ${name}.`);
  return new Class(...args);
}
