import { readFileSync } from 'node:fs';
import * as https from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import * as tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTransport, type Post, USER_AGENT } from '../../../functions/webapi/transport.ts';
import { bodyOf, serve, serveCanned } from './support.ts';

const post = (url: string, changes: Partial<Post> = {}): Post => ({
  url,
  headers: { SOAPAction: '"#doTest"' },
  body: '<żółć/>',
  timeoutMillis: 2_000,
  freshConnection: false,
  ...changes,
});

const MEGABYTE = 1024 * 1024;
const unclear = { name: 'TransportFailure', reason: 'no-readable-reply', outcome: 'unclear' };
const notSent = (reason = 'unreachable') => ({ name: 'TransportFailure', reason, outcome: 'not-sent' });

/** A TCP server without HTTP that records every byte. */
async function serveTcp(onConnection: (socket: Socket) => void) {
  const read: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => read.push(chunk));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, read };
}

async function serveTls(): Promise<{ port: number; requests: string[] }> {
  const { SELF_SIGNED } = await import('./certificate.ts');
  const requests: string[] = [];
  const server = https.createServer(SELF_SIGNED, (message, response) => {
    requests.push(String(message.url));
    message.resume().on('end', () => response.end('<ok/>'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests };
}

describe('a request', () => {
  it('is sent once, whole, in UTF-8, and says who we are', async () => {
    const { endpoint, requests } = await serveCanned({ body: '<ok/>' });
    const reply = await createTransport()(post(endpoint));
    expect(reply).toMatchObject({ status: 200, contentType: 'text/xml; charset=utf-8' });
    expect(Buffer.from(reply.body).toString()).toBe('<ok/>');
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ body: '<żółć/>', message: { method: 'POST' } });
    expect(requests[0]?.message.headers).toMatchObject({
      'user-agent': USER_AGENT,
      soapaction: '"#doTest"',
      'accept-encoding': 'gzip',
      'content-length': '11',
    });
  });

  it('names the version of this package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(USER_AGENT).toBe(`Klamka/${version}`);
  });

  it('reads a compressed reply', async () => {
    const { endpoint } = await serveCanned({
      body: gzipSync('<ok/>'),
      headers: { 'content-encoding': 'gzip' },
    });
    const reply = await createTransport()(post(endpoint));
    expect(Buffer.from(reply.body).toString()).toBe('<ok/>');
  });

  it('does not follow a redirect', async () => {
    const { endpoint, requests } = await serveCanned({ body: '', status: 307, headers: { location: '/' } });
    expect(await createTransport()(post(endpoint))).toMatchObject({ status: 307 });
    expect(requests).toHaveLength(1);
  });
});

describe('connections', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  async function countConnections() {
    const seen = new Set<Socket>();
    const { endpoint } = await serve(async (message, response) => {
      seen.add(message.socket);
      await bodyOf(message);
      response.end('<ok/>');
    });
    return { endpoint, seen };
  }

  it('are kept', async () => {
    const { endpoint, seen } = await countConnections();
    const transport = createTransport();
    await transport(post(endpoint));
    await transport(post(endpoint));
    expect(seen.size).toBe(1);
  });

  it('are new where a lost reply would be dangerous', async () => {
    const { endpoint, seen } = await countConnections();
    const transport = createTransport();
    await transport(post(endpoint));
    await transport(post(endpoint, { freshConnection: true }));
    expect(seen.size).toBe(2);
  });

  it('are not trusted after a rest', async () => {
    const { endpoint, seen } = await countConnections();
    const transport = createTransport();
    vi.useFakeTimers({ toFake: ['Date'] });
    await transport(post(endpoint));
    vi.setSystemTime(Date.now() + 5_000);
    await transport(post(endpoint));
    expect(seen.size).toBe(2);
  });

  it('leave the outcome unclear when the server closes them during the request, and nothing is sent again', async () => {
    let requests = 0;
    const { url } = await serveTcp((socket) => {
      socket.on('data', () => {
        requests += 1;
        if (requests === 1)
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n');
        else socket.destroy();
      });
    });
    const transport = createTransport();
    await transport(post(url));
    await expect(transport(post(url))).rejects.toMatchObject(unclear);
    expect(requests).toBe(2);
  });
});

