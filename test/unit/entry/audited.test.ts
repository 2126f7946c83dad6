import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import { KEYS } from '../../../functions/contract/keys.ts';
import type { AuditEntry } from '../../../functions/core/admin/audit.ts';
import { epochMillis } from '../../../functions/core/base/time.ts';
import { setCaller } from '../../../functions/entry/access/caller.ts';
import { badToken, lacksScope } from '../../../functions/entry/access/refusal.ts';
import { audited } from '../../../functions/entry/audited.ts';
import { type Middleware, type Routes, serve } from '../../../functions/entry/serve.ts';

/* The entry of a call in the audit log, and the fate of the call if the log cannot be written. */

const ANNA = { clientId: 'anna', name: 'Anna', role: 'administrator', createdAtMillis: epochMillis(0) };
const KEY = { integrationKeyId: 'k1', label: 'ERP', createdAt: '2026-11-29T10:00:00.000Z', trouble: null };
const SECRET = 'gJ7x-very-secret';

function world({ door = () => undefined, broken = false }: { door?: () => void; broken?: boolean } = {}) {
  const entries: AuditEntry[] = [];
  const logged: unknown[] = [];
  const log = {
    info: () => undefined,
    warn: (event: string, fields?: object) => void logged.push([event, fields]),
  };
  const audit = {
    async write(entry: AuditEntry) {
      if (broken) throw new Error('the table is throttled');
      entries.push(entry);
    },
  };
  const letIn: Middleware = {
    before({ context }) {
      door();
      setCaller(context, ANNA);
    },
  };
  let made = 0;
  const routes: Routes<typeof KEYS> = {
    'keys.list': async () => ({ status: 200, body: { integrationKeys: [], cursor: null } }),
    'keys.register': async () => {
      made += 1;
      return { status: 201, body: KEY };
    },
    'keys.replace': async () => {
      throw new Error(`the vault said ${SECRET}`);
    },
    'keys.remove': async ({ params }) => ({
      status: 200,
      body: { integrationKeyId: params.keyId, state: 'removed' },
    }),
  };
  const handler = serve(KEYS, routes, { doors: [audited({ audit, log }), letIn], log });
  const call = async (
    routeKey: string,
    { params, body }: { params?: Record<string, string>; body?: unknown } = {},
  ) => {
    const event = {
      routeKey,
      headers: {},
      pathParameters: params,
      body: body === undefined ? undefined : JSON.stringify(body),
      requestContext: { requestId: 'r-1' },
    } as unknown as APIGatewayProxyEventV2;
    return await handler(event, {} as Context);
  };
  return { entries, logged, call, made: () => made };
}

const REGISTER = { body: { label: 'ERP', integrationKey: SECRET } };

it('names caller, operation, and what was made, and nothing of the body', async () => {
  const { call, entries } = world();
  expect((await call('POST /v1/integration-keys', REGISTER)).statusCode).toBe(201);
  await call('DELETE /v1/integration-keys/{keyId}', { params: { keyId: 'k1' } });
  const common = { clientId: 'anna', clientName: 'Anna', outcome: 'done', requestId: 'r-1' };
  expect(entries).toMatchObject([
    { ...common, operation: 'keys.register', target: 'k1' },
    { ...common, operation: 'keys.remove', target: 'k1' },
  ]);
  expect(JSON.stringify(entries)).not.toContain(SECRET);
});

it('leaves out calls that only read', async () => {
  const { call, entries } = world();
  await call('GET /v1/integration-keys');
  expect(entries).toEqual([]);
});

it('tells what was refused, and what failed for a fault of ours, without the text of the error', async () => {
  const { call, entries } = world();
  expect((await call('POST /v1/integration-keys', { body: { integrationKey: SECRET } })).statusCode).toBe(
    400,
  );
  const replace = { params: { keyId: SECRET }, body: { integrationKey: SECRET } };
  expect((await call('PUT /v1/integration-keys/{keyId}', replace)).statusCode).toBe(500);
  expect(entries).toMatchObject([
    { operation: 'keys.register', outcome: 'refused', problem: 'bad-input' },
    { operation: 'keys.replace', outcome: 'failed', problem: 'internal' },
  ]);
  expect(JSON.stringify(entries)).not.toContain(SECRET);
});

it('tells of a caller without the right, and not of one without a valid token', async () => {
  const refused = world({
    door: () => {
      throw lacksScope('accounts:write', ANNA);
    },
  });
  expect((await refused.call('POST /v1/integration-keys', REGISTER)).statusCode).toBe(403);
  expect(refused.entries).toMatchObject([{ clientId: 'anna', outcome: 'refused', problem: 'forbidden' }]);
  const nobody = world({
    door: () => {
      throw badToken();
    },
  });
  expect((await nobody.call('POST /v1/integration-keys', REGISTER)).statusCode).toBe(401);
  expect([nobody.entries, refused.made(), nobody.made()]).toEqual([[], 0, 0]);
});

it('that cannot be written loses no change: the answer stays, and the log names what is missing', async () => {
  const { call, logged, made } = world({ broken: true });
  expect((await call('POST /v1/integration-keys', REGISTER)).statusCode).toBe(201);
  expect(made()).toBe(1);
  const fields = { operation: 'keys.register', client: 'anna', outcome: 'done', requestId: 'r-1' };
  expect(logged).toMatchObject([['audit-failed', fields]]);
  expect(JSON.stringify(logged)).not.toContain(SECRET);
});

it.each([
  ['POST /v1/accounts', 201, { verdict: 'refused' }, { outcome: 'done', verdict: 'refused' }],
  ['POST /v1/accounts', 201, { verdict: 'accepted' }, { outcome: 'done', verdict: 'accepted' }],
  ['POST /v1/accounts', 202, { verdict: 'pending' }, { outcome: 'done', verdict: 'pending' }],
  [
    'PUT /v1/accounts/{accountId}/application-password',
    422,
    { type: 'urn:klamka:problem:password-refused', verdict: 'refused' },
    { outcome: 'refused', problem: 'password-refused', verdict: 'refused' },
  ],
  ['POST /v1/accounts/{accountId}/pause', 200, {}, { outcome: 'done', verdict: undefined }],
  ['POST /v1/accounts', 201, { verdict: SECRET }, { outcome: 'done', verdict: undefined }],
])('%s, answered with %i %j, tells the verdict on the password', async (routeKey, status, body, wanted) => {
  const written: AuditEntry[] = [];
  const audit = { write: async (entry: AuditEntry) => void written.push(entry) };
  const log = { info: () => undefined, warn: () => undefined };
  const context = {} as Context;
  setCaller(context, ANNA);
  const event = { routeKey, headers: {}, requestContext: { requestId: 'r-1' } } as unknown;
  const response = { statusCode: status, body: JSON.stringify({ accountId: 'a1', ...body }) };
  const request = { event: event as APIGatewayProxyEventV2, context, response, error: null, internal: {} };
  await audited({ audit, log }).after?.(request);
  expect(written).toHaveLength(1);
  expect({ verdict: undefined, ...written[0] }).toMatchObject(wanted);
  expect(JSON.stringify(written)).not.toContain(SECRET);
});
