// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes placeholders like this
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually, isRunning, lambda, packaged, started, temporaryFolder } from './project.ts';

const SCHEDULE = {
  Every: {
    Type: 'AWS::Events::Rule',
    Properties: {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [{ Id: 'plan', Arn: { 'Fn::GetAtt': ['Plan', 'Arn'] } }],
    },
  },
};

test('a function gets its environment from the template, the stack and the caller, and nothing else', async () => {
  process.env.NOT_FOR_FUNCTIONS = 'x';
  const Environment = {
    Variables: {
      TABLE: { Ref: 'Table' },
      QUEUE: { Ref: 'Queue' },
      BUS: { 'Fn::Sub': '${Bus}/${AWS::Region}/${Queue.Arn}' },
      CHANGED: 'template',
    },
  };
  const root = await packaged(
    {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } },
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } },
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        },
      },
      Env: lambda('env', { Environment, MemorySize: 512, FunctionName: 'shop-env' }),
    },
    {
      env: 'exports.handler = async (event, context) => ({ env: process.env, context, left: context.getRemainingTimeInMillis() });',
    },
  );
  const stack = await started(root, { environment: { CHANGED: 'caller' } });
  const { env, context, left } = (await stack.invoke('shop-env', {})) as Record<
    string,
    Record<string, string>
  >;
  expect(env).toMatchObject({
    TABLE: 'local-Table',
    QUEUE: `${stack.endpoints.sqs}/000000000000/q`,
    BUS: 'bus/eu-central-1/arn:aws:sqs:eu-central-1:000000000000:q',
    CHANGED: 'caller',
    AWS_REGION: 'eu-central-1',
    AWS_LAMBDA_FUNCTION_NAME: 'shop-env',
    AWS_ENDPOINT_URL_DYNAMODB: stack.endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: stack.endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: stack.endpoints.secretsManager,
    AWS_ENDPOINT_URL_EVENTBRIDGE: stack.endpoints.eventBridge,
    TZ: 'UTC',
  });
  expect(env).not.toHaveProperty('NOT_FOR_FUNCTIONS');
  expect(env).not.toHaveProperty('HOME');
  expect(context).toMatchObject({
    functionName: 'shop-env',
    memoryLimitInMB: '512',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:shop-env',
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(Number(left)).toBeGreaterThan(4_000);
  expect(Number(left)).toBeLessThanOrEqual(5_000);
});

test('an instance stays warm, more are started for what happens at the same time', async () => {
  const source =
    'let calls = 0; exports.handler = async (ms) => { await new Promise((r) => setTimeout(r, ms)); return [process.pid, ++calls]; };';
  const stack = await started(await packaged({ Count: lambda('count') }, { count: source }));
  const [pid, calls] = (await stack.invoke('Count', 0)) as number[];
  expect(await stack.invoke('Count', 0)).toEqual([pid, (calls ?? 0) + 1]);
  const together = (await Promise.all(
    Array.from({ length: 6 }, () => stack.invoke('Count', 200)),
  )) as number[][];
  expect(new Set(together.map(([id]) => id)).size).toBe(4);
  expect(stack.instances('Count').map(({ busy }) => busy)).toEqual([false, false, false, false]);
});

test('an instance tells what it holds after a collection of garbage, before and beside its invocations', async () => {
  const source = `const kept = [];
    exports.handler = async (megabytes) => {
      Array.from({ length: megabytes }, () => Buffer.alloc(1e6, 1));
      if (megabytes > 10) kept.push(Buffer.alloc(megabytes * 1e6, 1));
      await new Promise((r) => setTimeout(r, 50));
    };`;
  const stack = await started(await packaged({ Hold: lambda('hold') }, { hold: source }));
  expect(await stack.memory('Hold')).toEqual([]);
  await stack.invoke('Hold', 5);
  const held = async (): Promise<number> => {
    const [own, ...others] = await stack.memory('Hold');
    expect(others).toEqual([]);
    expect(own?.pid).toBe(stack.instances('Hold')[0]?.pid);
    return own?.bytes ?? Number.NaN;
  };
  const little = await held();
  const [, beside] = await Promise.all([stack.invoke('Hold', 5), stack.memory('Hold')]);
  expect(beside).toHaveLength(1);
  await stack.invoke('Hold', 50);
  const much = await held();
  expect(much - little).toBeGreaterThan(4.9e7);
  expect(much - little).toBeLessThan(5.5e7);
  stack.kill('Hold');
  expect(await stack.memory('Hold')).toEqual([]);
});

