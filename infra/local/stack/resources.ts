import type { z } from 'zod';
import { type Lookup, resolve } from './intrinsics.ts';
import type { Template, TemplateResource } from './template.ts';

export const REGION = 'eu-central-1';
/** The AWS account of the embedded SQS, used in all ARNs. */
export const ACCOUNT_ID = '000000000000';

/** Names of a resource at run time. */
export interface Identity {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** URL, for queues only. */
  readonly url?: string;
}

export interface Declared<Properties> {
  readonly identity: Identity;
  readonly properties: Properties;
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'local',
};

/** The property that names a resource of its type, and the part of its ARN before the name. */
const NAMING: Readonly<Record<string, { nameIn?: string; arn: string }>> = {
  'AWS::ApiGatewayV2::Api': { arn: `apigateway:${REGION}::/apis/` },
  'AWS::ApiGatewayV2::Integration': { arn: `apigateway:${REGION}::/integrations/` },
  'AWS::ApiGatewayV2::Route': { arn: `apigateway:${REGION}::/routes/` },
  // The resource has only its name, because a local issuer replaces it.
  'AWS::Cognito::UserPool': { arn: `cognito-idp:${REGION}:${ACCOUNT_ID}:userpool/` },
  'AWS::DynamoDB::Table': { nameIn: 'TableName', arn: `dynamodb:${REGION}:${ACCOUNT_ID}:table/` },
  'AWS::Events::EventBus': { nameIn: 'Name', arn: `events:${REGION}:${ACCOUNT_ID}:event-bus/` },
  'AWS::Events::Rule': { nameIn: 'Name', arn: `events:${REGION}:${ACCOUNT_ID}:rule/` },
  'AWS::IAM::Role': { nameIn: 'RoleName', arn: `iam::${ACCOUNT_ID}:role/` },
  'AWS::KMS::Key': { arn: `kms:${REGION}:${ACCOUNT_ID}:key/` },
  'AWS::Lambda::EventSourceMapping': { arn: `lambda:${REGION}:${ACCOUNT_ID}:event-source-mapping:` },
  'AWS::Lambda::Function': { nameIn: 'FunctionName', arn: `lambda:${REGION}:${ACCOUNT_ID}:function:` },
  'AWS::Logs::LogGroup': { nameIn: 'LogGroupName', arn: `logs:${REGION}:${ACCOUNT_ID}:log-group:` },
  'AWS::S3::Bucket': { nameIn: 'BucketName', arn: 's3:::' },
  'AWS::SNS::Topic': { nameIn: 'TopicName', arn: `sns:${REGION}:${ACCOUNT_ID}:` },
  'AWS::SecretsManager::Secret': { nameIn: 'Name', arn: `secretsmanager:${REGION}:${ACCOUNT_ID}:secret:` },
  'AWS::SQS::Queue': { nameIn: 'QueueName', arn: `sqs:${REGION}:${ACCOUNT_ID}:` },
};

const REF_IS_ARN = new Set(['AWS::SNS::Topic', 'AWS::SecretsManager::Secret']);

/** The resources of a template under the names that they have in this process. */
export class Resources {
  readonly #template: Template;
  readonly #sqsUrl: string;
  readonly #lookup: Lookup;

  constructor(template: Template, options: { sqsUrl: string }) {
    this.#template = template;
    this.#sqsUrl = options.sqsUrl;
    this.#lookup = {
      ref: (name) => PSEUDO_PARAMETERS[name] ?? this.#ref(name),
      attribute: (logicalId, attribute) => this.#attribute(logicalId, attribute),
    };
  }

  /**
   * All resources of a type, with the schema's properties resolved. Throws for a resource that cannot be run.
   */
  ofType<Schema extends z.ZodObject>(type: string, schema: Schema): Declared<z.output<Schema>>[] {
    return Object.entries(this.#template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, resource]) => {
        const parsed = schema.safeParse(resolve(picked(resource, schema), this.#lookup));
        if (!parsed.success) {
          const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
          throw new Error(`The embedded stack cannot run ${logicalId} (${type}): ${faults.join('; ')}`);
        }
        return { identity: this.identity(logicalId), properties: parsed.data };
      });
  }

  /** The names of a resource. Throws for a logical id that the template does not declare. */
  identity(logicalId: string): Identity {
    const resource = this.#template.Resources[logicalId];
    if (resource === undefined) throw new Error(`The template declares no ${logicalId}.`);
    const naming = NAMING[resource.Type];
    if (naming === undefined)
      throw new Error(`${logicalId} (${resource.Type}) has no name in the embedded stack.`);
    const name = this.#nameOf(logicalId, { resource, nameIn: naming.nameIn ?? '' });
    const identity = { logicalId, name, arn: `arn:aws:${naming.arn}${name}` };
    const isQueue = resource.Type === 'AWS::SQS::Queue';
    return isQueue ? { ...identity, url: `${this.#sqsUrl}/${ACCOUNT_ID}/${name}` } : identity;
  }

  #nameOf(logicalId: string, { resource, nameIn }: { resource: TemplateResource; nameIn: string }): string {
    const given = resource.Properties?.[nameIn];
    if (given !== undefined) return String(resolve(given, this.#lookup));
    const isFifo = resource.Type === 'AWS::SQS::Queue' && String(resource.Properties?.FifoQueue) === 'true';
    return `local-${logicalId}${isFifo ? '.fifo' : ''}`;
  }

  #ref(logicalId: string): string {
    const { name, arn, url } = this.identity(logicalId);
    // Ref gives the name for most types, but a URL or an ARN for some.
    return REF_IS_ARN.has(this.#template.Resources[logicalId]?.Type ?? '') ? arn : (url ?? name);
  }

  #attribute(logicalId: string, attribute: string): string {
    const { name, arn, url } = this.identity(logicalId);
    const values: Record<string, string | undefined> = {
      Arn: arn,
      Name: name,
      QueueName: name,
      QueueUrl: url,
    };
    const value = values[attribute];
    if (value === undefined) throw new Error(`The embedded stack does not know ${logicalId}.${attribute}.`);
    return value;
  }
}

/** The properties that the schema reads. Others may refer to resources that do not exist here. */
function picked({ Properties = {} }: TemplateResource, { shape }: z.ZodObject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(Properties).filter(([name]) => name in shape));
}
