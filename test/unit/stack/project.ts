import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Stack, type StackOptions, startStack } from '../../../infra/local/stack/stack.ts';

export const CLIENT = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
};

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'klamka-stack-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A packaged service: a template with these resources, and handlers (`name` → source) as unpacked zips. */
export async function packaged(resources: object, handlers: Record<string, string> = {}): Promise<string> {
  const root = await temporaryFolder();
  await mkdir(join(root, '.serverless'));
  const template = JSON.stringify({ Resources: resources });
  await writeFile(join(root, '.serverless', 'cloudformation-template-update-stack.json'), template);
  for (const [name, source] of Object.entries(handlers)) {
    await mkdir(join(root, '.build', name), { recursive: true });
    await writeFile(join(root, '.build', name, 'index.js'), source);
  }
  return root;
}

/** A running stack that is closed after the test. */
export async function started(root: string, options: Partial<StackOptions> = {}): Promise<Stack> {
  const stack = await startStack({ root, schedules: 'manual', ...options });
  onTestFinished(() => stack.close());
  return stack;
}

export const lambda = (name: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Handler: 'index.handler',
    Code: { S3Key: `klamka/${name}.zip` },
    Runtime: 'nodejs24.x',
    Timeout: 5,
    ...properties,
  },
});

/** A route `GET /path` to a function, with its integration. */
export function route(key: string, functionId: string, integration: object = {}) {
  const id = key.replace(/\W/g, '');
  return {
    [`Integration${id}`]: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': [functionId, 'Arn'] },
        PayloadFormatVersion: '2.0',
        ...integration,
      },
    },
    [`Route${id}`]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        RouteKey: key,
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: `Integration${id}` }]] },
        AuthorizationType: 'AWS_IAM',
      },
    },
  };
}

/** A FIFO queue with a dead-letter queue, and the function `Work` that it wakes. */
export const workQueue = (
  options: { visibilitySeconds?: number; concurrency?: number; batchSize?: number } = {},
) => ({
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      FifoQueue: true,
      VisibilityTimeout: options.visibilitySeconds ?? 30,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
    },
  },
  Dead: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
  Work: lambda('work'),
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      BatchSize: options.batchSize ?? 1,
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      FunctionName: { 'Fn::GetAtt': ['Work', 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: options.concurrency ?? 4 },
    },
  },
});

/** Waits until the check returns a truthy value. */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  millis = 30_000,
): Promise<Result> {
  for (const deadline = Date.now() + millis; ; ) {
    const result = await check();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`Nothing came of: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The lines of a file that handlers append to; none while it does not exist. */
export async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
