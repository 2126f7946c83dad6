import { type Resource, type Resources, resourcesOfType, roleStatements } from './template.ts';

/** Tables of which an item is made again, or may be forgotten: neither protected from deletion nor recoverable. */
const MADE_AGAIN = new Set(['SessionsTable']);
/** Tables that are read again from the marketplace as a whole: recoverable, and not protected from deletion. */
const READ_AGAIN = new Set(['OffersTable']);
/** Tables whose items would pile up without an end, as sessions and entries of logs do. */
const PILES_UP = new Set(['SessionsTable', 'LoginsTable', 'AuditTable', 'JournalTable']);

/** The wildcards in ARNs that infra/access.yml explains. */
const EXPLAINED = [
  /LogGroup\.Arn}:log-stream:\*$/,
  /:secret:[\w-]+\/[\w-]+\/(accounts|integration-keys|webhooks)\/\*$/,
];

/** The roles that write each kind of items of the registry. A kind that is missing here is written by none. */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  // Binds an account to the client that adds it. Clients themselves are written by people, with AWS credentials.
  client: ['AccountsRole'],
  request: ['KeysRole', 'AccountsRole', 'ChangesRole', 'HistoryRole', 'WebhooksRole'],
  'integration-key': ['KeysRole', 'AccountsRole', 'NotifyRole', 'WorkRole'],
  ...{ login: ['AccountsRole', 'WorkRole'], seller: ['AccountsRole', 'WorkRole'] },
  'claim-key': ['AccountsRole', 'WorkRole'],
  // Asked for by people, requested again by the schedule, carried out and ended by the worker.
  erasure: ['AccountsRole', 'PlanRole', 'WorkRole'],
  ...{ egress: ['NotifyRole', 'WorkRole'], marketplace: ['WorkRole'], calls: ['WorkRole'] },
};
/** The roles that read clients: those of functions that people and programs call, and of the sender of webhooks. */
const READERS_OF_CLIENTS: readonly string[] = [
  ...['KeysRole', 'AccountsRole', 'OrdersRole', 'OffersRole', 'ChangesRole', 'HistoryRole', 'WebhooksRole'],
  ...['AuditRole', 'SendRole'],
];
/** Attributes of a client that a function may change: neither its role nor its name. */
const BOUND = new Set(['kind', 'name', 'bound', 'accountIds']);
const READS = new Set(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query']);

type Properties = Resource['Properties'];
type Rule = (resources: Resources) => string[];

/** The names of the resources of a type that do not hold to a rule. */
const breaking =
  (type: string, holds: (name: string, properties: Properties, resources: Resources) => boolean): Rule =>
  (resources) =>
    resourcesOfType(resources, type)
      .filter(([name, { Properties }]) => !holds(name, Properties, resources))
      .map(([name]) => name);

const at = (properties: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Properties | undefined)?.[key], properties);

/** The logical id in a `Ref` or in the first part of a `Fn::GetAtt`. */
const named = (reference: unknown): string =>
  String(at(reference, 'Ref') ?? [at(reference, 'Fn::GetAtt') ?? ''].flat()[0]);

const arnOf = (logicalId: unknown) => JSON.stringify({ 'Fn::GetAtt': [logicalId, 'Arn'] });

const valuesOf = (
  condition: Readonly<Record<string, unknown>>,
  key: string,
): readonly string[] | undefined => {
  const values = at(condition, 'ForAllValues:StringEquals', key);
  return values === undefined ? undefined : [values].flat().map(String);
};

/**
 * Rights of each role in the registry, by statement. Without a condition on the kind of its items a statement holds
 * for clients, too; so does any that permits a scan, which names no kind.
 */
const registryRights = (resources: Resources) =>
  roleStatements(resources)
    .filter(({ arn }) => arn.includes('RegistryTable'))
    .map(({ role, actions, condition }) => ({
      role,
      writes: actions.filter((action) => !READS.has(action)),
      kinds: valuesOf(condition, 'dynamodb:LeadingKeys') ?? ['client', 'any kind'],
      attributes: valuesOf(condition, 'dynamodb:Attributes'),
    }));

/** The queues that functions are woken by. */
const sources = (resources: Resources) =>
  resourcesOfType(resources, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) =>
    named(Properties.EventSourceArn),
  );

/** The queues that take what others gave up. */
const deadLetters = (resources: Resources): Set<string> =>
  new Set([
    ...resourcesOfType(resources, 'AWS::SQS::Queue').map(([, { Properties }]) =>
      named(at(Properties, 'RedrivePolicy', 'deadLetterTargetArn')),
    ),
    ...resourcesOfType(resources, 'AWS::Events::Rule').flatMap(([, { Properties }]) =>
      [Properties.Targets ?? []].flat().map((target) => named(at(target, 'DeadLetterConfig', 'Arn'))),
    ),
  ]);

/**
 * Rules that the packaged template holds to, each as the function that names what breaks it. A table, queue or function
 * that is added later is judged too; a table that needs an exception is named above, with the reason.
 */
