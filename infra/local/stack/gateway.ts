import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpAnswer, httpAnswer, messageAnswer } from './http-answer.ts';
import { httpEvent } from './http-event.ts';
import { LOOPBACK, type RunningServer, readBody, serve } from './loopback.ts';
import type { Routes } from './routes.ts';

const LIMIT_BYTES = 10 * 1024 * 1024;

interface Options {
  readonly port: number;
  readonly apiId: string;
  readonly routes: Routes;
  readonly invoke: (functionArn: string, event: unknown) => Promise<unknown>;
  readonly log: (text: string) => void;
  readonly answered: (answered: Answered) => void;
}

/** The answer of a function, even if the client no longer waits for it. */
export interface Answered {
  readonly routeKey: string;
  readonly answer: HttpAnswer;
}

/** Starts the HTTP API. Signatures of requests (SigV4) are not checked. */
export async function startGateway(options: Options): Promise<RunningServer> {
  return serve((request, response) => void handle(request, { response, options }), { port: options.port });
}

async function handle(
  request: IncomingMessage,
  { response, options }: { response: ServerResponse; options: Options },
): Promise<void> {
  try {
    send(response, await answerTo(request, options));
  } catch (error) {
    options.log(`${request.method} ${request.url?.split('?')[0]} failed: ${error}`);
    send(response, messageAnswer(500, 'Internal Server Error'));
  }
}

/** Sends an answer. Throws when a header that the function made cannot be sent. */
function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, headers);
  response.end(body);
}

async function answerTo(request: IncomingMessage, options: Options): Promise<HttpAnswer> {
  const body = await readBody(request, LIMIT_BYTES);
  if (body === undefined) return messageAnswer(413, 'Request Entity Too Large');
  const url = URL.parse(request.url ?? '/', `http://${LOOPBACK}`);
  if (url === null || !isDecodable(url.pathname)) return messageAnswer(400, 'Bad Request');
  const match = options.routes.match(request.method ?? '', url.pathname);
  if (match === undefined) return messageAnswer(404, 'Not Found');
  const event = httpEvent(request, { match, url, body, apiId: options.apiId });
  const result = options.invoke(match.functionArn, event).then((given) => {
    const answer = httpAnswer(given);
    options.answered({ routeKey: match.routeKey, answer });
    return answer;
  });
  return withTimeout(result, {
    millis: match.timeoutMillis,
    answer: messageAnswer(503, 'Service Unavailable'),
  });
}

/**
 * Answers after `millis` at the latest; the function continues when its caller has stopped waiting, as on
 * AWS.
 */
async function withTimeout(
  result: Promise<HttpAnswer>,
  { millis, answer }: { millis: number; answer: HttpAnswer },
): Promise<HttpAnswer> {
  const { promise, resolve } = Promise.withResolvers<HttpAnswer>();
  const timer = setTimeout(() => resolve(answer), millis);
  return Promise.race([result, promise]).finally(() => clearTimeout(timer));
}

function isDecodable(path: string): boolean {
  try {
    return decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
}
