import { mkdir } from 'node:fs/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { z } from 'zod';
import type { Guard } from './access/guard.ts';
import { listen, type RunningServer } from './loopback.ts';
import { type Declared, REGION } from './resources.ts';
import { type StoreTrouble, withTrouble } from './store-trouble.ts';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

/**
 * The properties of a table that are used. Dynalite has no time to live, backups and encryption, and no code
 * relies on them.
 */
export const Table = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema,
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema,
        Projection: z.object({
          ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
  LocalSecondaryIndexes: z.undefined({ error: 'local indexes are not run' }).optional(),
  StreamSpecification: z.undefined({ error: 'streams are not run' }).optional(),
});

type DeclaredTable = Declared<z.output<typeof Table>>;

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Starts the DynamoDB API. Without a folder the tables live in memory. `trouble` is asked at every request. */
export async function startDynamoDb(options: {
  folder?: string | undefined;
  trouble?: (() => StoreTrouble | undefined) | undefined;
  guard?: Guard | undefined;
}): Promise<RunningServer> {
  const { folder, trouble, guard } = options;
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const server = dynalite({ createTableMs: 0, ...(folder !== undefined && { path: folder }) });
  const troubled = trouble === undefined ? server : withTrouble(server, trouble);
  return listen(guard?.before(troubled) ?? troubled, { port: 0 });
}

/** Creates missing tables. Throws when a table exists with other keys, from an older template. */
export async function createTables(endpoint: string, tables: readonly DeclaredTable[]): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  try {
    await Promise.all(tables.map((table) => createTable(client, table)));
  } finally {
    client.destroy();
  }
}

async function createTable(client: DynamoDBClient, { identity, properties }: DeclaredTable): Promise<void> {
  const wanted = { TableName: identity.name, ...properties } as CreateTableCommandInput;
  try {
    await client.send(new CreateTableCommand(wanted));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const table = await whenActive(client, identity.name);
  if (shapeOf(table) !== shapeOf(wanted)) {
    throw new Error(
      `The data folder holds ${identity.logicalId} with other keys than the template. Use a new folder.`,
    );
  }
}

async function whenActive(client: DynamoDBClient, name: string): Promise<TableDescription> {
  for (;;) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    const indexes = table?.GlobalSecondaryIndexes ?? [];
    if (table?.TableStatus === 'ACTIVE' && indexes.every((index) => index.IndexStatus === 'ACTIVE'))
      return table;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Keys and indexes of a table, as text that can be compared. */
function shapeOf(table: Pick<TableDescription, 'KeySchema' | 'GlobalSecondaryIndexes'>): string {
  const keys = (schema: TableDescription['KeySchema']) =>
    schema?.map((key) => [key.AttributeName, key.KeyType]);
  const indexes = table.GlobalSecondaryIndexes?.map((index) => [
    index.IndexName,
    keys(index.KeySchema),
    index.Projection?.ProjectionType,
    index.Projection?.NonKeyAttributes?.toSorted(),
  ]);
  return JSON.stringify([
    keys(table.KeySchema),
    indexes?.map((index) => JSON.stringify(index)).toSorted() ?? [],
  ]);
}
