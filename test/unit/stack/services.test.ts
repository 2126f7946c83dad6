import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect, onTestFinished, test } from 'vitest';
import type { Stack } from '../../../infra/local/stack/stack.ts';
import type { StoreTrouble } from '../../../infra/local/stack/store-trouble.ts';
import { CLIENT, packaged, started, temporaryFolder } from './project.ts';

const table = (sortKey: string) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    AttributeDefinitions: [
      { AttributeName: 'accountId', AttributeType: 'S' },
      { AttributeName: 'dueShard', AttributeType: 'S' },
      { AttributeName: sortKey, AttributeType: 'N' },
    ],
    KeySchema: [{ AttributeName: 'accountId', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'due',
        KeySchema: [
          { AttributeName: 'dueShard', KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  },
});

function dynamoDb(stack: Stack): DynamoDBClient {
  const client = new DynamoDBClient({ ...CLIENT, endpoint: stack.endpoints.dynamodb });
  onTestFinished(() => client.destroy());
  return client;
}

const ITEM = { accountId: { S: 'a' }, dueShard: { S: '0' }, dueAtMillis: { N: '5' }, note: { S: 'kept' } };

test('the store meets trouble when asked to, before or after it has done what it is told', async () => {
  const troubles: (StoreTrouble | undefined)[] = [];
  const accidents = { store: () => troubles.shift() };
  const stack = await started(await packaged({ Accounts: table('dueAtMillis') }), { accidents });
  const client = dynamoDb(stack);
  const { name: TableName } = stack.resource('Accounts');
  const put = (note: string) =>
    client.send(new PutItemCommand({ TableName, Item: { ...ITEM, note: { S: note } } }));
  const note = async () => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: { accountId: { S: 'a' } } }));
    return Item?.note?.S;
  };
  await put('kept');
  for (const [trouble, name] of [
    ['throttled', 'ThrottlingException'],
    ['failed', 'InternalServerError'],
  ] as const) {
    troubles.push(trouble);
    await expect(put('lost')).rejects.toMatchObject({ name });
  }
  troubles.push('cut-before');
  await expect(put('lost')).rejects.toThrow();
  expect(await note()).toBe('kept');
  troubles.push('cut-after');
  await expect(put('done')).rejects.toThrow();
  expect(await note()).toBe('done');
});

test('tables have the keys and indexes of the template', async () => {
  const stack = await started(await packaged({ Accounts: table('dueAtMillis') }));
  const { name: TableName } = stack.resource('Accounts');
  const client = dynamoDb(stack);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  expect(Table?.TableStatus).toBe('ACTIVE');
  expect(Table?.KeySchema).toEqual([{ AttributeName: 'accountId', KeyType: 'HASH' }]);
  await client.send(new PutItemCommand({ TableName, Item: ITEM }));
  await client.send(new PutItemCommand({ TableName, Item: { accountId: { S: 'sparse' } } }));
  const { Items } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'due',
      KeyConditionExpression: 'dueShard = :shard AND dueAtMillis <= :now',
      ExpressionAttributeValues: { ':shard': { S: '0' }, ':now': { N: '5' } },
    }),
  );
  expect(Items).toEqual([{ accountId: { S: 'a' }, dueShard: { S: '0' }, dueAtMillis: { N: '5' } }]);
});

test('tables of a data folder survive; a second stack on it and other keys in the template are refused', async () => {
  const dataDir = await temporaryFolder();
  const root = await packaged({ Accounts: table('dueAtMillis') });
  const first = await started(root, { dataDir });
  const TableName = first.resource('Accounts').name;
  await dynamoDb(first).send(new PutItemCommand({ TableName, Item: ITEM }));
  await first.close();
  const second = await started(root, { dataDir });
  await expect(started(root, { dataDir })).rejects.toThrow('in use by another process');
  const { Item } = await dynamoDb(second).send(
    new GetItemCommand({ TableName, Key: { accountId: { S: 'a' } } }),
  );
  expect(Item).toEqual(ITEM);
  await second.close();
  const other = await packaged({ Accounts: table('dueAtSeconds') });
  await expect(started(other, { dataDir })).rejects.toThrow('Accounts with other keys');
});

test('a data folder of another format is refused, with what to do, and left as it is', async () => {
  const dataDir = await temporaryFolder();
  const withFormat = (format: number) => {
    const { Type, Properties } = table('dueAtMillis');
    const Tags = [{ Key: 'klamka:format', Value: String(format) }];
    return packaged({ Accounts: { Type, Properties: { ...Properties, Tags } } });
  };
  await (await started(await withFormat(2), { dataDir })).close();
  await (await started(await withFormat(2), { dataDir })).close();
  const files = await readdir(dataDir);
  const newer = await withFormat(3);
  await expect(started(newer, { dataDir })).rejects.toThrow(
    /have format 2, .* works with format 3\. .*--data DIR/,
  );
  await rm(join(dataDir, 'format.json'));
  await expect(started(newer, { dataDir })).rejects.toThrow('have format 1');
  expect([...(await readdir(dataDir)), 'format.json'].toSorted()).toEqual(files.toSorted());
});

test('good events are kept with their ids, bad ones are refused one by one', async () => {
  const stack = await started(
    await packaged({ Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop' } } }),
  );
  const client = new EventBridgeClient({ ...CLIENT, endpoint: stack.endpoints.eventBridge });
  onTestFinished(() => client.destroy());
  const good = { EventBusName: 'shop', Source: 'klamka', DetailType: 'order', Detail: '{"id":"order:1"}' };
  const entries = [
    good,
    { ...good, Detail: 'no json' },
    { ...good, Source: '' },
    { ...good, EventBusName: 'nowhere' },
    { ...good, EventBusName: stack.resource('Bus').arn, Time: new Date(1_700_000_000_000) },
  ];
  const { Entries = [], FailedEntryCount } = await client.send(new PutEventsCommand({ Entries: entries }));
  expect(FailedEntryCount).toBe(3);
  expect(Entries.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    'MalformedDetail',
    'InvalidArgument',
    'ResourceNotFoundException',
    undefined,
  ]);
  expect(stack.events()).toEqual([
    expect.objectContaining({
      id: Entries[0]?.EventId,
      bus: 'shop',
      source: 'klamka',
      detail: { id: 'order:1' },
    }),
    expect.objectContaining({ id: Entries[4]?.EventId, time: '2023-11-14T22:13:20.000Z' }),
  ]);
  const tooLong = { ...good, Detail: JSON.stringify({ text: 'a'.repeat(256 * 1024) }) };
  await expect(client.send(new PutEventsCommand({ Entries: [tooLong] }))).rejects.toThrow('over the limit');
  expect(stack.events()).toHaveLength(2);
});
