import { join } from 'node:path';
import { serveAwsJson } from './aws-json.ts';
import { createTables, startDynamoDb, Table } from './dynamodb.ts';
import { EventBuses, EventBusProperties } from './event-bus.ts';
import type { Endpoints } from './function-environment.ts';
import { Resources } from './resources.ts';
import { SecretFile } from './secret-file.ts';
import { SecretVault } from './secrets.ts';
import { secretOperations } from './secrets-api.ts';
import { Queue, type Sqs, startSqs } from './sqs.ts';
import type { Template } from './template.ts';

interface Options {
  /** Everything lives in memory without one. */
  readonly dataDir: string | undefined;
  /** Takes what has to be closed. */
  readonly closing: AsyncDisposableStack;
}

export interface Services {
  readonly resources: Resources;
  readonly endpoints: Endpoints;
  readonly sqs: Sqs;
  readonly buses: EventBuses;
}

/** Starts the AWS services that keep something, and makes in them what the template declares. */
export async function startServices(template: Template, { dataDir, closing }: Options): Promise<Services> {
  const path = (name: string) => (dataDir === undefined ? undefined : join(dataDir, name));

  const sqs = await startSqs({ folder: path('sqs') });
  closing.defer(() => sqs.close());
  const dynamodb = await startDynamoDb({ folder: path('dynamodb') });
  closing.defer(() => dynamodb.close());

  const resources = new Resources(template, { sqsUrl: sqs.url });
  sqs.createQueues(resources.ofType('AWS::SQS::Queue', Queue));
  await createTables(dynamodb.url, resources.ofType('AWS::DynamoDB::Table', Table));

  const busIdentities = resources
    .ofType('AWS::Events::EventBus', EventBusProperties)
    .map(({ identity }) => identity);
  const buses = new EventBuses(busIdentities.flatMap(({ name, arn }) => [name, arn]));
  const secrets = secretOperations(new SecretVault(new SecretFile(path('secrets.json'))));
  const awsJson = await serveAwsJson({ ...secrets, ...buses.operations });
  closing.defer(() => awsJson.close());

  const endpoints = {
    dynamodb: dynamodb.url,
    sqs: sqs.url,
    secretsManager: awsJson.url,
    eventBridge: awsJson.url,
  };
  return { resources, endpoints, sqs, buses };
}
