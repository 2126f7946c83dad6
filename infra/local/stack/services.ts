import { join } from 'node:path';
import { z } from 'zod';
import type { Guard } from './access/guard.ts';
import { serveAwsJson } from './aws-json.ts';
import { createTables, startDynamoDb, Table } from './dynamodb.ts';
import { EventBuses, EventBusProperties } from './event-bus.ts';
import type { Endpoints } from './function-environment.ts';
import { BusRule, Topics } from './notices.ts';
import { Resources } from './resources.ts';
import { SecretFile } from './secret-file.ts';
import { SecretVault } from './secrets.ts';
import { secretOperations } from './secrets-api.ts';
import { Queue, type Sqs, startSqs } from './sqs.ts';
import type { StoreTrouble } from './store-trouble.ts';
import type { Template } from './template.ts';

/** A secret whose value CloudFormation makes up. */
const GeneratedSecret = z.object({ GenerateSecretString: z.object({}), KmsKeyId: z.string().optional() });

interface Options {
  /** Folder for data; without one everything lives in memory. */
  readonly dataDir: string | undefined;
  readonly storeTrouble: (() => StoreTrouble | undefined) | undefined;
  readonly guard: Guard;
  /** Stack of resources to close at the end. */
  readonly closing: AsyncDisposableStack;
}

export interface Services {
  readonly resources: Resources;
  readonly endpoints: Endpoints;
  readonly sqs: Sqs;
  readonly buses: EventBuses;
  readonly topics: Topics;
  readonly vault: SecretVault;
}

/** Starts the AWS services that store data, and creates in them the resources of the template. */
export async function startServices(template: Template, options: Options): Promise<Services> {
  const { dataDir, storeTrouble, guard, closing } = options;
  const path = (name: string) => (dataDir === undefined ? undefined : join(dataDir, name));

  const sqs = await startSqs({ folder: path('sqs'), guard });
  closing.defer(() => sqs.close());
  const dynamodb = await startDynamoDb({ folder: path('dynamodb'), trouble: storeTrouble, guard });
  closing.defer(() => dynamodb.close());

  const resources = new Resources(template, { sqsUrl: sqs.url });
  sqs.createQueues(resources.ofType('AWS::SQS::Queue', Queue));
  await createTables(dynamodb.url, resources.ofType('AWS::DynamoDB::Table', Table));

  const busIdentities = resources
    .ofType('AWS::Events::EventBus', EventBusProperties)
    .map(({ identity }) => identity);
  const topicArns = resources.ofType('AWS::SNS::Topic', z.object({})).map(({ identity }) => identity.arn);
  const topics = new Topics(resources.ofType('AWS::Events::Rule', BusRule), topicArns);
  const buses = new EventBuses(
    busIdentities.flatMap(({ name, arn }) => [name, arn]),
    (event) => topics.deliver(event),
  );
  const vault = new SecretVault(new SecretFile(path('secrets.json')));
  for (const { identity, properties } of resources.ofType('AWS::SecretsManager::Secret', GeneratedSecret)) {
    vault.generate(identity.name, properties.KmsKeyId);
  }
  const secrets = secretOperations(vault);
  const awsJson = await serveAwsJson({ ...secrets, ...buses.operations }, guard);
  closing.defer(() => awsJson.close());

  const endpoints = {
    dynamodb: dynamodb.url,
    sqs: sqs.url,
    secretsManager: awsJson.url,
    eventBridge: awsJson.url,
  };
  return { resources, endpoints, sqs, buses, topics, vault };
}
