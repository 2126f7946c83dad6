import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { RESEND_LIMIT } from '../../../functions/contract/changes.ts';
import { OPERATIONS, problemsOf } from '../../../functions/contract/index.ts';
import { Moment, Money, ORDER_ID } from '../../../functions/contract/kinds.ts';
import type { Operation } from '../../../functions/contract/operation.ts';
import { Problem } from '../../../functions/contract/problem.ts';
import { PROBLEMS } from '../../../functions/contract/problems.ts';
import { type OperationId, ROUTES } from '../../../functions/contract/routes.ts';
import { EVENT_TYPES } from '../../../functions/contract/webhooks.ts';
import { ORDER_EVENT_TYPES } from '../../../functions/core/delivery/events.ts';
import { RESEND_LIMIT as CORE_RESEND_LIMIT } from '../../../functions/core/feed/resend.ts';
import { ORDER_ID as CORE_ORDER_ID } from '../../../functions/core/orders/order.ts';
import { openApiDocument } from '../../../infra/build/openapi.ts';
import { sources } from '../../arrows/arrows.ts';

const all = Object.entries(OPERATIONS) as [OperationId, Operation][];
const document = openApiDocument({ version: '1' }) as {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
  components: { schemas: Record<string, unknown> };
};

describe('the contract', () => {
  it('has every path below /v1, and each route once', () => {
    const routes = all.map(([id]) => ROUTES[id].route);
    expect(routes.filter((route) => !/^(GET|POST|PUT|DELETE) \/v1\/[\w/{}.-]+$/.test(route))).toEqual([]);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it('names in its parameters what stands in the path', () => {
    for (const [id, { params }] of all) {
      const inPath = [...ROUTES[id].route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      expect(Object.keys(params?.shape ?? {}).sort(), id).toEqual(inPath);
    }
  });

  it('gives an example for every body, and the example is good', () => {
    for (const [id, { body, example }] of all) {
      if (body !== undefined) expect(body.safeParse(example).success, id).toBe(true);
    }
  });

  it('gives examples that fit their own schemas', () => {
    for (const schema of [Problem, Money, Moment]) {
      const { examples = [] } = z.globalRegistry.get(schema) ?? {};
      expect(examples.map((example) => schema.safeParse(example).success)).toEqual([true]);
    }
  });

  it('describes each field with its own words, though fields share schemas', () => {
    const { Account, Webhook, Change } = document.components.schemas as Record<
      string,
      { properties: Record<string, { description?: string; $ref?: string }> }
    >;
    const of = (name: string) => [
      Account?.properties[name]?.description ?? Webhook?.properties[name]?.description,
      Account?.properties[name]?.$ref,
    ];
    expect(of('ordersSince')[0]).toMatch(/has the sales since this moment/);
    expect(of('oldSecretUntil')[0]).toMatch(/previous secret/);
    expect(of('lastLoginAt')[0]).toBeUndefined();
    expect(of('createdAt')).toEqual([undefined, '#/components/schemas/Moment']);
    expect(Change?.properties.changedAt?.description).toMatch(/the change was stored/);
  });

  it('says of each operation that is open why it is', () => {
    const open = all.filter(([id]) => 'public' in ROUTES[id]).map(([id]) => id);
    expect(open).toEqual(['health.show', 'document.show']);
  });

  it('has one limit, one pattern and one list of words with the core, which it may not import', () => {
    expect(RESEND_LIMIT).toBe(CORE_RESEND_LIMIT);
    expect(String(ORDER_ID)).toBe(String(CORE_ORDER_ID));
    expect(EVENT_TYPES).toEqual(ORDER_EVENT_TYPES);
  });
});

describe('problems of the core', () => {
  it('name operations of the contract, and no route', async () => {
    const core = (await sources()).filter(({ file }) => file.startsWith('functions/core/'));
    const named = core.flatMap(({ text }) =>
      [...text.matchAll(/operation\('([\w.]+)'/g)].map(([, id]) => id),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((id) => id === undefined || !(id in ROUTES))).toEqual([]);
    const route = /\b(GET|POST|PUT|PATCH|DELETE) [/.]|['"` ]\/(v1|accounts|webhooks)\b/;
    expect(core.filter(({ text }) => route.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

describe('the document', () => {
  it('holds every operation, with a status for each of its problems', () => {
    for (const [id] of all) {
      const [method = '', path = ''] = ROUTES[id].route.split(' ');
      const described = document.paths[path]?.[method.toLowerCase()];
      expect(described?.operationId).toBe(id);
      const statuses = problemsOf(id).map((code) => String(PROBLEMS[code].status));
      expect(Object.keys(described?.responses ?? {})).toEqual(expect.arrayContaining(statuses));
    }
  });

  it('lets answers grow: only requests refuse what they do not know', () => {
    const responses = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .map((operation) => operation.responses);
    // At any depth: beside a reference it would forbid the fields of the named schema.
    for (const answers of [document.components.schemas, responses])
      expect(JSON.stringify(answers)).not.toContain('"additionalProperties":false');
    expect(JSON.stringify(document.paths)).toContain('"additionalProperties":false');
  });

  it('is the same however often it is built', () => {
    expect(openApiDocument({ version: '1' })).toEqual(document);
  });
});
