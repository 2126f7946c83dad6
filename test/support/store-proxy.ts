import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An operation of DynamoDB, e.g. `UpdateItem`. */
export type Operation = string;

export interface StoreRequest {
  readonly operation: Operation;
  /** The table of a request; undefined for a batch over several. */
  readonly table: string | undefined;
  readonly index: string | undefined;
  /** The kind of a registry item. */
  readonly kind: string | undefined;
  /** Write units as the store counts them, by table and index. */
  readonly writeUnits: Readonly<Record<string, number>>;
  /** Read units of a query, by table. */
  readonly readUnits: Readonly<Record<string, number>>;
}

/** A proxy before the store, which records and breaks requests and acts at an exact moment. */
export interface StoreProxy {
  readonly url: string;
  /** Address that requests are sent on to; set once the store has started. */
  target: string;
  /** Refuses every connection, as a store that is down does. */
  down: boolean;
  /** Refuses every request, as a store without capacity does. */
  throttled: boolean;
  /** Answers batches without carrying any part out, as a store without capacity does. */
  starved: boolean;
  readonly operations: Operation[];
  /**
   * The requests in detail. Bodies are changed to ask the store for the units consumed, where the operation
   * can report them.
   */
  readonly requests: StoreRequest[];
  /** Called after each answer, with the request's number since `reset`. */
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
    const units = REPORTING.has(operation) ? unitsOf(JSON.parse(text) as Reply) : {};
    const [writeUnits, readUnits] = WRITES.has(operation) ? [units, {}] : [{}, units];
    proxy.operations.push(operation);
    proxy.requests.push({ operation, table, index, kind, writeUnits, readUnits });
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
    const body = REPORTING.has(operation)
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
 * Whether a request draws calls from the counter. A worker draws a hundred once its free calls of a minute
 * are used up, so such requests belong to no single run.
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

/** Operations that are asked for the units that they consume. */
const REPORTING: ReadonlySet<Operation> = new Set([...WRITES, 'Query']);
