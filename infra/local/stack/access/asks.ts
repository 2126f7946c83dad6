import { z } from 'zod';
import { dynamoAsks, type TableKeys } from './dynamo-asks.ts';
import { queueKeyAsks, secretKeyAsks, tableKeyAsks } from './key-asks.ts';
import type { Ask } from './policy.ts';

/** Look-up of the names that requests contain. Methods throw for an unknown name, except `secret`. */
export interface Directory {
  /** Keys of a table by its name. */
  table(name: string): TableKeys;
  /** ARN of a queue by its URL. */
  queue(url: string): string;
  /** ARN of an event bus by its name. */
  bus(name: string): string;
  /** ARN, tags and key of a secret; for an unknown secret the ARN that it would have, without the others. */
  secret(id: string): { arn: string; tags: Readonly<Record<string, string>>; key?: string | undefined };
  /** ARN of the key that encrypts a table or a queue, by its ARN; undefined for a key of AWS. */
  keyOf(arn: string): string | undefined;
}

const QueueUrl = z.object({ QueueUrl: z.string() });
const Events = z.object({ Entries: z.array(z.object({ EventBusName: z.string() })) });
const SecretId = z.object({ SecretId: z.string() });
const NewSecret = z.object({
  Name: z.string(),
  KmsKeyId: z.string().optional(),
  Tags: z.array(z.unknown()).optional(),
});

/**
 * The permissions that a request in one of AWS' JSON protocols needs, by its `X-Amz-Target`; none for an
 * unknown service.
 */
export function asksOf(
  target: string,
  { input, directory }: { input: unknown; directory: Directory },
): Ask[] {
  const [service = '', operation = ''] = target.split('.');
  if (service.startsWith('DynamoDB_')) {
    const asks = dynamoAsks(operation, { input, tableOf: (name) => directory.table(name) });
    return asks.flatMap((ask) => {
      const [arn = ''] = ask.resource.split('/index/');
      return [ask, ...tableKeyAsks(directory.keyOf(arn), arn.split('/')[1] ?? '')];
    });
  }
  if (service === 'AmazonSQS') {
    const arn = directory.queue(QueueUrl.parse(input).QueueUrl);
    return [plain(`sqs:${operation}`, arn), ...queueKeyAsks(directory.keyOf(arn), { operation, arn })];
  }
  if (service === 'AWSEvents') {
    return Events.parse(input).Entries.map(({ EventBusName }) =>
      plain(`events:${operation}`, directory.bus(EventBusName)),
    );
  }
  return service === 'secretsmanager' ? secretAsks(operation, { input, directory }) : [];
}

/**
 * The permissions of a request to Secrets Manager; creating a secret with tags needs the permission to tag
 * too.
 */
function secretAsks(
  operation: string,
  { input, directory }: { input: unknown; directory: Directory },
): Ask[] {
  const action = `secretsmanager:${operation}`;
  if (operation === 'CreateSecret') {
    const { Name, KmsKeyId, Tags = [] } = NewSecret.parse(input);
    const { arn } = directory.secret(Name);
    return [
      plain(action, arn),
      ...(Tags.length === 0 ? [] : [plain('secretsmanager:TagResource', arn)]),
      ...secretKeyAsks(KmsKeyId, { operation, arn }),
    ];
  }
  const { arn, tags, key } = directory.secret(SecretId.parse(input).SecretId);
  const context = Object.entries(tags).map(([name, value]) => [`aws:ResourceTag/${name}`, [value]]);
  return [
    { action, resource: arn, context: Object.fromEntries(context) },
    ...secretKeyAsks(key, { operation, arn }),
  ];
}

const plain = (action: string, resource: string): Ask => ({ action, resource, context: {} });