test('an instance that dies fails one invocation, the next runs in a new one', async () => {
  const source = "exports.handler = async (what) => what === 'die' ? process.exit(3) : process.pid;";
  const stack = await started(await packaged({ Mortal: lambda('mortal') }, { mortal: source }));
  const pid = await stack.invoke('Mortal', 'live');
  await expect(stack.invoke('Mortal', 'die')).rejects.toMatchObject({
    errorType: 'Runtime.ExitError',
    message: 'Runtime exited with error: status 3',
  });
  expect(await stack.invoke('Mortal', 'live')).not.toBe(pid);
  expect(stack.kill('Mortal')).toBe(0);
  expect(stack.instances('Mortal')).toEqual([]);
  expect(await stack.invoke('Mortal', 'live')).toEqual(expect.any(Number));
});

test('a schedule wakes its function when fired, with an event of the real kind', async () => {
  const source =
    'let last = null; exports.handler = async (event) => { const before = last; last = event; return before; };';
  const stack = await started(await packaged({ Plan: lambda('plan'), ...SCHEDULE }, { plan: source }));
  await stack.fireSchedules();
  expect(await stack.invoke('Plan', {})).toEqual({
    version: '0',
    id: expect.any(String),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    region: 'eu-central-1',
    resources: ['arn:aws:events:eu-central-1:000000000000:rule/local-Every'],
    detail: {},
  });
  await stack.fireSchedules('Plan');
  await expect(stack.fireSchedules('Other')).rejects.toThrow('no function Other');
});

test('what functions print is kept in the data folder, to the last line before a kill', async () => {
  const source =
    "exports.handler = async () => { console.log('a'); console.error('b'); process.kill(process.pid, 'SIGKILL'); };";
  const dataDir = join(await temporaryFolder(), 'data');
  const stack = await started(await packaged({ Loud: lambda('loud') }, { loud: source }), { dataDir });
  await expect(stack.invoke('Loud', {})).rejects.toThrow('SIGKILL');
  await stack.close();
  const text = await readFile(join(dataDir, 'logs', 'local-Loud.log'), 'utf8');
  expect(text.split('\n').toSorted()).toEqual(['', 'a', 'b']);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
});

test('closing ends busy and idle processes and all servers', async () => {
  const source = 'exports.handler = (ms) => new Promise((resolve) => setTimeout(resolve, ms));';
  const stack = await started(
    await packaged({ Slow: lambda('slow'), Plan: lambda('slow'), ...SCHEDULE }, { slow: source }),
    {
      schedules: 'timed',
    },
  );
  await stack.invoke('Plan', 0);
  const broken = expect(stack.invoke('Slow', 4_000)).rejects.toThrow('Runtime exited');
  await eventually(() => stack.instances('Slow')[0]?.pid);
  const pids = [...stack.instances('Slow'), ...stack.instances('Plan')].map(({ pid }) => pid ?? 0);
  expect(pids).toHaveLength(2);
  const begun = performance.now();
  await stack.close();
  expect(performance.now() - begun).toBeLessThan(2_000);
  await broken;
  expect(pids.filter(isRunning)).toEqual([]);
  for (const url of [stack.apiUrl, ...Object.values(stack.endpoints)])
    await expect(fetch(url)).rejects.toThrow();
});
