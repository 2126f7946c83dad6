import { setTimeout } from 'node:timers/promises';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { BusEvent } from '../scenarios/scene.ts';
import type { Emulator } from './emulator.ts';

const Resources = z.object({
  StackResources: z.array(
    z.object({ LogicalResourceId: z.string(), ResourceType: z.string(), PhysicalResourceId: z.string() }),
  ),
});
type Resource = z.output<typeof Resources>['StackResources'][number];

const Configuration = z.object({
  State: z.string().optional(),
  LastUpdateStatus: z.string().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
});

/** The deployed stack, seen from outside. */
export interface Deployment {
  /** Physical name of a resource; the URL of a queue. Throws for an unknown logical id. */
  physical(logicalId: string): string;
  readonly resources: readonly Resource[];
  /** Variables of a function. */
  environmentOf(logicalId: string): Promise<Readonly<Record<string, string>>>;
  /** Adds variables to some functions, or to all, and returns a way to take them back. */
  setEnvironment(
    variables: Readonly<Record<string, string>>,
    functions?: readonly string[],
  ): Promise<() => Promise<void>>;
  /** Switches the schedules on or off. */
  schedules(state: 'on' | 'off'): Promise<void>;
  /** Runs what the schedules run, and waits until the queues are empty. */
  settle(): Promise<void>;
  /** Has events of this pattern delivered to a queue of the listener's own. */
  listen(pattern: object): Promise<() => Promise<readonly BusEvent[]>>;
  /** Number of messages in a queue, waiting or in flight. */
  messagesIn(queue: string): Promise<number>;
  readonly sqs: SQSClient;
  close(): void;
}

const SCHEDULED = ['PlanLambdaFunction', 'NotifyLambdaFunction'];
const IDLE_WITHIN_MILLIS = 60_000;

export async function openDeployment(emulator: Emulator, stack: string, listed: string): Promise<Deployment> {
  const { StackResources: resources } = Resources.parse(JSON.parse(listed));
  const sqs = new SQSClient(emulator.aws);
  const events = new EventBridgeClient(emulator.aws);
  const physical = (logicalId: string): string => {
    const found = resources.find(({ LogicalResourceId }) => LogicalResourceId === logicalId);
    if (found === undefined) throw new Error(`the stack has no ${logicalId}`);
    return found.ResourceType === 'AWS::SQS::Queue'
      ? found.PhysicalResourceId.replace(/^https?:\/\/[^/]+/, emulator.url)
      : found.PhysicalResourceId;
  };
  const ofType = (type: string) => resources.filter(({ ResourceType }) => ResourceType === type);
  const messagesIn: Deployment['messagesIn'] = async (queue: string): Promise<number> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: physical(queue), AttributeNames: ['All'] }),
    );
    const counts = [
      Attributes.ApproximateNumberOfMessages,
      Attributes.ApproximateNumberOfMessagesNotVisible,
      Attributes.ApproximateNumberOfMessagesDelayed,
    ];
    return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
  };
  const configuration = async (name: string) =>
    Configuration.parse(await emulator.lambda('GET', `/functions/${name}/configuration`));
  const writeEnvironment = async (name: string, Variables: Record<string, string>) => {
    await emulator.lambda('PUT', `/functions/${name}/configuration`, { Environment: { Variables } });
    while ((await configuration(name)).LastUpdateStatus === 'InProgress') await setTimeout(100);
  };
  return {
    physical,
    resources,
    sqs,
    messagesIn,
    environmentOf: async (logicalId) => (await configuration(physical(logicalId))).Environment.Variables,
    async setEnvironment(variables, functions) {
      const names = (
        functions ?? ofType('AWS::Lambda::Function').map(({ LogicalResourceId }) => LogicalResourceId)
      ).map(physical);
      const before = new Map<string, Record<string, string>>();
      for (const name of names) {
        const { Variables } = (await configuration(name)).Environment;
        before.set(name, Variables);
        await writeEnvironment(name, { ...Variables, ...variables });
      }
      return async () => {
        for (const [name, Variables] of before) await writeEnvironment(name, Variables);
      };
    },
    async schedules(state) {
      for (const { LogicalResourceId, PhysicalResourceId: Name } of ofType('AWS::Events::Rule'))
        if (/Schedule/.test(LogicalResourceId))
          await events.send(
            state === 'on' ? new EnableRuleCommand({ Name }) : new DisableRuleCommand({ Name }),
          );
    },
    async settle() {
      for (const name of SCHEDULED) await emulator.invoke(physical(name));
      const until = Date.now() + IDLE_WITHIN_MILLIS;
      // `work` writes to the queue of `send` before its own message is deleted, so one look in this order is enough.
      while ((await messagesIn('WorkQueue')) + (await messagesIn('SendQueue')) > 0) {
        if (Date.now() > until) throw new Error('the queues do not run empty');
        await setTimeout(50);
      }
    },
    async listen(pattern) {
      const bus = physical('EventBus');
      const name = `${stack}-listener-${Date.now()}`;
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
      const url = QueueUrl.replace(/^https?:\/\/[^/]+/, emulator.url);
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
      );
      await events.send(
        new PutRuleCommand({ Name: name, EventBusName: bus, EventPattern: JSON.stringify(pattern) }),
      );
      await events.send(
        new PutTargetsCommand({
          Rule: name,
          EventBusName: bus,
          Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }],
        }),
      );
      const heard: BusEvent[] = [];
      return async () => {
        heard.push(...(await takeAll(sqs, url)).map((text) => asEvent(text)));
        return heard;
      };
    },
    close() {
      sqs.destroy();
      events.destroy();
    },
  };
}

const asEvent = (text: string): BusEvent => {
  const event = JSON.parse(text) as { 'detail-type': string; detail: Record<string, unknown> };
  return { type: event['detail-type'], detail: event.detail };
};

/** Takes all messages that a queue shows now; returns their bodies. */
export async function takeAll(sqs: SQSClient, QueueUrl: string): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) return all;
    for (const { Body = '', ReceiptHandle } of Messages) {
      all.push(Body);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}
