import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { PROBLEMS, type ProblemCode, problemType } from '../contract/problems.ts';
import { type OperationId, ROUTES } from '../contract/routes.ts';
import type { Log } from '../core/base/log.ts';
import { phrased } from '../core/base/operation.ts';
import { Problem } from '../core/base/problem.ts';
import { StoreBusy } from '../core/base/store-busy.ts';
import type { BilingualText } from '../core/base/text.ts';
import { Refusal } from './access/refusal.ts';
import type { Language } from './language.ts';

const RETRY_AFTER_SECONDS = 10;

/** An answer before it becomes text. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers are data: nothing of them is to be run, framed, kept by browsers or asked for over plain HTTP. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
};

export const jsonReply = ({ status, body, headers }: Reply): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...SECURITY_HEADERS, ...headers },
  body: JSON.stringify(body),
});

/** A text of the core, with the names of operations replaced by routes of this API. */
export const inHttp = (text: BilingualText): BilingualText =>
  phrased(text, (id, of) => {
    const route: string = ROUTES[id as OperationId]?.route ?? id;
    return route.replaceAll(/\{(\w+)\}/g, (whole, name: string) => of[name] ?? whole);
  });

/** A problem reply by RFC 9457. An error that is neither Problem nor Refusal is our fault: it is logged, not shown. */
export function errorReply(
  error: unknown,
  { language, log }: { language: Language; log: Log },
): APIGatewayProxyStructuredResultV2 {
  if (error instanceof Problem || error instanceof Refusal)
    return problemReply(error.code, { ...partsOf(error), language });
  log.warn('request-failed', { error });
  return error instanceof StoreBusy
    ? problemReply('unavailable', { text: BUSY, language })
    : problemReply('internal', { text: INTERNAL, language });
}

const BUSY = {
  pl: 'Baza danych jest chwilowo przeciążona. Spróbuj ponownie za kilkanaście sekund (Retry-After).',
  en: 'The data store is overloaded for the moment. Try again in some seconds (Retry-After).',
};
const INTERNAL = {
  pl: 'Coś poszło nie tak po naszej stronie. Spróbuj ponownie za chwilę.',
  en: 'Something went wrong on our side. Try again in a moment.',
};

type ProblemParts = Pick<Problem, 'text'> &
  Partial<Pick<Problem, 'fields' | 'extra'>> &
  Partial<Pick<Refusal, 'headers'>>;

const partsOf = (error: Problem | Refusal): ProblemParts =>
  error instanceof Problem
    ? { text: error.text, fields: error.fields, extra: error.extra }
    : { text: error.text, headers: error.headers };

function problemReply(
  code: ProblemCode,
  { text, fields = [], extra, headers: more, language }: ProblemParts & { language: Language },
): APIGatewayProxyStructuredResultV2 {
  const { status, title } = PROBLEMS[code];
  const message = inHttp(text);
  const body = {
    type: problemType(code),
    status,
    title: title[language],
    detail: message[language],
    message,
    ...(fields.length > 0 && {
      fields: fields.map((one) => ({ field: one.field, message: inHttp(one.message) })),
    }),
    ...extra,
  };
  const wait = extra?.retryAfterSeconds ?? (status === 503 ? RETRY_AFTER_SECONDS : undefined);
  const later = wait !== undefined && { 'retry-after': String(wait) };
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-language': language,
    vary: 'accept-language',
    ...later,
    ...more,
  };
  return jsonReply({ status, body, headers });
}
