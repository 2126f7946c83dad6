import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { LOOPBACK } from './stack/loopback.ts';

const PATIENCE_MILLIS = 1_000;

/**
 * The address of a stack that runs with the same folder, by the file that it has left there; undefined for none. Two of
 * them would write to the same store and logs.
 */
export async function runningWith(accessFile: string): Promise<string | undefined> {
  const url = await readFile(accessFile, 'utf8').then(urlIn, () => undefined);
  if (url === undefined) return undefined;
  const answer = fetch(`${url}/health`, { signal: AbortSignal.timeout(PATIENCE_MILLIS) });
  return await answer.then(
    ({ ok }) => (ok ? url : undefined),
    () => undefined,
  );
}

function urlIn(text: string): string | undefined {
  try {
    const { url } = JSON.parse(text) as { url?: unknown };
    return typeof url === 'string' ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Whether another program has the port; 0 stands for any free one. */
export const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
    );
    server.listen(port, LOOPBACK, () => server.close(() => resolve(false)));
  });
