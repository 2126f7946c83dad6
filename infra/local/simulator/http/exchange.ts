import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const BODY_LIMIT = 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly encoding?: 'gzip';
  /** Pause in milliseconds between any two bytes of the body; absent, the body goes out at once. */
  readonly trickleMillis?: number;
}

/** The request's body, or the fault that keeps it from being read. Throws when the client goes away. */
export async function readBody(
  request: IncomingMessage,
): Promise<{ text: string } | { fault: 'too-large' | 'not-utf8' }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  if (size > BODY_LIMIT) return { fault: 'too-large' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { fault: 'not-utf8' };
  }
}

export async function send(response: ServerResponse, answer: Answer): Promise<void> {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': body.length,
    ...(answer.encoding === undefined ? {} : { 'content-encoding': answer.encoding }),
  });
  if (answer.trickleMillis === undefined) response.end(body);
  else await trickle(response, { body, millis: answer.trickleMillis });
}

async function trickle(
  response: ServerResponse,
  { body, millis }: { body: Buffer; millis: number },
): Promise<void> {
  for (let sent = 0; sent < body.length && !response.destroyed; sent += 1) {
    response.write(body.subarray(sent, sent + 1));
    await wait(millis, undefined, { ref: false });
  }
  response.end();
}

export const XML = 'text/xml; charset=utf-8';
export const HTML = 'text/html; charset=utf-8';
export const TEXT = 'text/plain; charset=utf-8';

export const jsonAnswer = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: `${JSON.stringify(value)}\n`,
});
