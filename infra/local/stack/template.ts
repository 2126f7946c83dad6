import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Path of the template that `serverless package` writes, from the root of the repository. */
export const TEMPLATE_FILE = join('.serverless', 'cloudformation-template-update-stack.json');

/** Folder of the bundles that `serverless package` zips: `work` in it is the unpacked `work.zip`. */
export const BUNDLES = '.build';

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

const FORMAT_TAG = 'klamka:format';

/** Resource types that the embedded stack runs. */
const RUN = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
]);

/** Types without a meaning on one machine: logs, alarms, and the transport of the code to AWS. */
const IGNORED = new Set([
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Cognito::UserPoolResourceServer',
  'AWS::KMS::Alias',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

/**
 * Reads the packaged template. Throws, saying what to do, when there is none or it declares a resource that
 * cannot be run here.
 */
export async function readTemplate(root: string): Promise<Template> {
  const file = join(root, TEMPLATE_FILE);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`There is no packaged template (${TEMPLATE_FILE}). Make it with: npm run package`);
  });
  const template = JSON.parse(text) as Template;
  refuseUnknown(template);
  return template;
}

/** The format of the data, which each table has as a tag; 0 for a template without tables. */
export function formatOf({ Resources }: Template): number {
  const tags = Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::DynamoDB::Table' ? ((Properties?.Tags ?? []) as { Key: string; Value: string }[]) : [],
  );
  return Math.max(0, ...tags.flatMap(({ Key, Value }) => (Key === FORMAT_TAG ? Number(Value) : [])));
}

function refuseUnknown(template: Template): void {
  const unknown = Object.entries(template.Resources).filter(
    ([, { Type }]) => !RUN.has(Type) && !IGNORED.has(Type),
  );
  if (unknown.length > 0) {
    const list = unknown.map(([logicalId, { Type }]) => `${logicalId} (${Type})`).join(', ');
    throw new Error(
      `The embedded stack does not know how to run: ${list}. Teach it, or list the type as ignored.`,
    );
  }
  const conditional = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition !== undefined,
  );
  if (conditional.length > 0) {
    throw new Error(
      `The embedded stack does not know conditions: ${conditional.map(([id]) => id).join(', ')}.`,
    );
  }
}
