import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { LONGEST_ID } from '../contract/kinds.ts';
import type { Operation, Operations, ReplyOf, RequestOf } from '../contract/operation.ts';
import { type OperationId, ROUTES } from '../contract/routes.ts';
import type { Client } from '../core/account/client.ts';
import type { Log } from '../core/base/log.ts';
import { badField, unknownPath } from '../core/base/problem.ts';
import { callerOf } from './access/caller.ts';
import { tooLarge } from './access/refusal.ts';
import { errorReply, jsonReply } from './http-reply.ts';
import { parse } from './input.ts';
import { languageOf } from './language.ts';

/** What serves the operations of a contract: each gets its request checked, and answers by its contract. */
export type Routes<Contract extends Operations> = {
  readonly [Id in keyof Contract]: Contract[Id] extends Operation
    ? (request: RequestOf<Contract[Id]> & { readonly client: Client }) => Promise<ReplyOf<Contract[Id]>>
    : never;
};

interface AnyReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Served {
  readonly operation: Operation;
  readonly answer: (request: unknown) => Promise<AnyReply>;
}

export type Middleware = MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

/** A Lambda handler of operations, behind the middlewares that let callers in. */
export function serve<Contract extends Operations>(
  contract: Contract,
  routes: Routes<Contract>,
  { doors, log }: { doors: Middleware[]; log: Log },
) {
  const byRoute = servedByRoute(contract, routes);
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(doors)
    .onError((request) => {
      const language = languageOf(request.event.headers['accept-language']);
      request.response = errorReply(request.error, { language, log });
    })
    .handler(async (event: APIGatewayProxyEventV2, context: Context) => {
      const served = byRoute.get(event.routeKey);
      if (served === undefined) throw new Error(`no such route in this function: ${event.routeKey}`);
      const request = { ...checked(served.operation, event), client: callerOf(context) };
      return jsonReply(await served.answer(request));
    });
}

/** The compiler has matched each contract with its route, which it can no longer see once they are in one list. */
function servedByRoute(contract: Operations, routes: object): ReadonlyMap<string, Served> {
  const answers = new Map(Object.entries(routes) as [string, Served['answer']][]);
  return new Map(
    (Object.entries(contract) as [OperationId, Operation][]).map(([id, operation]) => {
      const answer = answers.get(id);
      if (answer === undefined) throw new Error(`no route serves ${id}`);
      return [ROUTES[id].route, { operation, answer }];
    }),
  );
}

function checked({ params, query, body }: Operation, event: APIGatewayProxyEventV2) {
  const ids = event.pathParameters ?? {};
  if (Object.values(ids).some((id = '') => id.length > LONGEST_ID)) throw unknownPath();
  return {
    params: params && parse(params, ids),
    query: query && parse(query, event.queryStringParameters),
    body: body && parse(body, parsedBody(event)),
  };
}

/** Of a body. The largest that is good, five hundred long ids, has half of it. */
const MOST_BYTES = 256 * 1024;

function parsedBody({ body, isBase64Encoded }: APIGatewayProxyEventV2): unknown {
  if (body === undefined || body === '') return undefined;
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MOST_BYTES) throw tooLarge(MOST_BYTES);
  const text = bytes.toString('utf8');
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