describe('trouble before anything was sent', () => {
  it('nobody listens', async () => {
    await expect(createTransport()(post('http://127.0.0.1:1/'))).rejects.toMatchObject(notSent());
  });

  it('nobody listens on any address of the name', async () => {
    await expect(createTransport()(post('http://localhost:1/'))).rejects.toMatchObject(notSent());
    await expect(createTransport()(post('https://localhost:1/'))).rejects.toMatchObject(notSent());
  });

  it('a name that does not exist', async () => {
    await expect(createTransport()(post('https://nobody.invalid/'))).rejects.toMatchObject(notSent());
  });

  it('aborted before the start', async () => {
    const { url, read } = await serveTcp(() => {});
    const failed = createTransport()(post(url, { signal: AbortSignal.abort() }));
    await expect(failed).rejects.toMatchObject(notSent());
    expect(read).toEqual([]);
  });

  it('a server that does not speak TLS', async () => {
    const { url, read } = await serveTcp((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const failed = createTransport()(post(url.replace('http:', 'https:')));
    await expect(failed).rejects.toMatchObject(notSent('tls-refused'));
    expect(Buffer.concat(read).toString('latin1')).not.toContain('doTest');
  });

  it('a handshake that never ends', async () => {
    const { url } = await serveTcp(() => {});
    const failed = createTransport()(post(url.replace('http:', 'https:'), { timeoutMillis: 100 }));
    await expect(failed).rejects.toMatchObject(notSent());
  });

  it.each(['http://192.0.2.1/', 'http://localhost.example.com/', 'ftp://127.0.0.1/', 'no url'])(
    'the endpoint %s',
    async (url) => {
      await expect(createTransport()(post(url))).rejects.toMatchObject(notSent('tls-refused'));
    },
  );
});

describe('a certificate', () => {
  const trusted = tls.getCACertificates('default');

  afterEach(() => {
    tls.setDefaultCACertificates(trusted);
    vi.unstubAllEnvs();
  });

  it('is refused before anything is sent if no authority signed it, whatever the environment says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const { port, requests } = await serveTls();
    for (const freshConnection of [true, false]) {
      const failed = createTransport()(post(`https://localhost:${port}/`, { freshConnection }));
      await expect(failed).rejects.toMatchObject(notSent('tls-refused'));
    }
    expect(requests).toEqual([]);
  });

  it('has to fit the name', async () => {
    const { SELF_SIGNED } = await import('./certificate.ts');
    tls.setDefaultCACertificates([SELF_SIGNED.cert]);
    const { port, requests } = await serveTls();
    const failed = createTransport()(post(`https://127.0.0.1:${port}/`));
    await expect(failed).rejects.toMatchObject(notSent('tls-refused'));
    expect(requests).toEqual([]);
    const reply = await createTransport()(post(`https://localhost:${port}/`));
    expect(reply.status).toBe(200);
  });
});

describe('trouble after something was sent', () => {
  it('a hang-up', async () => {
    const { url } = await serveTcp((socket) => socket.once('data', () => socket.destroy()));
    await expect(createTransport()(post(url))).rejects.toMatchObject(unclear);
  });

  it('a reply that is cut off', async () => {
    const { url } = await serveTcp((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<ok/>')),
    );
    await expect(createTransport()(post(url))).rejects.toMatchObject(unclear);
  });

  it('no HTTP', async () => {
    const { url } = await serveTcp((socket) =>
      socket.once('data', () => socket.end('captcha please\r\n\r\n')),
    );
    await expect(createTransport()(post(url))).rejects.toMatchObject(unclear);
  });

  it('a server that wants to switch protocols', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const { url } = await serveTcp((socket) => socket.once('data', () => socket.write(head)));
    await expect(createTransport()(post(url))).rejects.toMatchObject(unclear);
  });

  it('a server that trickles longer than the deadline', async () => {
    const { endpoint } = await serve((_, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const start = performance.now();
    const failed = createTransport()(post(endpoint, { timeoutMillis: 200 }));
    await expect(failed).rejects.toMatchObject({ ...unclear, message: 'timed out' });
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('an abort', async () => {
    const controller = new AbortController();
    const { endpoint } = await serve(() => controller.abort());
    const failed = createTransport()(post(endpoint, { signal: controller.signal }));
    await expect(failed).rejects.toMatchObject({ ...unclear, message: 'aborted' });
  });

  it('a reply without end', async () => {
    const { endpoint } = await serve((_, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(MEGABYTE)));
      };
      response.on('drain', pour);
      pour();
    });
    const failed = createTransport()(post(endpoint));
    await expect(failed).rejects.toMatchObject({ ...unclear, message: 'reply too large' });
  });

  it.each([
    ['as it is', (body: Buffer) => ({ body })],
    ['inflated', (body: Buffer) => ({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } })],
  ])('a reply of more than four megabytes, %s; one of four is read', async (_, packed) => {
    const size = 4 * MEGABYTE;
    const largest = await serveCanned(packed(Buffer.alloc(size)));
    expect((await createTransport()(post(largest.endpoint))).body).toHaveLength(size);
    const larger = await serveCanned(packed(Buffer.alloc(size + 1)));
    await expect(createTransport()(post(larger.endpoint))).rejects.toMatchObject(unclear);
  });

  it.each([
    ['compressed and cut off', gzipSync('<ok/>'.repeat(100)).subarray(0, 15), 'gzip'],
    ['compressed in another way', Buffer.from('x'), 'br'],
  ])('a reply %s', async (_, body, encoding) => {
    const { endpoint } = await serveCanned({ body, headers: { 'content-encoding': encoding } });
    await expect(createTransport()(post(endpoint))).rejects.toMatchObject(unclear);
  });
});
