import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { ChangeHeaders, RepeatHeaders } from '../contract/headers.ts';
import { LONGEST_ID } from '../contract/kinds.ts';
import type { Operation, Operations, ReplyOf, RequestOf } from '../contract/operation.ts';
import { mayRepeat, type OperationId, ROUTES } from '../contract/routes.ts';
import type { Client } from '../core/account/client.ts';
import type { Outcome } from '../core/admin/repeats.ts';
import type { Log } from '../core/base/log.ts';
import { badField, unknownPath } from '../core/base/problem.ts';
import { Secret } from '../core/base/secret.ts';
import { callerOf } from './access/caller.ts';
import { tooLarge } from './access/refusal.ts';
import { errorReply, jsonReply, type Reply } from './http-reply.ts';
import { parse } from './input.ts';
import { invocation } from './invocation.ts';
import { languageOf } from './language.ts';
import { type Attempt, freshAttempt, type OnceOnly } from './repeats.ts';

type Asked<Called extends Operation> = RequestOf<Called> & { readonly client: Client };
type Answer<Called extends Operation> = (
  request: Asked<Called> & { readonly attempt: Attempt },
) => Promise<ReplyOf<Called>>;

/** The code of an operation that makes something, with a check whether an earlier try has made it with this id. */
interface Making<Called extends Operation> {
  readonly answer: Answer<Called>;
  readonly made: (id: string, request: Asked<Called>) => Promise<Outcome | undefined>;
}

/** The code of all operations of a contract: each gets its request checked, and answers by its contract. */
export type Routes<Contract extends Operations> = {
  readonly [Id in keyof Contract]: Contract[Id] extends Operation
    ? Answer<Contract[Id]> | Making<Contract[Id]>
    : never;
};

interface Served {
  readonly id: OperationId;
  readonly operation: Operation;
  readonly answer: (request: unknown) => Promise<Reply>;
  readonly made?: (id: string, request: unknown) => Promise<Outcome | undefined>;
}

export type Middleware = MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

/** A Lambda handler of operations, behind the middlewares that let callers in. Its correlation id is the gateway's. */
export function serve<Contract extends Operations>(
  contract: Contract,
  routes: Routes<Contract>,
  { doors, log, once }: { doors: Middleware[]; log: Log; once?: OnceOnly },
) {
  const byRoute = servedByRoute(contract, routes);
  const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(doors)
    .onError((request) => {
      const language = languageOf(request.event.headers['accept-language']);
      request.response = errorReply(request.error, { language, log });
    })
    .handler(async (event: APIGatewayProxyEventV2, context: Context) => {
      const served = byRoute.get(event.routeKey);
      if (served === undefined) throw new Error(`no such route in this function: ${event.routeKey}`);
      const { key, ...asked } = checkedRequest(served, event);
      const client = callerOf(context);
      const request = { ...asked, client };
      const answer = (attempt: Attempt) => served.answer({ ...request, attempt });
      if (key === undefined || once === undefined) return jsonReply(await answer(freshAttempt()));
      const { id, made } = served;
      const lookUp = made && ((madeId: string) => made(madeId, request));
      return jsonReply(
        await once({ key: new Secret(key), operation: id, client, request: asked, made: lookUp }, answer),
      );
    });
  return (event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2> =>
    invocation(event.requestContext.requestId, () => handler(event, context));
}

/** The compiler has matched each contract with its route, which it can no longer see once they are in one list. */
function servedByRoute(contract: Operations, routes: object): ReadonlyMap<string, Served> {
  type One = Served['answer'] | Pick<Served, 'answer' | 'made'>;
  const answers = new Map(Object.entries(routes) as [string, One][]);
  return new Map(
    (Object.entries(contract) as [OperationId, Operation][]).map(([id, operation]) => {
      const one = answers.get(id);
      if (one === undefined) throw new Error(`no route serves ${id}`);
      const served = typeof one === 'function' ? { answer: one } : one;
      return [ROUTES[id].route, { id, operation, ...served }];
    }),
  );
}

function checkedRequest({ id, operation }: Served, event: APIGatewayProxyEventV2) {
  const { params, query, body, ifMatch } = operation;
  const ids = event.pathParameters ?? {};
  if (Object.values(ids).some((id = '') => id.length > LONGEST_ID)) throw unknownPath();
  const { headers } = event;
  return {
    key: mayRepeat(ROUTES[id]) ? parse(RepeatHeaders, headers)['idempotency-key'] : undefined,
    ifMatch: ifMatch && parse(ChangeHeaders, headers)['if-match'],
    params: params && parse(params, ids),
    query: query && parse(query, event.queryStringParameters),
    body: body && parse(body, parsedBody(event)),
  };
}

/** Largest body of a request. The largest good one, five hundred long ids, has half of these bytes. */
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
