import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Secret } from '../../../functions/core/base/secret.ts';
import { correlated, correlationId } from '../../../functions/entry/correlation.ts';
import { driverRegistry } from '../../../functions/entry/drivers.ts';
import { createLog } from '../../../functions/entry/log.ts';
import { marketplaceSettings } from '../../../functions/entry/marketplaces.ts';
import { queueHandler } from '../../../functions/entry/queue.ts';
import { freeRun } from '../../support/free-turns.ts';

/** A marketplace that answers nothing readable, and keeps the headers of what it was sent. */
async function listening() {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/service.php` };
}

const CONTEXT = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'lambda' };

/** Has a queue's handler work on these bodies, and returns the id under which each was worked on. */
async function idsOf(...bodies: string[]): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  const log = { info: () => undefined, warn: () => ids.push(correlationId()) };
  const handler = queueHandler(
    { read: (body: string) => JSON.parse(body), reserveMillis: 0 },
    async () => {
      ids.push(correlationId());
    },
    log,
  );
  const Records = bodies.map((body, index) => ({ body, messageId: `message-${index}` }));
  await handler({ Records } as never, CONTEXT as never);
  return ids;
}

describe('a correlation id', () => {
  it('holds for the work that it was given to, also beside other work', async () => {
    const work = (id: string, millis: number) =>
      correlated(id, async () => {
        await setTimeout(millis);
        return correlationId();
      });
    expect(await Promise.all([work('a', 20), work('b', 5), work('c', 10)])).toEqual(['a', 'b', 'c']);
    expect(correlationId()).toBeUndefined();
  });

  it('of a message is what its sender wrote; else, and for a body that cannot be read, the id of the message', async () => {
    expect(await idsOf('{"correlationId":"sender"}', '{}', '{"correlationId":7}')).toEqual([
      'sender',
      'message-1',
      'message-2',
    ]);
    expect(await idsOf('no JSON')).toEqual(['message-0']);
  });

  it('stands in the line of the log', () => {
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    onTestFinished(() => void vi.restoreAllMocks());
    const log = createLog();
    correlated('request-1', () => log.info('called', { client: 'erp' }));
    expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({
      message: 'called',
      correlationId: 'request-1',
      client: 'erp',
    });
  });

  it('goes with a call to the marketplace, and no call has one outside of work', async () => {
    const { seen, endpoint } = await listening();
    vi.stubEnv('MARKETPLACES', JSON.stringify({ allegro: { endpoint, identity: 'allegro' } }));
    const { sales } = driverRegistry(marketplaceSettings())('allegro').open(freeRun());
    vi.unstubAllEnvs();
    const call = () =>
      sales.read(new Secret('handle'), ['1'], { timeoutMillis: 5_000 }).catch(() => 'no readable answer');
    expect(await correlated('tick-1', call)).toBe('no readable answer');
    await call();
    expect(seen.map((headers) => headers['x-correlation-id'])).toEqual(['tick-1', undefined]);
  });
});
