import { setTimeout } from 'node:timers/promises';
import { DescribeTimeToLiveCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import type { Scene } from '../scenarios/scene.ts';
import { type Deployment, takeAll } from './deployment.ts';
import { lacking } from './lacks.ts';
import type { Stage } from './stage.ts';

interface Parts {
  readonly stage: Stage;
  readonly deployment: Deployment;
  readonly scene: Scene;
}

/** Tables whose old items go by themselves. */
const EXPIRING = ['RegistryTable', 'SessionsTable', 'LoginsTable', 'JournalTable', 'AuditTable'];

/** Settings that the template asks for and a call shows. Puts right what the emulator leaves out, and says so. */
export function templateScenario(parts: () => Parts): void {
  it('has its queues, alarms and tables as the template asks for them', async () => {
    const { stage, deployment, scene } = parts();
    for (const queue of ['WorkQueue', 'SendQueue']) {
      const { Attributes } = await deployment.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: deployment.physical(queue), AttributeNames: ['All'] }),
      );
      const wanted = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };
      expect(Attributes).toMatchObject(wanted);
      const redrive = JSON.parse(String(Attributes?.RedrivePolicy)) as { maxReceiveCount: unknown };
      expect(Number(redrive.maxReceiveCount)).toBe(4);
    }
    const alarms = JSON.parse(await stage.aws('cloudwatch', 'describe-alarms')) as {
      MetricAlarms: unknown[];
    };
    const declared = deployment.resources.filter(
      ({ ResourceType }) => ResourceType === 'AWS::CloudWatch::Alarm',
    );
    expect(alarms.MetricAlarms).toHaveLength(declared.length);
    expect(declared.length).toBeGreaterThan(10);
    lacking('alarms exist, and are not rung by metrics of functions and queues');
    lacking('the permissions of roles are not enforced (the embedded stack enforces them)');
    const dynamo = new DynamoDBClient(stage.emulator.aws);
    for (const table of EXPIRING) {
      const TableName = scene.table(table);
      const { TimeToLiveDescription: ttl } = await dynamo.send(new DescribeTimeToLiveCommand({ TableName }));
      if (ttl?.TimeToLiveStatus === 'ENABLED') continue;
      lacking('TimeToLiveSpecification of a table in CloudFormation: switched on with UpdateTimeToLive');
      const TimeToLiveSpecification = { AttributeName: 'expiresAtSeconds', Enabled: true };
      await dynamo.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    }
    dynamo.destroy();
  });
}

const MINUTES = 60_000;

/** Effects that come by themselves, in real time. */
export function timeScenario(parts: () => Parts): void {
  it('runs accounts by its own schedule, and removes an expired session and no living one', async () => {
    const { deployment, scene } = parts();
    const TableName = scene.table('SessionsTable');
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const session = (accountId: string, expiresAtSeconds: number) =>
      scene.tables.send(new PutCommand({ TableName, Item: { accountId, expiresAtSeconds } }));
    const has = async (accountId: string) =>
      (await scene.tables.send(new GetCommand({ TableName, Key: { accountId } }))).Item !== undefined;
    await session('expired', nowSeconds - 60);
    await session('living', nowSeconds + 3_600);

    const lastRun = async (): Promise<string> => {
      const { body } = await scene.api('GET', '/accounts');
      const [account] = body.accounts as { lastRun: { finishedAt: string } }[];
      return String(account?.lastRun.finishedAt);
    };
    const before = await lastRun();
    await deployment.schedules('on');
    try {
      await Promise.all([
        until(async () => (await lastRun()) !== before, { what: 'a run by the schedule', minutes: 2 }),
        until(async () => !(await has('expired')), { what: 'the end of an expired item', minutes: 3 }),
      ]);
    } finally {
      await deployment.schedules('off');
    }
    expect(await has('living')).toBe(true);
  });
}

async function until(
  is: () => Promise<boolean>,
  { what, minutes }: { what: string; minutes: number },
): Promise<void> {
  const end = Date.now() + minutes * MINUTES;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`${what} does not come`);
    await setTimeout(1_000);
  }
}

/** People are told through the topic, in both languages. */
export function noticeScenario(parts: () => Parts & { integrationKeyId: string }): void {
  it('reach a subscriber of the topic when a password is refused', async () => {
    const { stage, deployment, scene, integrationKeyId } = parts();
    const { QueueUrl = '' } = await deployment.sqs.send(
      new CreateQueueCommand({ QueueName: `${stage.stack}-people` }),
    );
    const url = QueueUrl.replace(/^https?:\/\/[^/]+/, stage.emulator.url);
    const arn = `arn:aws:sqs:eu-central-1:000000000000:${stage.stack}-people`;
    const topic = deployment.physical('NoticesTopic');
    await stage.aws(
      'sns',
      'subscribe',
      '--topic-arn',
      topic,
      '--protocol',
      'sqs',
      '--notification-endpoint',
      arn,
    );
    const { login } = await scene.seller();
    const applicationPassword = 'tezniewlasciwe12';
    scene.secrets.add(applicationPassword);
    const body = { marketplace: 'allegro', login, integrationKeyId, applicationPassword };
    expect((await scene.api('POST', '/accounts', body)).body).toMatchObject({ verdict: 'refused' });
    await scene.settle();
    await scene.settle();
    const told = (await takeAll(deployment.sqs, url)).map(
      (text) => (JSON.parse(text) as { Message: string }).Message,
    );
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/hasło.*\|.*password/is);
  });
}
