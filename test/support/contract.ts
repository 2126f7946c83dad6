import { isDeepStrictEqual } from 'node:util';
import { Repeated } from '../../functions/contract/headers.ts';
import { OPERATIONS, problemsOf } from '../../functions/contract/index.ts';
import type { Operation } from '../../functions/contract/operation.ts';
import { Problem } from '../../functions/contract/problem.ts';
import { PROBLEMS, problemType } from '../../functions/contract/problems.ts';
import { mayRepeat, type OperationId, ROUTES } from '../../functions/contract/routes.ts';
import type { Answered } from '../../infra/local/stack/gateway.ts';

const BY_ROUTE = new Map(
  (Object.keys(ROUTES) as OperationId[]).map((id) => [ROUTES[id].route as string, id]),
);

/** An operation's id left in a text; the surface should have put the route or command in its place. */
const UNWRITTEN = /\{[a-z]+\.[A-Za-z]+/;

/** Differences between an answer and the contract of its operation, fields outside the contract included. */
export function contractFaults({ routeKey, answer }: Answered): string[] {
  const id = BY_ROUTE.get(routeKey);
  if (id === undefined) return [`${routeKey} is no route of the contract`];
  const { status, headers } = answer;
  const told = `${id} answered ${status}`;
  const body: unknown = JSON.parse(String(answer.body));
  const replies: Operation['replies'] = OPERATIONS[id].replies;
  const reply = replies[status];
  if (reply === undefined)
    return problemFaults({ id, status, body, headers }).map((fault) => `${told}: ${fault}`);
  const isRepeated = headers['idempotency-replayed'] === 'true';
  return [
    ...shapeFaults(isRepeated ? Repeated : reply.body, body),
    ...(isRepeated && !mayRepeat(ROUTES[id]) ? ['a repetition of what may not be repeated'] : []),
    ...(!isRepeated && (reply.etag === true) !== (headers.etag !== undefined)
      ? ['not the etag of its contract']
      : []),
    ...(reply.location === true && headers.location === undefined ? ['no location'] : []),
    ...(String(headers['content-type']).startsWith('application/json') ? [] : ['no JSON']),
  ].map((fault) => `${told}: ${fault}`);
}

function problemFaults({
  body,
  id,
  status,
  headers,
}: {
  id: OperationId;
  status: number;
  body: unknown;
  headers: Answered['answer']['headers'];
}): string[] {
  const faults = shapeFaults(Problem, body);
  const { type } = body as { type?: unknown };
  const code = problemsOf(id).find((one) => problemType(one) === type);
  if (code === undefined) faults.push(`the problem ${type} is not in its contract`);
  else if (PROBLEMS[code].status !== status) faults.push(`not the status of ${code}`);
  if (!String(headers['content-type']).startsWith('application/problem+json')) faults.push('no problem JSON');
  if (UNWRITTEN.test(JSON.stringify(body))) faults.push(`an operation by its id: ${JSON.stringify(body)}`);
  return faults;
}

/** The faults of a body. A schema drops fields that it does not name, so a changed body shows extra fields. */
function shapeFaults(schema: Operation['replies'][number]['body'], body: unknown): string[] {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return parsed.error.issues.map(({ path, code }) => `${path.join('.')} ${code}`);
  return isDeepStrictEqual(parsed.data, body) ? [] : [`more than its contract: ${JSON.stringify(body)}`];
}
