import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createDynamo, ifCondition, putterOf } from '../../../functions/adapters/dynamo.ts';
import { StoreBusy } from '../../../functions/core/base/store-busy.ts';
import { LOCAL } from '../../support/tables.ts';

const asked: { operation: unknown; body: unknown }[] = [];
let fault: string | undefined;
const server = createServer((request: IncomingMessage, reply) => {
  void text(request).then((body) => {
    asked.push({ operation: request.headers['x-amz-target'], body: JSON.parse(body) });
    reply.writeHead(fault === undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
    reply.end(
      JSON.stringify(fault === undefined ? {} : { __type: `com.amazonaws.dynamodb.v20120810#${fault}` }),
    );
  });
});
let dynamo: DynamoDBDocumentClient;
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', LOCAL.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  dynamo = createDynamo();
});
beforeEach(() => {
  asked.length = 0;
  fault = undefined;
});
afterAll(() => {
  dynamo.destroy();
  server.close();
  vi.unstubAllEnvs();
});

const put = {
  TableName: 'orders',
  Item: {
    accountId: 'a1',
    orderId: 'order:1',
    revision: 2,
    content: { buyer: 'Żółć ☀️', none: undefined, list: [1, null] },
  },
  ConditionExpression: 'revision = :one',
  ExpressionAttributeValues: { ':one': 1 },
};

it('puts each item as the document client does', async () => {
  const others = [
    put,
    { ...put, Item: { ...put.Item, orderId: 'order:2' } },
    { TableName: 'orders', Item: put.Item },
  ];
  for (const one of others) await dynamo.send(new PutCommand(one));
  const expected = asked.splice(0);
  const putItem = putterOf(dynamo);
  for (const one of others) await putItem(one);
  expect(asked).toEqual(expected);
  expect(asked).toHaveLength(3);
});

it('tells a condition that does not hold, and a store that is short of capacity', async () => {
  fault = 'ConditionalCheckFailedException';
  expect(await ifCondition(putterOf(dynamo)(put))).toBeUndefined();
  fault = 'ProvisionedThroughputExceededException';
  await expect(putterOf(dynamo)(put)).rejects.toThrow(StoreBusy);
});

it('has no log of the SDK, which would hold orders', () => {
  expect(dynamo.middlewareStack.identify().filter((step) => step.startsWith('logger'))).toEqual([]);
});
