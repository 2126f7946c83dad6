import { describe, expect, it } from 'vitest';
import { packagedResources, type Resource } from '../../support/template.ts';
import { RULES, type RuleName } from '../../support/template-rules.ts';

const names = Object.keys(RULES) as RuleName[];

/** Changes one resource of a template. */
type Change = (resources: Record<string, Resource>) => void;

const set =
  (name: string, properties: object): Change =>
  (resources) => {
    const resource = resources[name];
    if (resource === undefined) throw new Error(`the template has no ${name}`);
    resources[name] = { ...resource, Properties: { ...resource.Properties, ...properties } };
  };

const grant = (statement: object, role = 'WorkRole'): Change =>
  set(role, { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }] });

/** A grant in the registry, on items of these kinds. */
const inRegistry = (
  [Action, kinds, attributes]: readonly [actions: string[], kinds: string[], attributes?: string[]],
  role?: string,
): Change => {
  const keys = { 'dynamodb:LeadingKeys': kinds, ...(attributes && { 'dynamodb:Attributes': attributes }) };
  const Condition = { 'ForAllValues:StringEquals': keys };
  return grant({ Action, Resource: { 'Fn::GetAtt': ['RegistryTable', 'Arn'] }, Condition }, role);
};

const add =
  (name: string, resource: Resource): Change =>
  (resources) => {
    resources[name] = resource;
  };

const queue = (properties: object): Resource => ({ Type: 'AWS::SQS::Queue', Properties: { ...properties } });

