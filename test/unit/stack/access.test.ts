import { describe, expect, it, test } from 'vitest';
import { dynamoAsks } from '../../../infra/local/stack/access/dynamo-asks.ts';
import { attributesIn } from '../../../infra/local/stack/access/dynamo-expressions.ts';
import { allowedBy, Statement } from '../../../infra/local/stack/access/policy.ts';
import { lambda, packaged, started } from './project.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Registry';
const tableOf = () => ({ arn: TABLE, partitionKey: 'kind', indexes: { due: 'dueShard' } });

test.each<[string, Record<string, string> | undefined, string[]]>([
  [
    'SET trouble.notifiedAtMillis = :notified, #a = if_not_exists(#a, :none) REMOVE old',
    { '#a': 'alpha' },
    ['trouble', 'alpha', 'alpha', 'old'],
  ],
  ['attribute_exists(trouble.notifiedAtMillis) AND NOT revision < :one', undefined, ['trouble', 'revision']],
  ['driverCache.#name = :text', { '#name': 'aukro/a' }, ['driverCache']],
  ['taken BETWEEN :a AND :b OR begins_with(#sort, :prefix)', { '#sort': 'entryKey' }, ['taken', 'entryKey']],
  ['items[0].name IN (:a, :b)', undefined, ['items']],
])('the attributes in %s', (expression, names, attributes) => {
  expect(attributesIn(expression, names)).toEqual(attributes);
});

describe('the permissions that a request to DynamoDB needs', () => {
  it('names key, update and condition of a write', () => {
    const input = {
      TableName: 'Registry',
      Key: { kind: { S: 'integration-key' }, name: { S: 'k1' } },
      UpdateExpression: 'SET #told = :told',
      ConditionExpression: 'trouble.sinceMillis = :since',
      ExpressionAttributeNames: { '#told': 'told' },
      ReturnValues: 'ALL_NEW',
    };
    expect(dynamoAsks('UpdateItem', { input, tableOf })).toEqual([
      {
        action: 'dynamodb:UpdateItem',
        resource: TABLE,
        context: {
          'dynamodb:Attributes': ['kind', 'name', 'told', 'trouble'],
          'dynamodb:LeadingKeys': ['integration-key'],
          'dynamodb:Select': undefined,
          'dynamodb:ReturnValues': ['ALL_NEW'],
        },
      },
    ]);
  });

  it('takes a read without a projection for one of all attributes', () => {
    const keys = [{ kind: { S: 'login' }, name: { S: 'a' } }];
    const ask = (part: object) =>
      dynamoAsks('BatchGetItem', {
        input: { RequestItems: { Registry: { Keys: keys, ...part } } },
        tableOf,
      })[0]?.context['dynamodb:Select'];
    expect(ask({})).toEqual(['ALL_ATTRIBUTES']);
    expect(ask({ ProjectionExpression: 'kind' })).toEqual(['SPECIFIC_ATTRIBUTES']);
  });

  it('finds the partition key of a query, of an index too', () => {
    const query = (input: object) =>
      dynamoAsks('Query', { input: { TableName: 'Registry', ...input }, tableOf })[0];
    const values = { ':k': { S: 'egress' } };
    expect(
      query({ KeyConditionExpression: 'kind = :k', ExpressionAttributeValues: values })?.context[
        'dynamodb:LeadingKeys'
      ],
    ).toEqual(['egress']);
    const index = query({
      IndexName: 'due',
      KeyConditionExpression: '#shard = :k AND #time <= :by',
      ExpressionAttributeNames: { '#shard': 'dueShard', '#time': 'dueAtMillis' },
      ExpressionAttributeValues: values,
    });
    expect(index?.resource).toBe(`${TABLE}/index/due`);
    expect(index?.context['dynamodb:LeadingKeys']).toEqual(['egress']);
  });
});

