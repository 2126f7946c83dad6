import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request asks of DynamoDB, e.g. `UpdateItem`. */
export type Operation = string;

/** Stands between the functions and the store, to watch, to break and to act at an exact moment. */
export interface StoreProxy {
  readonly url: string;
  /** Where requests go; set once the store has started. */
  target: string;
  /** Refuses every connection, as a store that is down would. */
  down: boolean;
  readonly operations: Operation[];
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
    operations: [],
    onAnswered: () => undefined,
    reset() {
      proxy.operations.length = 0;
      proxy.onAnswered = () => undefined;
      proxy.down = false;
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
  const upstream = request(
    proxy.target,
    { method: incoming.method, path: incoming.url, headers: incoming.headers },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
      answer.on('end', () => {
        proxy.operations.push(operation);
        proxy.onAnswered(operation, proxy.operations.length);
      });
    },
  );
  upstream.on('error', () => outgoing.destroy());
  incoming.pipe(upstream);
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
