import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Searched } from './canary.ts';
import type { Klamka } from './klamka.ts';
import { LOCAL, openTables } from './tables.ts';
import { packagedResources, resourcesOfType } from './template.ts';

/** All places of a running product where a secret might stand. */
export interface Places {
  /** Logical ids of all tables of the template. */
  readonly tables: readonly string[];
  itemsOf(table: string): Promise<Record<string, unknown>[]>;
  putItem(table: string, item: Record<string, unknown>): Promise<void>;
  /** Everything but the values in Secrets Manager. */
  all(): Promise<Searched[]>;
  /** All values that Secrets Manager holds. */
  vault(): Promise<string>;
  /** The value of a secret of the template. */
  secret(logicalId: string): Promise<string>;
  /** Makes a secret of this name. */
  putSecret(name: string): Promise<void>;
  /** Puts an event that goes to the topic, too. */
  putEvent(detail: Record<string, unknown>): Promise<void>;
  /** Sends a message to `work`. */
  sendMessage(message: Record<string, unknown>): Promise<void>;
  close(): void;
}

/** `printedByCli`: what the command line has printed. */
export async function openPlaces(
  klamka: Klamka,
  { printedByCli }: { printedByCli: readonly string[] },
): Promise<Places> {
  const { stack } = klamka.world;
  const tables = resourcesOfType(await packagedResources(), 'AWS::DynamoDB::Table').map(([name]) => name);
  const dynamo = openTables(stack);
  const vault = new SecretsManagerClient({ endpoint: stack.endpoints.secretsManager, ...LOCAL });
  const bus = new EventBridgeClient({ endpoint: stack.endpoints.eventBridge, ...LOCAL });
  const queue = new SQSClient({ endpoint: stack.endpoints.sqs, ...LOCAL });
  const secretIds = async () => {
    const { SecretList = [] } = await vault.send(new ListSecretsCommand({ MaxResults: 100 }));
    return SecretList.map(({ Name }) => String(Name));
  };
  const itemsOf: Places['itemsOf'] = async (table) => {
    const items: Record<string, unknown>[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await dynamo.send(
        new ScanCommand({ TableName: stack.resource(table).name, ExclusiveStartKey }),
      );
      items.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return items;
  };
  /** Embedded metrics are lines of the log that CloudWatch reads as metrics. */
  const isMetric = (line: string) => line.includes('"_aws"');
  return {
    tables,
    itemsOf,

    async putItem(table, Item) {
      await dynamo.send(new PutCommand({ TableName: stack.resource(table).name, Item }));
    },

    async all() {
      const described = (await secretIds()).map((SecretId) =>
        vault.send(new DescribeSecretCommand({ SecretId })),
      );
      return [
        { place: 'logs', text: klamka.printed.filter((line) => !isMetric(line)).join('\n') },
        { place: 'metrics', text: klamka.printed.filter(isMetric).join('\n') },
        { place: 'HTTP answers', text: klamka.answers.join('\n') },
        { place: 'events', text: JSON.stringify(stack.events()) },
        { place: 'notices', text: JSON.stringify(stack.notices()) },
        { place: 'queue messages', text: JSON.stringify(stack.messages()) },
        { place: 'command line', text: printedByCli.join('\n') },
        { place: 'names and tags of secrets', text: JSON.stringify(await Promise.all(described)) },
        ...(await Promise.all(
          tables.map(async (place) => ({ place, text: JSON.stringify(await itemsOf(place)) })),
        )),
      ];
    },

    async vault() {
      const versionsOf = async (SecretId: string) => {
        const listed = new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true });
        return await vault.send(listed).then(
          ({ Versions = [] }) => Versions.map(({ VersionId }) => VersionId),
          () => [undefined],
        );
      };
      const values = (await secretIds()).map(async (SecretId) => {
        const read = (await versionsOf(SecretId)).map((VersionId) =>
          vault.send(new GetSecretValueCommand({ SecretId, ...(VersionId !== undefined && { VersionId }) })),
        );
        return (await Promise.all(read)).map(({ SecretString }) => SecretString);
      });
      return (await Promise.all(values)).flat().join('\n');
    },

    async secret(logicalId) {
      const command = new GetSecretValueCommand({ SecretId: stack.resource(logicalId).name });
      return String((await vault.send(command)).SecretString);
    },

    async putSecret(Name) {
      await vault.send(new CreateSecretCommand({ Name, SecretString: 'x' }));
    },

    async putEvent(detail) {
      const EventBusName = stack.resource('EventBus').name;
      const entry = { EventBusName, Source: 'klamka', DetailType: 'account.needs-person' };
      await bus.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }));
    },

    async sendMessage(message) {
      const command = new SendMessageCommand({
        QueueUrl: stack.resource('WorkQueue').url,
        MessageBody: JSON.stringify(message),
        MessageGroupId: 'planted',
        MessageDeduplicationId: randomUUID(),
      });
      await queue.send(command);
    },

    close() {
      bus.destroy();
      queue.destroy();
      dynamo.destroy();
      vault.destroy();
    },
  };
}
