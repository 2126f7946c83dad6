import * as z from 'zod/mini';
import { createDocument } from 'zod-openapi';
import { ChangeHeaders, Repeated, RepeatHeaders } from '../../functions/contract/headers.ts';
import { OPERATIONS, problemsOf } from '../../functions/contract/index.ts';
import type { Operation, ReplyContract } from '../../functions/contract/operation.ts';
import { Problem } from '../../functions/contract/problem.ts';
import { PROBLEMS, problemType } from '../../functions/contract/problems.ts';
import { mayRepeat, type OperationId, ROUTES, type RouteContract } from '../../functions/contract/routes.ts';
import { SCOPES } from '../../functions/contract/scopes.ts';

const TAGS: Readonly<Record<string, string>> = {
  keys: 'Integration keys, which identify your program to a marketplace.',
  accounts: 'Accounts of sellers: add, watch, unlock and remove them.',
  sync: 'How fresh the orders are.',
  orders: 'Orders as the marketplace shows them.',
  buyers: 'Personal data of buyers.',
  offers: 'A snapshot of the offers.',
  changes: 'The feed: numbered changes, to be read at your own pace.',
  consumers: 'How far the readers of a feed have come.',
  completeness: "Comparison of each day with the marketplace's own lists.",
  imports: 'Import of earlier sales.',
  webhooks: 'Changes sent to your server.',
  audit: 'Who did what, and when.',
  health: 'Whether the API is up.',
  document: 'This document.',
};

/** The OpenAPI document of the API, built from the contract alone, so that it cannot differ from the code. */
export function openApiDocument({ version }: { version: string }): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [id, operation] of Object.entries(OPERATIONS) as [OperationId, Operation][]) {
    const [method = '', path = ''] = ROUTES[id].route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: described(id, operation) };
  }
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Klamka',
        version,
        summary: 'Orders of Allegro-family marketplaces, complete and once.',
        description:
          'To begin: register the key of your integration (`keys.register`), add a seller (`accounts.add`), watch whether it is connected (`accounts.show`) and its orders are fresh (`sync.show`), and follow `changes.list`: store the changes, then pass the `position` of the answer as `after`. Give each POST an `Idempotency-Key`. Every problem says what to do.\n\nLater versions may add fields to answers and values to enumerations; ignore those that you do not know. Texts for people are in Polish and in English; `Accept-Language` selects the language of `title` and `detail`. The gateway itself answers `{message}` to an unknown path or method (404), a body above 10 MB (413) and too many calls (429).',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: `Of the authorization server of the installation. Scopes: ${scopes()}`,
          },
        },
      },
      paths,
    },
    { override: openObjects },
  );
  return openReferences(document) as object;
}

/**
 * The document without `additionalProperties` beside references, which the generator leaves at copies of a named schema:
 * it would forbid every field of that schema.
 */
function openReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(openReferences);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([name]) => !('$ref' in value && name === 'additionalProperties'),
  );
  return Object.fromEntries(entries.map(([name, part]) => [name, openReferences(part)]));
}

const scopes = (): string =>
  Object.entries(SCOPES)
    .map(([scope, meaning]) => `\`${scope}\`: ${meaning}`)
    .join(' ');

/** Allows further fields in answers, so that clients generated from the document accept fields of later versions. */
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
  const route: RouteContract = ROUTES[id];
  return {
    operationId: id,
    tags: [id.split('.')[0]],
    summary: operation.summary,
    ...(operation.description !== undefined && { description: operation.description }),
    requestParams: { ...(params && { path: params }), ...(query && { query }), ...headersOf(id, operation) },
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: { 'application/json': { schema: body, ...(example !== undefined && { example }) } },
      },
    }),
    responses: { ...repliesOf(id, operation), ...problemReplies(id) },
    security: 'scope' in route ? [{ token: [route.scope] }] : [],
    ...('public' in route && { 'x-public': route.public }),
  };
}

function headersOf(id: OperationId, { ifMatch }: Operation) {
  const shape = {
    ...(mayRepeat(ROUTES[id]) && RepeatHeaders.shape),
    ...(ifMatch === true && ChangeHeaders.shape),
  };
  return Object.keys(shape).length === 0 ? {} : { header: z.object(shape) };
}

const repliesOf = (id: OperationId, { replies }: Operation) =>
  Object.fromEntries(
    Object.entries(replies as Readonly<Record<string, ReplyContract>>).map(([status, reply]) => [
      status,
      {
        description: reply.description,
        content: {
          'application/json': {
            schema: mayRepeat(ROUTES[id]) ? z.union([reply.body, Repeated]) : reply.body,
          },
        },
        headers: {
          ...(reply.location && text('location', 'Address of the new resource.')),
          ...(reply.etag &&
            text('etag', 'Version of the account: it grows with each change by a person or a program.')),
          ...(mayRepeat(ROUTES[id]) && text('idempotency-replayed', '`true` in the answer to a repetition.')),
        },
      },
    ]),
  );

const text = (name: string, description: string) => ({ [name]: { description, schema: { type: 'string' } } });

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
