import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { serveAwsJson } from '../../infra/local/stack/aws-json.ts';
import { startDynamoDb } from '../../infra/local/stack/dynamodb.ts';
import { SecretFile } from '../../infra/local/stack/secret-file.ts';
import { SecretVault } from '../../infra/local/stack/secrets.ts';
import { secretOperations } from '../../infra/local/stack/secrets-api.ts';
import { LOCAL } from './tables.ts';

type Column = readonly [name: string, type: 'S' | 'N'];

const TABLES = {
  accounts: [['accountId', 'S']],
  registry: [
    ['kind', 'S'],
    ['name', 'S'],
  ],
  sessions: [['accountId', 'S']],
  logins: [
    ['accountId', 'S'],
    ['entryKey', 'S'],
  ],
  orders: [
    ['accountId', 'S'],
    ['orderId', 'S'],
  ],
  feed: [
    ['accountId', 'S'],
    ['number', 'N'],
  ],
  journal: [
    ['accountId', 'S'],
    ['entryKey', 'S'],
  ],
  offers: [
    ['accountId', 'S'],
    ['offerId', 'S'],
  ],
  sending: [
    ['owner', 'S'],
    ['entryKey', 'S'],
  ],
  consumers: [
    ['accountId', 'S'],
    ['name', 'S'],
  ],
} as const satisfies Record<string, readonly Column[]>;

export type TableName = keyof typeof TABLES;

/** Address of another DynamoDB that is to be used instead of the embedded one: `npm run e2e` sets it. */
const ELSEWHERE = process.env.STORES_AT;
export const DYNAMODB = ELSEWHERE === undefined ? 'the embedded DynamoDB' : `the DynamoDB at ${ELSEWHERE}`;

/** The embedded store with all tables by key, without indexes, and the embedded secret store. */
export async function startStores() {
  const server =
    ELSEWHERE === undefined ? await startDynamoDb({}) : { url: ELSEWHERE, close: async () => undefined };
  const client = new DynamoDBClient({ endpoint: server.url, ...LOCAL });
  const create = ([TableName, columns]: [string, readonly Column[]]) =>
    client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: columns.map(([AttributeName], at) => ({
          AttributeName,
          KeyType: at === 0 ? ('HASH' as const) : ('RANGE' as const),
        })),
        AttributeDefinitions: columns.map(([AttributeName, AttributeType]) => ({
          AttributeName,
          AttributeType,
        })),
      }),
    );
  for (const table of Object.entries(TABLES)) await create(table);
  const dynamo = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const secrets = await serveAwsJson(secretOperations(new SecretVault(new SecretFile(undefined))));
  const secretClient = new SecretsManagerClient({ endpoint: secrets.url, ...LOCAL });
  return {
    dynamo,
    of: (table: TableName) => ({ dynamo, table }),
    /** A secret prefix of its own for each caller, so that tests do not meet. */
    vault: () => ({ client: secretClient, prefix: `klamka/${randomUUID()}`, key: 'alias/klamka-test' }),
    async close() {
      dynamo.destroy();
      client.destroy();
      secretClient.destroy();
      await secrets.close();
      await server.close();
    },
  };
}

/** The table after all its items were deleted. */
export async function cleared<Use extends { dynamo: DynamoDBDocumentClient; table: TableName }>(
  target: Use,
): Promise<Use> {
  const { Items = [] } = await target.dynamo.send(new ScanCommand({ TableName: target.table }));
  const keys = TABLES[target.table].map(([name]) => name);
  for (const item of Items) {
    const Key = Object.fromEntries(keys.map((name) => [name, item[name]]));
    await target.dynamo.send(new DeleteCommand({ TableName: target.table, Key }));
  }
  return target;
}