const BROKEN: Readonly<Record<RuleName, readonly [what: string, change: Change, named: string][]>> = {
  'a permission names no bare wildcard': [
    ['any resource', grant({ Action: 'dynamodb:GetItem', Resource: '*' }), 'WorkRole'],
    [
      'any resource, beside another',
      grant({ Action: 'dynamodb:GetItem', Resource: ['arn:aws:s3:::a', '*'] }),
      'WorkRole',
    ],
    ['any action', grant({ Action: '*', Resource: 'arn:aws:s3:::a' }), 'WorkRole'],
  ],
  'a permission names neither a whole service nor all actions of it': [
    [
      'all tables',
      grant({ Action: 'dynamodb:GetItem', Resource: { 'Fn::Sub': 'arn:aws:dynamodb:x:y:table/*' } }),
      'WorkRole',
    ],
    [
      'all secrets',
      grant({ Action: 'secretsmanager:GetSecretValue', Resource: 'arn:aws:secretsmanager:x:y:secret:*' }),
      'WorkRole',
    ],
    ['all actions', grant({ Action: ['sqs:*'], Resource: 'arn:aws:sqs:x:y:z' }), 'WorkRole'],
  ],
  'an item of the registry is written only by roles that its kind needs': [
    ['a client, by the worker', inRegistry([['dynamodb:UpdateItem'], ['client']]), 'WorkRole'],
    [
      'a client, among other kinds',
      inRegistry([
        ['dynamodb:GetItem', 'dynamodb:PutItem'],
        ['login', 'client'],
      ]),
      'WorkRole',
    ],
    ['a client, removed', inRegistry([['dynamodb:DeleteItem'], ['client']], 'KeysRole'), 'KeysRole'],
    [
      'any kind',
      grant({ Action: 'dynamodb:PutItem', Resource: { 'Fn::GetAtt': ['RegistryTable', 'Arn'] } }),
      'WorkRole',
    ],
    [
      'any kind but those that are named',
      grant({
        Action: ['dynamodb:PutItem'],
        Resource: { 'Fn::GetAtt': ['RegistryTable', 'Arn'] },
        Condition: { 'ForAllValues:StringNotEquals': { 'dynamodb:LeadingKeys': ['client'] } },
      }),
      'WorkRole',
    ],
    ['every item, by a scan', inRegistry([['dynamodb:Scan'], ['request']]), 'WorkRole'],
    ['a request of another', inRegistry([['dynamodb:PutItem'], ['request']]), 'WorkRole'],
    ['a kind that is not known', inRegistry([['dynamodb:PutItem'], ['news']]), 'WorkRole'],
  ],
  'a client, with its role, is read by those who let callers in, and given no more than accounts': [
    ['a reader that lets nobody in', inRegistry([['dynamodb:GetItem'], ['client']]), 'WorkRole'],
    [
      'a reader of every kind',
      grant({ Action: 'dynamodb:Query', Resource: { 'Fn::GetAtt': ['RegistryTable', 'Arn'] } }, 'PlanRole'),
      'PlanRole',
    ],
    [
      'a change of the role',
      inRegistry([['dynamodb:UpdateItem'], ['client'], ['kind', 'name', 'role']], 'AccountsRole'),
      'AccountsRole',
    ],
    [
      'a change of any attribute',
      inRegistry([['dynamodb:UpdateItem'], ['client']], 'AccountsRole'),
      'AccountsRole',
    ],
    [
      'a new client',
      inRegistry([['dynamodb:PutItem'], ['client'], ['kind', 'name', 'accountIds']], 'AccountsRole'),
      'AccountsRole',
    ],
  ],
  'a table is encrypted with a key of the account': [
    ['no encryption', set('FeedTable', { SSESpecification: undefined }), 'FeedTable'],
    ['off', set('AuditTable', { SSESpecification: { SSEEnabled: false } }), 'AuditTable'],
  ],
  'a table is protected from deletion, and retained': [
    ['not protected', set('OrdersTable', { DeletionProtectionEnabled: false }), 'OrdersTable'],
    [
      'not retained',
      (resources) => {
        const { DeletionPolicy: _, ...table } = resources.AccountsTable ?? queue({});
        resources.AccountsTable = table;
      },
      'AccountsTable',
    ],
  ],
  'a table can be restored to any second': [
    ['not kept', set('LoginsTable', { PointInTimeRecoverySpecification: undefined }), 'LoginsTable'],
    ['a new table without', add('NewTable', { Type: 'AWS::DynamoDB::Table', Properties: {} }), 'NewTable'],
  ],
  'a table that piles up is cleared by TTL': [
    ['sessions', set('SessionsTable', { TimeToLiveSpecification: undefined }), 'SessionsTable'],
    [
      'logins, switched off',
      set('LoginsTable', { TimeToLiveSpecification: { AttributeName: 'x', Enabled: false } }),
      'LoginsTable',
    ],
  ],
  'a queue is encrypted with the key of the deployment': [
    [
      'the key of the service',
      set('WorkQueue', { KmsMasterKeyId: undefined, SqsManagedSseEnabled: true }),
      'WorkQueue',
    ],
  ],
  'a queue has a dead-letter queue, and a dead-letter queue keeps messages for two weeks': [
    ['none', set('SendQueue', { RedrivePolicy: undefined }), 'SendQueue'],
    [
      'one that does not exist',
      set('SendQueue', {
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Gone', 'Arn'] }, maxReceiveCount: 4 },
      }),
      'SendQueue',
    ],
    ['four days', set('WorkDeadLetterQueue', { MessageRetentionPeriod: 345_600 }), 'WorkDeadLetterQueue'],
    ['a new queue without', add('NewQueue', queue({})), 'NewQueue'],
  ],
  'a function has a log with an end': [
    ['kept for ever', set('WorkLogGroup', { RetentionInDays: undefined }), 'WorkLambdaFunction'],
  ],
  'a function that a queue wakes has a limit of instances': [
    [
      'none',
      set('WorkEventSourceMappingSQSWorkQueue', { ScalingConfig: undefined }),
      'WorkEventSourceMappingSQSWorkQueue',
    ],
  ],
  'a function that a queue wakes ends before its message is seen again': [
    ['as long', set('WorkQueue', { VisibilityTimeout: 120 }), 'WorkEventSourceMappingSQSWorkQueue'],
    ['longer', set('SendLambdaFunction', { Timeout: 90 }), 'SendEventSourceMappingSQSSendQueue'],
  ],
  'a function that a queue wakes tells which messages failed, and every live queue wakes one': [
    [
      'all or none',
      set('SendEventSourceMappingSQSSendQueue', { FunctionResponseTypes: undefined }),
      'SendEventSourceMappingSQSSendQueue',
    ],
    ['a queue that wakes nothing', add('NewQueue', queue({})), 'NewQueue'],
  ],
};

describe('the packaged template', () => {
  it.each(names)('holds to: %s', async (rule) => {
    expect(RULES[rule](await packagedResources())).toEqual([]);
  });

  describe.each(names)('would not hold to: %s', (rule) => {
    it.each(BROKEN[rule])('with %s', async (_, change, named) => {
      const resources = await packagedResources();
      change(resources);
      expect(RULES[rule](resources)).toContain(named);
    });
  });
});
