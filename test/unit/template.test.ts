import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Resource {
  readonly Type: string;
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

/** The only wildcards there may be, each with its reason in infra/access.yml. */
const ALLOWED_WILDCARDS = [
  /LogGroup\.Arn}:log-stream:\*$/,
  /:secret:klamka\/dev\/(accounts|webapi-keys|webhooks)\/\*$/,
];

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

  it.each(['Work', 'Send'])(
    'gives the queue of %s dead letters and a visibility just above its time-out',
    (name) => {
      const queue = template.Resources[`${name}Queue`]?.Properties as {
        VisibilityTimeout: number;
        RedrivePolicy: unknown;
        FifoQueue: boolean;
      };
      const timeout = template.Resources[`${name}LambdaFunction`]?.Properties.Timeout as number;
      expect(queue.FifoQueue).toBe(true);
      expect(queue.RedrivePolicy).toMatchObject({
        deadLetterTargetArn: { 'Fn::GetAtt': [`${name}DeadLetterQueue`, 'Arn'] },
      });
      expect(queue.VisibilityTimeout).toBeGreaterThan(timeout);
      expect(queue.VisibilityTimeout).toBeLessThanOrEqual(timeout + 15);
    },
  );

  it('asks for AWS credentials on every route', () => {
    const routes = ofType('AWS::ApiGatewayV2::Route');
    expect(routes.length).toBeGreaterThan(10);
    expect(routes.filter(([, { Properties }]) => Properties.AuthorizationType !== 'AWS_IAM')).toEqual([]);
  });

  it('runs every function on Node 24, arm64, with a role of its own', () => {
    const functions = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    expect(functions.map(({ Runtime }) => Runtime)).toEqual(functions.map(() => 'nodejs24.x'));
    expect(functions.map(({ Architectures }) => Architectures)).toEqual(functions.map(() => ['arm64']));
    expect(new Set(functions.map(({ Role }) => JSON.stringify(Role))).size).toBe(functions.length);
  });

  it('grants no bare wildcard, no service-wide ARN and no wildcard action', () => {
    expect(statements.length).toBeGreaterThan(20);
    expect(statements.filter(({ actions }) => actions.some((action) => action.includes('*')))).toEqual([]);
    const wild = statements.filter(
      ({ arn }) => arn.includes('*') && !ALLOWED_WILDCARDS.some((allowed) => allowed.test(arn)),
    );
    expect(wild).toEqual([]);
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
    const written = ['PlanRole', 'TellRole', 'HistoryRole'].flatMap((role) =>
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
    const [deletion, ...others] = granted('TellRole', 'secretsmanager:DeleteSecret');
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

  it('lets no function but work read a secret, except what webhooks are signed with', () => {
    const readers = statements.filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'));
    const others = readers.filter(({ role }) => role !== 'WorkRole');
    expect(new Set(others.map(({ role }) => role))).toEqual(new Set(['SendRole', 'WebhooksRole']));
    expect(others.filter(({ arn }) => !arn.includes(':secret:klamka/dev/webhooks/'))).toEqual([]);
    const ofWork = readers.filter(({ role }) => role === 'WorkRole');
    expect(ofWork.filter(({ arn }) => arn.includes('/webhooks/'))).toEqual([]);
  });
});
