import { z } from 'zod';
import { dynamoAsks, type TableKeys } from './dynamo-asks.ts';
import type { Ask } from './policy.ts';

/** Where names in requests are looked up. Each throws for, or gives back, what it does not know. */
export interface Directory {
  /** By name. */
  table(name: string): TableKeys;
  /** ARN of a queue by its URL. */
  queue(url: string): string;
  /** ARN of an event bus by its name. */
  bus(name: string): string;
  /** ARN of a secret, and its tags; for a name that nobody has the ARN that it would have, without tags. */
  secret(id: string): { arn: string; tags: Readonly<Record<string, string>> };
}

const QueueUrl = z.object({ QueueUrl: z.string() });
const Events = z.object({ Entries: z.array(z.object({ EventBusName: z.string() })) });
const SecretId = z.object({ SecretId: z.string() });
const NewSecret = z.object({ Name: z.string(), Tags: z.array(z.unknown()).optional() });

/** The asks of a request in one of AWS' JSON protocols, by its `X-Amz-Target`; none for an unknown service. */
export function asksOf(
  target: string,
  { input, directory }: { input: unknown; directory: Directory },
): Ask[] {
  const [service = '', operation = ''] = target.split('.');
  if (service.startsWith('DynamoDB_')) {
    return dynamoAsks(operation, { input, tableOf: (name) => directory.table(name) });
  }
  if (service === 'AmazonSQS') {
    return [plain(`sqs:${operation}`, directory.queue(QueueUrl.parse(input).QueueUrl))];
  }
  if (service === 'AWSEvents') {
    return Events.parse(input).Entries.map(({ EventBusName }) =>
      plain(`events:${operation}`, directory.bus(EventBusName)),
    );
  }
  return service === 'secretsmanager' ? secretAsks(operation, { input, directory }) : [];
}

/** A secret that is made with tags asks for their permission too. */
function secretAsks(
  operation: string,
  { input, directory }: { input: unknown; directory: Directory },
): Ask[] {
  const action = `secretsmanager:${operation}`;
  if (operation === 'CreateSecret') {
    const { Name, Tags = [] } = NewSecret.parse(input);
    const { arn } = directory.secret(Name);
    return [plain(action, arn), ...(Tags.length === 0 ? [] : [plain('secretsmanager:TagResource', arn)])];
  }
  const { arn, tags } = directory.secret(SecretId.parse(input).SecretId);
  const context = Object.entries(tags).map(([name, value]) => [`aws:ResourceTag/${name}`, [value]]);
  return [{ action, resource: arn, context: Object.fromEntries(context) }];
}

const plain = (action: string, resource: string): Ask => ({ action, resource, context: {} });