export const RULES = {
  'a permission names no bare wildcard': (resources) =>
    roleStatements(resources)
      .filter(({ arn, actions }) => arn === '*' || actions.some((action) => action === '*'))
      .map(({ role }) => role),

  'a permission names neither a whole service nor all actions of it': (resources) =>
    roleStatements(resources)
      .filter(
        ({ arn, actions }) =>
          actions.some((action) => action.includes('*')) ||
          (arn.includes('*') && !EXPLAINED.some((explained) => explained.test(arn))),
      )
      .map(({ role }) => role),

  'an item of the registry is written only by roles that its kind needs': (resources) =>
    registryRights(resources)
      .filter(({ role, writes, kinds }) =>
        writes.length === 0 ? false : kinds.some((kind) => WRITERS[kind]?.includes(role) !== true),
      )
      .map(({ role }) => role),

  'a client, with its role, is read by those who let callers in, and given no more than accounts': (
    resources,
  ) =>
    registryRights(resources)
      .filter(({ kinds }) => kinds.includes('client'))
      .filter(({ role, writes, attributes }) =>
        writes.length === 0
          ? !READERS_OF_CLIENTS.includes(role)
          : writes.some((action) => action !== 'dynamodb:UpdateItem') ||
            attributes?.every((name) => BOUND.has(name)) !== true,
      )
      .map(({ role }) => role),

  'a table is encrypted with a key of the account': breaking(
    'AWS::DynamoDB::Table',
    (_, properties) => at(properties, 'SSESpecification', 'SSEEnabled') === true,
  ),

  'a table is protected from deletion, and retained': (resources) =>
    resourcesOfType(resources, 'AWS::DynamoDB::Table')
      .filter(([name]) => !MADE_AGAIN.has(name) && !READ_AGAIN.has(name))
      .filter(
        ([, { DeletionPolicy, UpdateReplacePolicy, Properties }]) =>
          DeletionPolicy !== 'Retain' ||
          UpdateReplacePolicy !== 'Retain' ||
          Properties.DeletionProtectionEnabled !== true,
      )
      .map(([name]) => name),

  'a table can be restored to any second': breaking(
    'AWS::DynamoDB::Table',
    (name, properties) =>
      MADE_AGAIN.has(name) ||
      at(properties, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true,
  ),

  'a table that piles up is cleared by TTL': breaking(
    'AWS::DynamoDB::Table',
    (name, properties) =>
      !PILES_UP.has(name) || at(properties, 'TimeToLiveSpecification', 'Enabled') === true,
  ),

  'a queue is encrypted with the key of the deployment': breaking(
    'AWS::SQS::Queue',
    (_, properties) => JSON.stringify(properties.KmsMasterKeyId) === arnOf('DataKey'),
  ),

  'a queue has a dead-letter queue, and a dead-letter queue keeps messages for two weeks': breaking(
    'AWS::SQS::Queue',
    (name, properties, resources) =>
      deadLetters(resources).has(name)
        ? properties.MessageRetentionPeriod === 1_209_600
        : Number(at(properties, 'RedrivePolicy', 'maxReceiveCount')) > 1 &&
          resources[named(at(properties, 'RedrivePolicy', 'deadLetterTargetArn'))]?.Type ===
            'AWS::SQS::Queue',
  ),

  'a function has a log with an end': (resources) => {
    const kept = new Set(
      resourcesOfType(resources, 'AWS::Logs::LogGroup')
        .filter(([, { Properties }]) => Number(Properties.RetentionInDays) > 0)
        .map(([, { Properties }]) => Properties.LogGroupName),
    );
    return resourcesOfType(resources, 'AWS::Lambda::Function')
      .filter(([, { Properties }]) => !kept.has(`/aws/lambda/${Properties.FunctionName}`))
      .map(([name]) => name);
  },

  'a function that a queue wakes has a limit of instances': breaking(
    'AWS::Lambda::EventSourceMapping',
    (_, properties) => Number(at(properties, 'ScalingConfig', 'MaximumConcurrency')) >= 2,
  ),

  'a function that a queue wakes ends before its message is seen again': breaking(
    'AWS::Lambda::EventSourceMapping',
    (_, properties, resources) =>
      Number(resources[named(properties.FunctionName)]?.Properties.Timeout) <
      Number(resources[named(properties.EventSourceArn)]?.Properties.VisibilityTimeout),
  ),

  'a function that a queue wakes tells which messages failed, and every live queue wakes one': (
    resources,
  ) => [
    ...breaking(
      'AWS::Lambda::EventSourceMapping',
      (_, properties) => at(properties, 'FunctionResponseTypes', '0') === 'ReportBatchItemFailures',
    )(resources),
    ...resourcesOfType(resources, 'AWS::SQS::Queue')
      .map(([name]) => name)
      .filter((name) => !deadLetters(resources).has(name) && !sources(resources).includes(name)),
  ],
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