describe('a statement', () => {
  const statement = Statement.parse({
    Effect: 'Allow',
    Action: ['dynamodb:GetItem'],
    Resource: 'arn:aws:dynamodb:*:*:table/Registry',
    Condition: {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['kind', 'name'] },
      StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    },
  });
  const allows = (change: { action?: string; resource?: string; context?: Record<string, string[]> }) =>
    allowedBy([statement], { action: 'dynamodb:GetItem', resource: TABLE, context: {}, ...change }) !==
    undefined;

  it.each([
    ['the attributes of its list', { context: { 'dynamodb:Attributes': ['name'] } }, true],
    ['an attribute beside them', { context: { 'dynamodb:Attributes': ['name', 'handle'] } }, false],
    ['all attributes', { context: { 'dynamodb:Select': ['ALL_ATTRIBUTES'] } }, false],
    ['another action', { action: 'dynamodb:PutItem' }, false],
    ['another table', { resource: `${TABLE}2` }, false],
  ])('judges %s', (_, change, allowed) => {
    expect(allows(change)).toBe(allowed);
  });

  it('with a tag holds only for secrets that bear it', () => {
    const tagged = Statement.parse({
      Effect: 'Allow',
      Action: 'secretsmanager:DeleteSecret',
      Resource: 'arn:*',
      Condition: { StringEquals: { 'aws:ResourceTag/state': 'open' } },
    });
    const ask = (tags: Record<string, string[]>) =>
      allowedBy([tagged], { action: 'secretsmanager:DeleteSecret', resource: 'arn:x', context: tags });
    expect(ask({ 'aws:ResourceTag/state': ['open'] })).toBe(tagged);
    expect(ask({ 'aws:ResourceTag/state': ['closed'] })).toBeUndefined();
    expect(ask({})).toBeUndefined();
  });

  it('is refused when the stack starts if the stack cannot judge it', async () => {
    const role = (statement: object) => ({
      Type: 'AWS::IAM::Role',
      Properties: { Policies: [{ PolicyDocument: { Statement: [statement] } }] },
    });
    const of = async (statement: object) =>
      started(
        await packaged({
          Role: role(statement),
          Fn: lambda('x', { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } }),
        }),
      );
    const get = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: 'arn:x' };
    await expect(of({ ...get, Effect: 'Deny' })).rejects.toThrow('only Allow is understood');
    await expect(
      of({ ...get, Condition: { DateLessThan: { 'aws:CurrentTime': '2026-01-01' } } }),
    ).rejects.toThrow('DateLessThan');
  });
});

test('a function is refused what its role does not allow, in every service, and the stack tells of it', async () => {
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const statement = (Action: string, Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
  const root = await packaged(
    {
      Mine: { Type: 'AWS::SQS::Queue', Properties: {} },
      Other: { Type: 'AWS::SQS::Queue', Properties: {} },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Policies: [{ PolicyDocument: { Statement: [statement('sqs:SendMessage', arn('Mine'))] } }],
        },
      },
      Fn: lambda('fn', {
        Role: arn('Role'),
        Environment: { Variables: { MINE: { Ref: 'Mine' }, OTHER: { Ref: 'Other' } } },
      }),
    },
    { fn: SENDER },
  );
  const lines: string[] = [];
  const stack = await started(root, { log: ({ text }) => lines.push(text) });
  expect(await stack.invoke('Fn', {})).toEqual({
    mine: 200,
    other: 'AccessDeniedException',
    secret: 'AccessDeniedException',
  });
  expect(stack.denials().map(({ ask }) => ask.action)).toEqual([
    'sqs:SendMessage',
    'secretsmanager:GetSecretValue',
  ]);
  expect(stack.permissions().map(({ action, uses }) => [action, uses])).toEqual([['sqs:SendMessage', 1]]);
  expect(lines.join('\n')).toContain('infra/access.yml');
});

/** A handler that speaks the wire protocol itself, signed with the access key of its function. */
const SENDER = `
const { AWS_ACCESS_KEY_ID: key, AWS_ENDPOINT_URL_SQS: sqs, AWS_ENDPOINT_URL_SECRETS_MANAGER: vault } = process.env;
async function call(endpoint, target, type, body) {
  const headers = {
    'content-type': type,
    'x-amz-target': target,
    authorization: 'AWS4-HMAC-SHA256 Credential=' + key + '/20261128/eu-central-1/x/aws4_request, SignedHeaders=host, Signature=0',
  };
  const answer = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.ok ? answer.status : (await answer.json()).__type;
}
const send = (QueueUrl) =>
  call(sqs, 'AmazonSQS.SendMessage', 'application/x-amz-json-1.0', { QueueUrl, MessageBody: 'x' });
exports.handler = async () => ({
  mine: await send(process.env.MINE),
  other: await send(process.env.OTHER),
  secret: await call(vault, 'secretsmanager.GetSecretValue', 'application/x-amz-json-1.1', { SecretId: 'a' }),
});
`;
