import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Address of all servers, so that no other machine can reach any part of the stack. */
export const LOOPBACK = '127.0.0.1';

export interface RunningServer {
  /** Base address `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves on a loopback port; 0 takes any free port. */
export async function serve(listener: RequestListener, options: { port: number }): Promise<RunningServer> {
  return listen(createServer(listener), options);
}

/**
 * Time for which idle connections stay open: longer than any client of ours keeps one, so that none is closed
 * during a request.
 */
const KEEP_ALIVE_MILLIS = 75_000;

export async function listen(server: Server, { port }: { port: number }): Promise<RunningServer> {
  server.keepAliveTimeout = KEEP_ALIVE_MILLIS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://${LOOPBACK}:${taken}`, close: () => closeServer(server) };
}

/** Closes a server with its idle keep-alive connections, which would otherwise hold it open. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}

/** The body of a request, or undefined when it is longer than `limitBytes`. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limitBytes) chunks.push(chunk);
  }
  return length <= limitBytes ? Buffer.concat(chunks) : undefined;
}
