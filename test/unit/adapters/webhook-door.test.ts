import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { webhookDoor } from '../../../functions/adapters/webhook-door.ts';
import { SELF_SIGNED } from '../webapi/certificate.ts';

interface Taken {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver on this machine, over TLS. */
async function receiver(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const taken: Taken[] = [];
  const server = createServer(SELF_SIGNED, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    taken.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    answer(response, request);
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    taken,
    host: `localhost:${port}`,
    url: `https://localhost:${port}/hook?a=1`,
    count: () => connections,
  };
}

const end =
  (status: number, headers = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, headers).end('thanks');
  };

const LOOPBACK = async () => [{ address: '127.0.0.1', family: 4 }];
const doorTo = (host: string, options: Partial<Parameters<typeof webhookDoor>[0]> = {}) =>
  webhookDoor({ testHosts: new Set([host]), ca: SELF_SIGNED.cert, lookUp: LOOPBACK, ...options });
const BODY = '{"zażółć":"ł"}';
const message = (url: string) => ({ url, headers: { 'webhook-id': 'a1-7' }, body: BODY });

describe('posting to a webhook', () => {
  it('is over when the receiver wants to switch protocols', async () => {
    const { host, url } = await receiver(({ socket }) => {
      socket?.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    });
    expect(await doorTo(host).post(message(url))).toBe(101);
  });

  it('sends the very bytes over TLS, with the name of the host, on a connection of its own', async () => {
    const { taken, host, url, count } = await receiver(end(204));
    const door = doorTo(host);
    expect(await door.post(message(url))).toBe(204);
    expect(await door.post(message(url))).toBe(204);
    expect(taken[0]).toMatchObject({ url: '/hook?a=1', body: BODY });
    expect(taken[0]?.headers).toMatchObject({ host, 'webhook-id': 'a1-7', 'content-length': '19' });
    expect(count()).toBe(2);
  });

  it('follows no redirect', async () => {
    const elsewhere = await receiver(end(200));
    const { host, url } = await receiver(end(302, { location: elsewhere.url }));
    const door = webhookDoor({
      testHosts: new Set([host, elsewhere.host]),
      ca: SELF_SIGNED.cert,
      lookUp: LOOPBACK,
    });
    expect(await door.post(message(url))).toBe(302);
    expect(elsewhere.taken).toEqual([]);
  });

  it('takes the status of an endless answer and reads no more than it must', async () => {
    let written = 0;
    const { host, url } = await receiver((response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536;
      };
      response.on('drain', more);
      more();
    });
    expect(await doorTo(host).post(message(url))).toBe(200);
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  it('gives up when time is over, be it the answer or the resolver that is slow', async () => {
    const { host, url } = await receiver(() => undefined);
    expect(await doorTo(host, { timeoutMillis: 100 }).post(message(url))).toBe('time-out');
    const never = () => new Promise<never>(() => undefined);
    expect(await doorTo(host, { timeoutMillis: 50, lookUp: never }).post(message(url))).toBe('time-out');
  });

  it('trusts no certificate that it does not know', async () => {
    const { host, url, taken } = await receiver(end(200));
    const door = webhookDoor({ testHosts: new Set([host]), lookUp: LOOPBACK });
    expect(await door.post(message(url))).toBe('tls');
    expect(taken).toEqual([]);
  });

  it('says so when nobody listens or nobody knows the name', async () => {
    expect(await doorTo('localhost:9').post(message('https://localhost:9/'))).toBe('connection');
    const lookUp = () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }));
    const door = webhookDoor({ testHosts: new Set(), lookUp });
    expect(await door.post(message('https://nobody.example/'))).toBe('unknown-host');
    expect(await door.refusal('https://nobody.example/')).toBe('unknown-host');
  });
});

describe('addresses that a webhook may have', () => {
  const door = (...addresses: string[]) =>
    webhookDoor({
      testHosts: new Set(['test.example:8443']),
      lookUp: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    });

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://169.254.169.254/latest/meta-data/',
    'http://hooks.example/',
  ])('not %s', async (url) => {
    expect(await door('93.184.216.34').refusal(url)).toBe('refused-address');
    expect(await door('93.184.216.34').post(message(url))).toBe('refused-address');
  });

  it('no name with a private address among its addresses', async () => {
    const url = 'https://hooks.example/';
    expect(await door('93.184.216.34').refusal(url)).toBeUndefined();
    expect(await door('93.184.216.34', '10.0.0.7').refusal(url)).toBe('refused-address');
    expect(await door('93.184.216.34', 'fd00::1').post(message(url))).toBe('refused-address');
    expect(await door().refusal(url)).toBe('unknown-host');
  });

  it('no name whose resolver never answers, and it does not wait for long', async () => {
    const silent = webhookDoor({
      testHosts: new Set(),
      timeoutMillis: 30,
      lookUp: () => new Promise(() => undefined),
    });
    expect(await silent.refusal('https://hooks.example/')).toBe('unknown-host');
    expect(await silent.post(message('https://hooks.example/'))).toBe('time-out');
  });

  it('a host that tests have named, on its port, on this machine only', async () => {
    expect(await door('127.0.0.1').refusal('https://test.example:8443/')).toBeUndefined();
    expect(await door('127.0.0.1').refusal('https://test.example/')).toBe('refused-address');
    expect(await door('10.0.0.7').refusal('https://test.example:8443/')).toBe('refused-address');
  });

  it('asks the resolver once, so that a name cannot change between check and connection', async () => {
    const { host, url, taken } = await receiver(end(200));
    const answers = ['127.0.0.1', '10.0.0.7'];
    let asked = 0;
    const lookUp = async () => [{ address: answers[asked++] ?? '', family: 4 }];
    const changing = webhookDoor({ testHosts: new Set([host]), ca: SELF_SIGNED.cert, lookUp });
    expect(await changing.post(message(url))).toBe(200);
    expect(asked).toBe(1);
    expect(await changing.post(message(url))).toBe('refused-address');
    expect(taken).toHaveLength(1);
  });
});
