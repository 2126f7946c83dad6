import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { PROBLEMS, type ProblemCode, problemType } from '../contract/problems.ts';
import { type OperationId, ROUTES } from '../contract/routes.ts';
import type { Log } from '../core/base/log.ts';
import { phrased } from '../core/base/operation.ts';
import { Problem } from '../core/base/problem.ts';
import { StoreBusy } from '../core/base/store-busy.ts';
import type { BilingualText } from '../core/base/text.ts';
import { Refusal } from './access/refusal.ts';

const RETRY_AFTER_SECONDS = '10';

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const jsonReply = ({ status, body, headers }: Reply): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

/** A text of the core, with the names of operations replaced by routes of this API. */
export const inHttp = (text: BilingualText): BilingualText =>
  phrased(text, (id, of) => {
    const route: string = ROUTES[id as OperationId]?.route ?? id;
    return route.replaceAll(/\{(\w+)\}/g, (whole, name: string) => of[name] ?? whole);
  });

/** A problem reply by RFC 9457. An error that is neither Problem nor Refusal is our fault: it is logged, not shown. */
export function errorReply(error: unknown, log: Log): APIGatewayProxyStructuredResultV2 {
  if (error instanceof Problem || error instanceof Refusal) return problemReply(error.code, error);
  log.warn('request-failed', { error });
  return error instanceof StoreBusy
    ? problemReply('unavailable', { text: BUSY })
    : problemReply('internal', { text: INTERNAL });
}

const BUSY = {
  pl: 'Baza danych jest chwilowo przeciążona. Spróbuj ponownie za kilkanaście sekund (Retry-After).',
  en: 'The data store is overloaded for the moment. Try again in some seconds (Retry-After).',
};
const INTERNAL = {
  pl: 'Coś poszło nie tak po naszej stronie. Spróbuj ponownie za chwilę.',
  en: 'Something went wrong on our side. Try again in a moment.',
};

type Told = Pick<Problem, 'text'> &
  Partial<Pick<Problem, 'fields' | 'extra'>> &
  Partial<Pick<Refusal, 'headers'>>;

function problemReply(
  code: ProblemCode,
  { text, fields = [], extra, headers: more }: Told,
): APIGatewayProxyStructuredResultV2 {
  const { status, title } = PROBLEMS[code];
  const message = inHttp(text);
  const body = {
    type: problemType(code),
    status,
    title: title.en,
    detail: message.en,
    message,
    ...(fields.length > 0 && {
      fields: fields.map((one) => ({ field: one.field, message: inHttp(one.message) })),
    }),
    ...extra,
  };
  const later = status === 503 && { 'retry-after': RETRY_AFTER_SECONDS };
  const headers = { 'content-type': 'application/problem+json; charset=utf-8', ...later, ...more };
  return jsonReply({ status, body, headers });
}
