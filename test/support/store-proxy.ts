import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request asks of DynamoDB, e.g. `UpdateItem`. */
export type Operation = string;

export interface StoreRequest {
  readonly operation: Operation;
  /** Of one table; undefined for a batch of several. */
  readonly table: string | undefined;
  readonly index: string | undefined;
  /** The kind of an item of the registry. */
  readonly kind: string | undefined;
  /** As the store itself counts them, in the tables and in their indexes. */
  readonly writeUnits: Readonly<Record<string, number>>;
}

/** Stands between the functions and the store, to watch, to break and to act at an exact moment. */
export interface StoreProxy {
  readonly url: string;
  /** Where requests go; set once the store has started. */
  target: string;
  /** Refuses every connection, as a store that is down would. */
  down: boolean;
  /** Every request is refused, as by a store without capacity. */
  throttled: boolean;
  /** Batches are answered, and nothing of them is done, as by a store without capacity. */
  starved: boolean;
  readonly operations: Operation[];
  /** The same in detail; the body of each that can tell is changed so that it does. */
  readonly requests: StoreRequest[];
  /** Called after each request was answered, with its number since `reset`. */
  onAnswered: (operation: Operation, number: number) => void;
  reset(): void;
  close(): Promise<void>;
}

export async function startStoreProxy(): Promise<StoreProxy> {
  const server = createServer((incoming, outgoing) => forward(proxy, incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: StoreProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    down: false,
    starved: false,
    throttled: false,
    operations: [],
    requests: [],
    onAnswered: () => undefined,
    reset() {
      proxy.operations.length = 0;
      proxy.requests.length = 0;
      proxy.onAnswered = () => undefined;
      proxy.down = false;
      proxy.starved = false;
      proxy.throttled = false;
    },
    close: () => closed(server),
  };
  return proxy;
}

function forward(proxy: StoreProxy, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (proxy.down) {
    incoming.socket.destroy();
    return;
  }
  const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
  const cut = () => outgoing.destroy();
  const answered = (question: Question, text: string) => {
    outgoing.end(text);
    const { TableName: table, IndexName: index, Key } = question;
    const kind = Key?.kind?.S;
    const writeUnits = WRITES.has(operation) ? unitsOf(JSON.parse(text) as Reply) : {};
    proxy.operations.push(operation);
    proxy.requests.push({ operation, table, index, kind, writeUnits });
    proxy.onAnswered(operation, proxy.operations.length);
  };
  const ask = (text: string) => {
    const question = JSON.parse(text) as Question;
    if (proxy.throttled) {
      outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      answered(question, JSON.stringify({ __type: THROTTLING, message: 'on purpose' }));
      return;
    }
    if (proxy.starved && operation.startsWith('Batch')) {
      outgoing.setHeader('content-type', 'application/x-amz-json-1.0');
      const { RequestItems } = question;
      const left =
        operation === 'BatchGetItem' ? { UnprocessedKeys: RequestItems } : { UnprocessedItems: RequestItems };
      answered(question, JSON.stringify({ Responses: {}, ...left }));
      return;
    }
    const body = WRITES.has(operation)
      ? JSON.stringify({ ...question, ReturnConsumedCapacity: 'TOTAL' })
      : text;
    const headers = { ...incoming.headers, 'content-length': String(Buffer.byteLength(body)) };
    const options = { method: incoming.method, path: incoming.url, headers };
    const upstream = request(proxy.target, options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      bodyOf(answer).then((reply) => answered(question, reply), cut);
    });
    upstream.on('error', cut);
    upstream.end(body);
  };
  bodyOf(incoming).then(ask).catch(cut);
}

const THROTTLING = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';

interface Question {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: { readonly kind?: { readonly S: string } };
  readonly RequestItems?: unknown;
}

/**
 * Draws from the counter of calls come by the hundred, whenever a worker has made its free calls of a minute; they
 * belong to no single run.
 */
export const isDrawOfCalls = ({ kind }: StoreRequest): boolean => kind === 'calls';

interface Consumed {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

interface Reply {
  readonly ConsumedCapacity?: Consumed | readonly Consumed[];
}

const unitsOf = ({ ConsumedCapacity = [] }: Reply): Record<string, number> =>
  Object.fromEntries([ConsumedCapacity].flat().map((one) => [one.TableName, one.CapacityUnits]));

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

export const WRITES: ReadonlySet<Operation> = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
]);
