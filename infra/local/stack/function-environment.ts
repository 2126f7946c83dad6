import { devNull } from 'node:os';
import { accessKeyOf } from './access/guard.ts';
import { REGION } from './resources.ts';

/** URLs of the embedded services. */
export interface Endpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly secretsManager: string;
  readonly eventBridge: string;
}

interface Options {
  readonly name: string;
  readonly handler: string;
  readonly memoryMegabytes: number;
  readonly runtime: string;
  readonly root: string;
  readonly endpoints: Endpoints;
}

/**
 * The environment that Lambda gives to a function, and the settings that point the AWS SDK at the embedded
 * services.
 */
export function lambdaEnvironment(options: Options): Record<string, string> {
  const { SystemRoot } = process.env;
  return {
    ...(SystemRoot !== undefined && { SystemRoot }),
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: accessKeyOf(options.name),
    AWS_SECRET_ACCESS_KEY: 'local-not-a-real-secret',
    AWS_EXECUTION_ENV: `AWS_Lambda_${options.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: options.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${options.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: options.root,
    _HANDLER: options.handler,
    // Ignores the AWS configuration of the person at this machine.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_ENDPOINT_URL_DYNAMODB: options.endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: options.endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: options.endpoints.secretsManager,
    AWS_ENDPOINT_URL_EVENTBRIDGE: options.endpoints.eventBridge,
  };
}
