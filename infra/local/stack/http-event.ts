import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ACCOUNT_ID } from './resources.ts';
import type { Match } from './routes.ts';

/** Content types that reach the function as text; all other bodies are in base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml|.+\+json|.+\+xml)\b)/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Parts {
  readonly match: Match;
  readonly url: URL;
  readonly body: Buffer;
  readonly apiId: string;
}

/** The event that API Gateway hands to a function: payload format 2.0, with the stage `$default`. */
export function httpEvent(request: IncomingMessage, { match, url, body, apiId }: Parts) {
  const { cookie, ...headers } = lowerHeaders(request);
  const query = joined([...url.searchParams]);
  const isText = TEXT.test(headers['content-type'] ?? 'text/plain');
  const now = new Date();
  // The HTTP API decodes percent-encoding even in the path that it calls raw.
  const path = decodeURIComponent(url.pathname);
  return {
    version: '2.0',
    routeKey: match.routeKey,
    rawPath: path,
    rawQueryString: url.search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers,
    ...(url.search.length > 1 && { queryStringParameters: query }),
    ...(Object.keys(match.parameters).length > 0 && { pathParameters: match.parameters }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId,
      domainName: headers.host ?? '',
      domainPrefix: apiId,
      http: {
        method: request.method ?? '',
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: match.routeKey,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function lowerHeaders({ headersDistinct }: IncomingMessage): Record<string, string> {
  return joined(
    Object.entries(headersDistinct).flatMap(([name, values = []]) => values.map((value) => [name, value])),
  );
}

/** Parameters by name; values of a repeated name are joined by commas. */
function joined(pairs: readonly (readonly string[])[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name = '', value = ''] of pairs)
    result[name] = name in result ? `${result[name]},${value}` : value;
  return result;
}

/** A time in the common log format, e.g. `12/Mar/2026:19:03:58 +0000`. */
function commonLogTime(time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const [year, , day] = date.split('-');
  return `${day}/${MONTHS[time.getUTCMonth()]}/${year}:${clock.slice(0, 8)} +0000`;
}
