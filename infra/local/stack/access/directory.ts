import { z } from 'zod';
import { Table } from '../dynamodb.ts';
import { ACCOUNT_ID, REGION } from '../resources.ts';
import type { Services } from '../services.ts';
import type { Directory } from './asks.ts';
import type { TableKeys } from './dynamo-asks.ts';

const EncryptedTable = z.object({
  SSESpecification: z.object({ KMSMasterKeyId: z.string().optional() }).optional(),
});
const EncryptedQueue = z.object({ KmsMasterKeyId: z.string().optional() });

/** Looks names up among the resources of the template, and in the vault. */
export function directoryOf({ resources, vault }: Pick<Services, 'resources' | 'vault'>): Directory {
  const tables = new Map<string, TableKeys>();
  for (const { identity, properties } of resources.ofType('AWS::DynamoDB::Table', Table)) {
    const { KeySchema, GlobalSecondaryIndexes = [] } = properties;
    const indexes = GlobalSecondaryIndexes.map((index) => [index.IndexName, partitionKeyOf(index.KeySchema)]);
    const keys = { partitionKey: partitionKeyOf(KeySchema), indexes: Object.fromEntries(indexes) };
    tables.set(identity.name, { arn: identity.arn, ...keys });
  }
  const keys = new Map([
    ...resources
      .ofType('AWS::DynamoDB::Table', EncryptedTable)
      .map((table) => [table.identity.arn, table.properties.SSESpecification?.KMSMasterKeyId] as const),
    ...resources
      .ofType('AWS::SQS::Queue', EncryptedQueue)
      .map((queue) => [queue.identity.arn, queue.properties.KmsMasterKeyId] as const),
  ]);
  return {
    table(name) {
      const found = tables.get(name);
      if (found === undefined) throw new Error(`the template declares no table ${name}`);
      return found;
    },
    queue: (url) => `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${url.split('/').at(-1)}`,
    bus: (name) =>
      name.startsWith('arn:') ? name : `arn:aws:events:${REGION}:${ACCOUNT_ID}:event-bus/${name}`,
    secret: (id) => ({
      arn: id.startsWith('arn:') ? id : `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:${id}`,
      tags: vault.tagsOf(id),
      key: vault.keyOf(id),
    }),
    keyOf: (arn) => keys.get(arn),
  };
}

const partitionKeyOf = (schema: readonly { AttributeName: string; KeyType: string }[]): string =>
  schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
