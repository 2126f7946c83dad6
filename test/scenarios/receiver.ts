import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SELF_SIGNED } from '../unit/webapi/certificate.ts';

export interface Change {
  readonly number: number;
  readonly orderId: string;
  readonly changes: readonly string[];
  readonly order: unknown;
}

export interface Post {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly raw: string;
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: Change };
}

/** A server of a client, which answers every post with its status and keeps the posts that it took and refused. */
export interface Receiver {
  readonly url: string;
  readonly taken: Post[];
  readonly refused: Post[];
  status: number;
  close(): void;
}

/** `tls: false` is for functions whose surroundings make plain HTTP of HTTPS on loopback. */
export async function startReceiver({ tls = true } = {}): Promise<Receiver> {
  const answer: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks).toString('utf8');
    const { status, taken, refused } = receiver;
    (status < 300 ? taken : refused).push({ headers: request.headers, raw, body: JSON.parse(raw) });
    response.writeHead(status).end();
  };
  const server = tls ? createTlsServer(SELF_SIGNED, answer) : createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `https://localhost:${(server.address() as AddressInfo).port}/klamka?tenant=7`,
    taken: [],
    refused: [],
    status: 200,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}

/** Whether a post is signed, judged as a receiver does. */
export const isSigned = ({ headers, raw }: Post, key: string): boolean => {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${raw}`;
  const hmac = createHmac('sha256', Buffer.from(key.replace('whsec_', ''), 'base64'));
  return String(headers['webhook-signature'])
    .split(' ')
    .includes(`v1,${hmac.update(content).digest('base64')}`);
};
