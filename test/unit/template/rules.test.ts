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

const grant = (statement: object): Change =>
  set('WorkRole', { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }] });

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
