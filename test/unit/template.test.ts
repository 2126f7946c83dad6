import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../functions/contract/routes.ts';
import { SCOPES } from '../../functions/contract/scopes.ts';
import { epochMillis, latestTrueTime, SECOND } from '../../functions/core/base/time.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Record<string, unknown>;
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const FILE = join(
  import.meta.dirname,
  '..',
  '..',
  '.serverless',
  'cloudformation-template-update-stack.json',
);
const template = JSON.parse(await readFile(FILE, 'utf8')) as { Resources: Record<string, Resource> };
const resources = Object.entries(template.Resources);
const ofType = (type: string) => resources.filter(([, resource]) => resource.Type === type);

/** Text of a resource ARN with its intrinsic parts left in, e.g. `${KeysLogGroup.Arn}:log-stream:*`. */
function arnText(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const [[, value] = []] = Object.entries(resource as object);
  return Array.isArray(value) ? value.map(String).join('.') : String(value);
}

const statements = ofType('AWS::IAM::Role').flatMap(([role, { Properties }]) =>
  (Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.flatMap((statement) =>
      [statement.Resource].flat().map((resource) => ({
        role,
        actions: [statement.Action].flat(),
        arn: arnText(resource),
        condition: statement.Condition ?? {},
      })),
    ),
  ),
);

