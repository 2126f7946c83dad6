import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Log } from '../core/base/log.ts';
import { badField, Problem, type ProblemCode, unknownPath } from '../core/base/problem.ts';
import { StoreBusy } from '../core/base/store-busy.ts';
import { LONGEST_KEY } from './input.ts';
import { createLog } from './log.ts';

/** What a route needs of a request; the body is parsed JSON, undefined where there is none. */
export interface HttpRequest {
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

export interface HttpReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Route = (request: HttpRequest) => Promise<HttpReply>;

const RETRY_AFTER_SECONDS = '10';

const STATUS: Record<ProblemCode, number> = {
  'bad-input': 400,
  'not-found': 404,
  'already-exists': 409,
  'being-added': 409,
  'being-removed': 409,
  'password-refused': 422,
  'wrong-state': 409,
  'feed-restored': 409,
  'too-often': 429,
  unavailable: 503,
};

/** The Lambda handler of a set of routes, keyed as API Gateway names them (`GET /accounts/{accountId}`). */
export function httpHandler(routes: Readonly<Record<string, Route>>) {
  const log = createLog();
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .onError((request) => {
      request.response = errorReply(request.error, log);
    })
    .handler(async (event: APIGatewayProxyEventV2) => {
      const route = routes[event.routeKey];
      if (route === undefined) throw new Error(`no such route in this function: ${event.routeKey}`);
      const request = toRequest(event);
      if (Object.values(request.params).some((id = '') => id.length > LONGEST_KEY)) throw unknownPath();
      return toResult(await route(request));
    });
}

function toRequest(event: APIGatewayProxyEventV2): HttpRequest {
  return {
    params: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    body: parsedBody(event),
  };
}

function parsedBody({ body, isBase64Encoded }: APIGatewayProxyEventV2): unknown {
  if (body === undefined || body === '') return undefined;
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the text, and with it a password.
    throw badField('body', {
      pl: 'Treść żądania nie jest poprawnym JSON-em. Popraw ją i wyślij ponownie.',
      en: 'The body of the request is not valid JSON. Correct it and send it again.',
    });
  }
}

function toResult({ status, body, headers }: HttpReply): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

const storeBusy = (): Problem =>
  new Problem({
    code: 'unavailable',
    text: {
      pl: 'Baza danych jest chwilowo przeciążona. Spróbuj ponownie za kilkanaście sekund (Retry-After).',
      en: 'The data store is overloaded for the moment. Try again in some seconds (Retry-After).',
    },
  });

/** RFC 9457, with both languages and the fields. What is not a Problem is ours to mend: logged, not shown. */
function errorReply(error: unknown, log: Log): APIGatewayProxyStructuredResultV2 {
  const headers = { 'content-type': 'application/problem+json; charset=utf-8' };
  if (error instanceof Problem) {
    const status = STATUS[error.code];
    const body = {
      type: `urn:klamka:problem:${error.code}`,
      status,
      title: error.text.en,
      message: error.text,
      ...(error.fields.length > 0 && { fields: error.fields }),
      ...error.extra,
    };
    const later = status === 503 && { 'retry-after': RETRY_AFTER_SECONDS };
    return toResult({ status, body, headers: { ...headers, ...later } });
  }
  log.warn('request-failed', { error });
  if (error instanceof StoreBusy) return errorReply(storeBusy(), log);
  const message = {
    pl: 'Coś poszło nie tak po naszej stronie. Spróbuj ponownie za chwilę.',
    en: 'Something went wrong on our side. Try again in a moment.',
  };
  return toResult({
    status: 500,
    body: { type: 'urn:klamka:problem:internal', status: 500, title: message.en, message },
    headers,
  });
}
