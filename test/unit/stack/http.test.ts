import { request } from 'node:http';
import { expect, test } from 'vitest';
import type { httpEvent } from '../../../infra/local/stack/http-event.ts';
import { eventually, isRunning, lambda, packaged, route, started } from './project.ts';

const ECHO = 'exports.handler = async (event) => event;';
const API = { Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } } };

test('a request reaches the function in payload format 2.0', async () => {
  const key = 'POST /accounts/{accountId}/orders/{orderId}';
  const root = await packaged({ ...API, Echo: lambda('echo'), ...route(key, 'Echo') }, { echo: ECHO });
  const { apiUrl } = await started(root);
  const response = await fetch(
    `${apiUrl}/accounts/a%201/orders/order%3A7?limit=5&state=paid&state=new&q=a%26b`,
    {
      method: 'POST',
      headers: { 'X-Trace': 'T', 'content-type': 'application/json', cookie: 'a=1; b=2' },
      body: '{"name":"Łódź"}',
    },
  );
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  const event = (await response.json()) as Awaited<ReturnType<typeof httpEvent>>;
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: key,
    rawPath: '/accounts/a 1/orders/order:7',
    rawQueryString: 'limit=5&state=paid&state=new&q=a%26b',
    cookies: ['a=1', 'b=2'],
    headers: { 'x-trace': 'T', 'content-type': 'application/json' },
    queryStringParameters: { limit: '5', state: 'paid,new', q: 'a&b' },
    pathParameters: { accountId: 'a 1', orderId: 'order:7' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'local-Api',
      http: { method: 'POST', path: '/accounts/a 1/orders/order:7', sourceIp: '127.0.0.1' },
      stage: '$default',
    },
    body: '{"name":"Łódź"}',
    isBase64Encoded: false,
  });
  expect(event.headers.cookie).toBeUndefined();
  expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
});

test('a body that is no text travels in base64, and a request without one has none', async () => {
  const root = await packaged({ ...API, Echo: lambda('echo'), ...route('ANY /x', 'Echo') }, { echo: ECHO });
  const { apiUrl } = await started(root);
  const headers = { 'content-type': 'application/octet-stream' };
  const binary = await fetch(`${apiUrl}/x`, { method: 'PUT', headers, body: new Uint8Array([0, 255]) });
  expect(await binary.json()).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
  const empty = await (await fetch(`${apiUrl}/x`)).json();
  expect(empty).not.toHaveProperty('body');
  expect(empty).not.toHaveProperty('queryStringParameters');
  expect(empty).not.toHaveProperty('pathParameters');
});

test('the most exact route wins; paths and methods without a route are not found', async () => {
  const routes = {
    ...route('ANY /{proxy+}', 'Echo'),
    ...route('GET /a/{id}', 'Echo'),
    ...route('GET /a/b', 'Echo'),
  };
  const root = await packaged({ ...API, Echo: lambda('echo'), ...routes }, { echo: ECHO });
  const { apiUrl } = await started(root);
  const keyOf = async (path: string, method = 'GET') =>
    ((await (await fetch(apiUrl + path, { method })).json()) as { routeKey: string }).routeKey;
  expect(await keyOf('/a/b')).toBe('GET /a/b');
  expect(await keyOf('/a/c')).toBe('GET /a/{id}');
  expect(await keyOf('/a/b/c')).toBe('ANY /{proxy+}');
  expect(await keyOf('/a/b', 'DELETE')).toBe('ANY /{proxy+}');
  const nowhere = await fetch(`${apiUrl}/`);
  expect(nowhere.status).toBe(404);
  expect(await nowhere.json()).toEqual({ message: 'Not Found' });
  expect((await fetch(`${apiUrl}/a/%ZZ`)).status).toBe(400);
});