describe('the deployment template', () => {
  it('clears session handles away by TTL', () => {
    expect(template.Resources.SessionsTable?.Properties.TimeToLiveSpecification).toEqual({
      AttributeName: 'expiresAtSeconds',
      Enabled: true,
    });
  });

  it('lets webhooks reach no host on its own machine, as tests do', () => {
    expect(JSON.stringify(template)).not.toContain('WEBHOOK_TEST_HOSTS');
  });

  it('puts a TTL on no table that guards an account', () => {
    expect(template.Resources.AccountsTable?.Properties).not.toHaveProperty('TimeToLiveSpecification');
  });

  it('has the number of their format on all tables, and the same', () => {
    const tagsOf = ([, { Properties }]: (typeof tables)[number]) => Properties.Tags;
    const tables = ofType('AWS::DynamoDB::Table');
    const [first] = tables.map(tagsOf);
    expect(first).toEqual([{ Key: 'klamka:format', Value: expect.stringMatching(/^\d+$/) }]);
    for (const table of tables) expect(tagsOf(table), table[0]).toEqual(first);
  });

  it('keeps tables that cannot be made again: retained, protected from deletion, recoverable to the second', () => {
    const tables = ofType('AWS::DynamoDB::Table');
    const kept = tables.filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');
    expect(kept.map(([name]) => name).toSorted()).toEqual([
      'AccountsTable',
      'AuditTable',
      'ConsumersTable',
      'FeedTable',
      'JournalTable',
      'LoginsTable',
      'OrdersTable',
      'RegistryTable',
      'SendingTable',
    ]);
    for (const [name, { UpdateReplacePolicy, Properties }] of kept) {
      expect({ name, UpdateReplacePolicy, ...Properties }).toMatchObject({
        UpdateReplacePolicy: 'Retain',
        DeletionProtectionEnabled: true,
      });
    }
    const recoverable = tables.filter(
      ([, { Properties }]) =>
        (Properties.PointInTimeRecoverySpecification as { PointInTimeRecoveryEnabled?: boolean } | undefined)
          ?.PointInTimeRecoveryEnabled === true,
    );
    // Session handles live for an hour and can be made again.
    const names = new Set(recoverable.map(([name]) => name));
    expect(tables.map(([name]) => name).filter((name) => !names.has(name))).toEqual(['SessionsTable']);
  });

  it('opens no bucket to the public', () => {
    const buckets = ofType('AWS::S3::Bucket');
    expect(buckets).toHaveLength(1);
    for (const [, { Properties }] of buckets) {
      expect(Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
  });

  it('logs calls of the API, as JSON, and nothing that callers send beside the path', () => {
    const settings = template.Resources.HttpApiStage?.Properties.AccessLogSettings as { Format: string };
    const fields = JSON.parse(settings.Format) as Record<string, string>;
    expect(Object.values(fields).toSorted()).toEqual([
      '$context.error.message',
      '$context.identity.sourceIp',
      '$context.integration.status',
      '$context.path',
      '$context.requestId',
      '$context.requestTime',
      '$context.responseLatency',
      '$context.responseLength',
      '$context.routeKey',
      '$context.status',
    ]);
    expect(template.Resources.HttpApiLogGroup?.Properties.RetentionInDays).toBe(30);
  });

  it('tells people of every alarm, and the runbook what to do about each', async () => {
    const alarms = ofType('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThanOrEqual(14);
    expect(
      alarms.filter(
        ([, { Properties }]) => JSON.stringify(Properties.AlarmActions) !== '[{"Ref":"NoticesTopic"}]',
      ),
    ).toEqual([]);
    const runbook = await readFile(join(import.meta.dirname, '..', '..', 'infra', 'RUNBOOK.md'), 'utf8');
    const sections = [...runbook.matchAll(/^### (\w+)\n\n(.+)/gm)].map(([, name]) => name);
    expect(sections.toSorted()).toEqual(alarms.map(([name]) => name).toSorted());
  });

  it('watches every schedule for silence, every queue for age and every dead-letter queue for messages', () => {
    const watched = (metric: string, statistic?: string) =>
      ofType('AWS::CloudWatch::Alarm')
        .map(([, { Properties }]) => Properties)
        .filter(
          ({ MetricName, Statistic }) => MetricName === metric && (statistic ?? Statistic) === Statistic,
        )
        .map(({ Dimensions }) => JSON.stringify(Dimensions));
    const watches = (list: readonly string[], name: string) =>
      list.some((dimensions) => dimensions.includes(`"${name}"`));
    const scheduled = ofType('AWS::Events::Rule')
      .filter(([, { Properties }]) => Properties.ScheduleExpression !== undefined)
      .map(
        ([, { Properties }]) =>
          arnText((Properties.Targets as { Arn: unknown }[])[0]?.Arn).split('.')[0] ?? '',
      );
    expect(scheduled).toHaveLength(2);
    expect(scheduled.filter((name) => !watches(watched('Invocations'), name))).toEqual([]);
    const queues = ofType('AWS::SQS::Queue').map(([name]) => name);
    const [dead, live] = [
      queues.filter((name) => name.includes('Dead')),
      queues.filter((name) => !name.includes('Dead')),
    ];
    expect(dead.filter((name) => !watches(watched('ApproximateNumberOfMessagesVisible'), name))).toEqual([]);
    expect(live.filter((name) => !watches(watched('ApproximateAgeOfOldestMessage'), name))).toEqual([]);
    expect([dead.length, live.length]).toEqual([3, 2]);
  });

  it('keeps notices that the topic did not take', () => {
    const rule = template.Resources.NoticesRule?.Properties as { Targets: { DeadLetterConfig?: unknown }[] };
    expect(rule.Targets.map(({ DeadLetterConfig }) => DeadLetterConfig)).toEqual([
      { Arn: { 'Fn::GetAtt': ['NoticesDeadLetterQueue', 'Arn'] } },
    ]);
    const policies = ofType('AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
    expect(policies).toMatchObject([
      {
        Queues: [{ Ref: 'NoticesDeadLetterQueue' }],
        PolicyDocument: {
          Statement: [{ Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' }],
        },
      },
    ]);
  });

  it.each(['Work', 'Send'])(
    'gives the queue of %s dead letters and a visibility just above its time-out',
    (name) => {
      const queue = template.Resources[`${name}Queue`]?.Properties as {
        VisibilityTimeout: number;
        RedrivePolicy: { maxReceiveCount: number };
        FifoQueue: boolean;
      };
      const timeout = template.Resources[`${name}LambdaFunction`]?.Properties.Timeout as number;
      expect(queue.FifoQueue).toBe(true);
      expect(queue.RedrivePolicy).toMatchObject({
        deadLetterTargetArn: { 'Fn::GetAtt': [`${name}DeadLetterQueue`, 'Arn'] },
      });
      expect(queue.VisibilityTimeout).toBeGreaterThan(timeout);
      expect(queue.VisibilityTimeout).toBeLessThanOrEqual(timeout + 15);
      // A repair that finds the claim held is received again after any time for which a claim counts as held.
      const lastReceiveAfter = (queue.RedrivePolicy.maxReceiveCount - 1) * queue.VisibilityTimeout;
      if (name === 'Work') expect(lastReceiveAfter * SECOND).toBeGreaterThan(latestTrueTime(epochMillis(0)));
    },
  );

  it('has exactly the routes of the contract', () => {
    const routes = ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.RouteKey);
    expect(routes.sort()).toEqual(
      Object.values(ROUTES)
        .map(({ route }) => route)
        .sort(),
    );
  });

  it('has the gateway take every route at its pace, those that reach a marketplace more slowly', () => {
    const { DefaultRouteSettings, RouteSettings } = (template.Resources.HttpApiStage?.Properties ?? {}) as {
      DefaultRouteSettings: object;
      RouteSettings: Record<string, { ThrottlingRateLimit: number; ThrottlingBurstLimit: number }>;
    };
    expect(Object.keys(RouteSettings).sort()).toEqual(
      Object.values(ROUTES)
        .map(({ route }) => route)
        .sort(),
    );
    expect(DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    expect(RouteSettings['GET /v1/accounts']).toEqual(DefaultRouteSettings);
    expect(RouteSettings['POST /v1/accounts']?.ThrottlingRateLimit).toBeLessThan(10);
    // CloudFormation refuses settings of a route that does not exist yet.
    const routes = ofType('AWS::ApiGatewayV2::Route').map(([name]) => name);
    const { DependsOn } = template.Resources.HttpApiStage as unknown as { DependsOn?: string[] };
    expect(DependsOn).toEqual(expect.arrayContaining(routes));
  });

  it('lets no page of another origin call the API', () => {
    expect(template.Resources.HttpApi?.Properties).not.toHaveProperty('CorsConfiguration');
  });

  it('leaves the judgement of tokens to the functions, which answer 401, 403 and 503 as they should', () => {
    const routes = ofType('AWS::ApiGatewayV2::Route');
    expect(routes.length).toBeGreaterThan(10);
    expect(routes.filter(([, { Properties }]) => Properties.AuthorizationType !== undefined)).toEqual([]);
  });

  it('offers exactly the scopes of the contract to clients of the user pool', () => {
    const [server] = ofType('AWS::Cognito::UserPoolResourceServer').map(([, { Properties }]) => Properties);
    const scopes = server?.Scopes as { ScopeName: string; ScopeDescription: string }[];
    expect(
      Object.fromEntries(scopes.map(({ ScopeName, ScopeDescription }) => [ScopeName, ScopeDescription])),
    ).toEqual(SCOPES);
    const named = Object.keys(SCOPES).map((scope) => `${server?.Identifier}/${scope}`);
    const clients = ofType('AWS::Cognito::UserPoolClient').map(([, { Properties }]) => Properties);
    expect(clients.map(({ AllowedOAuthFlows }) => AllowedOAuthFlows)).toEqual(
      expect.arrayContaining([['code'], ['client_credentials']]),
    );
    for (const { AllowedOAuthScopes, AllowedOAuthFlows, GenerateSecret } of clients) {
      expect((AllowedOAuthScopes as string[]).filter((scope) => scope !== 'openid')).toEqual(named);
      expect(GenerateSecret).toBe(String(AllowedOAuthFlows) === 'client_credentials');
    }
    const functions = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    const environments = functions.map(
      ({ Environment }) => (Environment as { Variables: Record<string, unknown> }).Variables,
    );
    expect(new Set(environments.map(({ TOKEN_SCOPE_PREFIX }) => TOKEN_SCOPE_PREFIX))).toEqual(
      new Set([`${server?.Identifier}/`]),
    );
    expect(new Set(environments.map(({ TOKEN_USE }) => TOKEN_USE))).toEqual(new Set(['access']));
  });

  it('runs every function on Node 24, arm64, with a role of its own', () => {
    const functions = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    expect(functions.map(({ Runtime }) => Runtime)).toEqual(functions.map(() => 'nodejs24.x'));
    expect(functions.map(({ Architectures }) => Architectures)).toEqual(functions.map(() => ['arm64']));
    expect(new Set(functions.map(({ Role }) => JSON.stringify(Role))).size).toBe(functions.length);
  });

  const granted = (role: string, action: string) =>
    statements.filter((statement) => statement.role === role && statement.actions.includes(action));
  const EACH = 'ForAllValues:StringEquals';

  it('shows session handles to work only: accounts reads their age', () => {
    const readers = statements.filter(({ arn, role }) => arn === 'SessionsTable.Arn' && role !== 'WorkRole');
    expect(readers.map(({ role, condition }) => ({ role, condition }))).toEqual([
      {
        role: 'AccountsRole',
        condition: {
          [EACH]: { 'dynamodb:Attributes': ['accountId', 'loggedInAtMillis', 'expiresAtMillis'] },
          StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
        },
      },
    ]);
  });

  it('lets schedules write nothing of an account that guards its login', () => {
    const written = ['PlanRole', 'NotifyRole', 'HistoryRole'].flatMap((role) =>
      granted(role, 'dynamodb:UpdateItem').flatMap(
        ({ condition }) => (condition[EACH]?.['dynamodb:Attributes'] as string[] | undefined) ?? ['anything'],
      ),
    );
    expect(written).toContain('dueAtMillis');
    const guards = [
      'anything',
      'phase',
      'verdicts',
      'possibleFailures',
      'openAttempt',
      'leaseToken',
      'permit',
      'cursor',
    ];
    expect(written.filter((name) => guards.includes(name))).toEqual([]);
  });

  it('lets tell delete no key secret but that of a registration under way', () => {
    const [deletion, ...others] = granted('NotifyRole', 'secretsmanager:DeleteSecret');
    expect(others).toEqual([]);
    expect(deletion?.condition).toEqual({
      StringEquals: { 'aws:ResourceTag/klamka:registration': 'unfinished' },
    });
  });

  it('names the kinds of registry items for every function but work', () => {
    const open = statements.filter(
      ({ arn, role, condition }) =>
        arn === 'RegistryTable.Arn' &&
        role !== 'WorkRole' &&
        condition[EACH]?.['dynamodb:LeadingKeys'] === undefined,
    );
    expect(open).toEqual([]);
  });

  it('lets every function write its log', () => {
    // The ARN of a log group ends in `:*`, which stands for its streams; anything after it would match none.
    const logs = statements.filter(({ actions }) => actions.includes('logs:PutLogEvents'));
    expect(logs.map(({ arn }) => arn).filter((arn) => !/^\w+LogGroup\.Arn$/.test(arn))).toEqual([]);
    expect(logs.length).toBe(ofType('AWS::Lambda::Function').length);
  });

  it('lets no function but work read a secret, except what webhooks are signed with and what keys fingerprints', () => {
    const readers = statements.filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'));
    const others = readers.filter(({ role }) => role !== 'WorkRole');
    const [keyed, signing] = [
      others.filter(({ arn }) => arn === 'FingerprintKey'),
      others.filter(({ arn }) => arn !== 'FingerprintKey'),
    ];
    expect(keyed.map(({ role }) => role)).toEqual(['AccountsRole']);
    expect(new Set(signing.map(({ role }) => role))).toEqual(new Set(['SendRole', 'WebhooksRole']));
    expect(signing.filter(({ arn }) => !arn.includes(':secret:klamka/dev/webhooks/'))).toEqual([]);
    const ofWork = readers.filter(({ role }) => role === 'WorkRole');
    expect(ofWork.filter(({ arn }) => arn.includes('/webhooks/'))).toEqual([]);
  });
});
