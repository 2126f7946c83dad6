import { createDocument } from 'zod-openapi';
import { OPERATIONS, problemsOf } from '../../functions/contract/index.ts';
import type { Operation, ReplyContract } from '../../functions/contract/operation.ts';
import { Problem } from '../../functions/contract/problem.ts';
import { PROBLEMS, problemType } from '../../functions/contract/problems.ts';
import { type OperationId, ROUTES } from '../../functions/contract/routes.ts';

const TAGS: Readonly<Record<string, string>> = {
  keys: 'Integration keys: what identifies your program to a marketplace.',
  accounts: 'Sellers: added, watched, unlocked and removed.',
  sync: 'How fresh the orders are.',
  orders: 'Orders as the marketplace shows them.',
  offers: 'A snapshot of the offers.',
  changes: 'The feed: numbered changes, to be read at your own pace.',
  consumers: 'How far the readers of a feed are.',
  completeness: "Days, compared with the marketplace's own lists.",
  imports: 'Sales from before.',
  webhooks: 'Changes sent to your server.',
  health: 'Whether the API is up.',
  document: 'This document.',
};

/** The OpenAPI document of the API. It is built from the contract alone, so that nothing in it can be out of date. */
export function openApiDocument({ version }: { version: string }): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [id, operation] of Object.entries(OPERATIONS) as [OperationId, Operation][]) {
    const [method = '', path = ''] = ROUTES[id].route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: described(id, operation) };
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Klamka',
        version,
        summary: 'Orders of Allegro-family marketplaces, complete and once.',
        description:
          'Answers may get more fields and more words in lists of words; ignore what you do not know. Texts for people come in Polish and in English.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      paths,
    },
    { override: openObjects },
  );
}

/** Readers must take fields that come later, so that nothing says that there are no others. */
function openObjects({
  jsonSchema,
  io,
}: {
  jsonSchema: { additionalProperties?: unknown };
  io: string;
}): void {
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

function described(id: OperationId, operation: Operation): object {
  const { params, query, body, example } = operation;
  return {
    operationId: id,
    tags: [id.split('.')[0]],
    summary: operation.summary,
    ...(operation.description !== undefined && { description: operation.description }),
    requestParams: { ...(params && { path: params }), ...(query && { query }) },
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: { 'application/json': { schema: body, ...(example !== undefined && { example }) } },
      },
    }),
    responses: { ...repliesOf(operation), ...problemReplies(id) },
    security: [],
  };
}

const repliesOf = ({ replies }: Operation) =>
  Object.fromEntries(
    Object.entries(replies as Readonly<Record<string, ReplyContract>>).map(([status, reply]) => [
      status,
      {
        description: reply.description,
        content: { 'application/json': { schema: reply.body } },
        ...(reply.location && {
          headers: { location: { description: 'Address of the new resource.', schema: { type: 'string' } } },
        }),
      },
    ]),
  );

/** A reply for each status, which names the problems of that status. */
function problemReplies(id: OperationId) {
  const byStatus = Object.groupBy(problemsOf(id), (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes = []]) => [
      status,
      {
        description: codes.map((code) => `${PROBLEMS[code].title.en} (\`${problemType(code)}\`)`).join(', '),
        content: { 'application/problem+json': { schema: Problem } },
      },
    ]),
  );
}