test('answers are mapped as by API Gateway', async () => {
  const source = `exports.handler = async ({ rawPath }) => ({
    '/full': { statusCode: 201, headers: { 'X-Count': 3, 'Content-Type': 'text/html' }, cookies: ['a=1', 'b=2'], body: '<p>' },
    '/binary': { statusCode: 200, body: 'AP8=', isBase64Encoded: true },
    '/plain': { statusCode: 204 },
    '/bare': { ok: true },
    '/bad-header': { statusCode: 200, headers: { 'x-a': 'a\\nb' } },
    '/object-body': { statusCode: 200, body: { not: 'text' } },
  })[rawPath];`;
  const root = await packaged(
    { ...API, Answer: lambda('answer'), ...route('GET /{x}', 'Answer') },
    { answer: source },
  );
  const { apiUrl } = await started(root);
  const full = await fetch(`${apiUrl}/full`);
  expect([full.status, full.headers.get('x-count'), full.headers.get('content-type')]).toEqual([
    201,
    '3',
    'text/html',
  ]);
  expect(full.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await full.text()).toBe('<p>');
  expect(new Uint8Array(await (await fetch(`${apiUrl}/binary`)).arrayBuffer())).toEqual(
    new Uint8Array([0, 255]),
  );
  expect((await fetch(`${apiUrl}/plain`)).status).toBe(204);
  expect(await (await fetch(`${apiUrl}/bare`)).json()).toEqual({ ok: true });
  expect((await fetch(`${apiUrl}/object-body`)).status).toBe(500);
  expect((await fetch(`${apiUrl}/bad-header`)).status).toBe(500);
});

test('a function that throws or cannot be loaded is an internal error, and its output is kept', async () => {
  const lines: string[] = [];
  const resources = { ...route('GET /throws', 'Throws'), ...route('GET /broken', 'Broken') };
  const root = await packaged(
    { ...API, Throws: lambda('throws'), Broken: lambda('broken'), ...resources },
    {
      throws: "exports.handler = async () => { throw new TypeError('boom'); };",
      broken: "require('nowhere');",
    },
  );
  const { apiUrl } = await started(root, { log: ({ text }) => lines.push(text) });
  for (const path of ['/throws', '/broken', '/throws']) {
    const response = await fetch(apiUrl + path);
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  }
  await eventually(() => lines.join('\n').includes("Cannot find module 'nowhere'"));
  expect(lines.filter((line) => line.includes('Invoke Error TypeError: boom'))).toHaveLength(2);
});

test('a function past its time is killed; a caller that waits too long gets 503', async () => {
  const forever = 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 60000));';
  const root = await packaged(
    {
      ...API,
      Slow: lambda('forever', { Timeout: 1 }),
      Slower: lambda('forever'),
      ...route('GET /slow', 'Slow'),
      ...route('GET /slower', 'Slower', { TimeoutInMillis: 300 }),
    },
    { forever },
  );
  const stack = await started(root);
  const waiting = fetch(`${stack.apiUrl}/slow`);
  const pid = await eventually(() => stack.instances('Slow')[0]?.pid);
  expect((await waiting).status).toBe(500);
  await eventually(() => pid !== undefined && !isRunning(pid));
  await expect(stack.invoke('Slow', {})).rejects.toMatchObject({
    errorType: 'Sandbox.Timedout',
    message: expect.stringMatching(/Task timed out after 1.00 seconds$/),
  });
  const late = await fetch(`${stack.apiUrl}/slower`);
  expect([late.status, await late.json()]).toEqual([503, { message: 'Service Unavailable' }]);
});

test('a body over ten megabytes is refused', async () => {
  const root = await packaged({ ...API, Echo: lambda('echo'), ...route('POST /x', 'Echo') }, { echo: ECHO });
  const { apiUrl } = await started(root);
  const status = await new Promise((resolve, reject) => {
    const outgoing = request(`${apiUrl}/x`, { method: 'POST' }, ({ statusCode }) => resolve(statusCode));
    outgoing.on('error', reject).end(Buffer.alloc(10 * 1024 * 1024 + 1, 'a'));
  });
  expect(status).toBe(413);
});
