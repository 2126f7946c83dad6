import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Io } from '../../infra/cli/io.ts';
import { run } from '../../infra/cli/program.ts';

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

interface RunOptions {
  readonly env?: Io['env'];
  /** Standard input of a program that pipes; a terminal needs a process of its own. */
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
}

/** An Io that keeps what was written. */
export function ioOf({ env = {}, stdin = '', signal, now = () => Date.now() }: RunOptions = {}) {
  const written = { out: '', err: '' };
  const io: Io = {
    stdin: Readable.from(stdin === '' ? [] : [stdin]),
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    terminal: new Writable({ write: (_chunk, _encoding, done) => done() }),
    isRead: false,
    columns: Number.POSITIVE_INFINITY,
    env,
    signal: signal ?? new AbortController().signal,
    interrupt: () => undefined,
    now,
  };
  return { io, written };
}

/** Runs a command line in this process. */
export async function klamka(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { io, written } = ioOf(options);
  const exit = await run(words, io);
  return { exit, ...written };
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A server on this machine that answers as the test says, and keeps what it was asked. */
export async function fakeServer(
  answer: (asked: Asked) => Reply,
): Promise<{ url: string; asked: Asked[]; server: Server }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
      asked.push(one);
      const { status = 200, headers: more, body = {} } = answer(one);
      response.writeHead(status, { 'content-type': 'application/json', ...more });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
}
