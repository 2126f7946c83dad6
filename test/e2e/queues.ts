import { setTimeout } from 'node:timers/promises';
import {
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { type Deployment, takeAll } from './deployment.ts';
import { lacking } from './lacks.ts';

const WITHIN_MILLIS = 120_000;

/** Promises of a queue to a function that cannot start: order per account, and a dead-letter queue in that order. */
export function queueScenario(parts: () => { deployment: Deployment }): void {
  it('keeps the order of an account to the dead-letter queue, and is given its messages back', async () => {
    const { deployment } = parts();
    const { sqs, physical, messagesIn } = deployment;
    const QueueUrl = physical('WorkQueue');
    const visible = (seconds: number) =>
      sqs.send(
        new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }),
      );
    await visible(1);
    const mend = await deployment.setEnvironment({ NODE_OPTIONS: '--require=/no/such/file.js' }, [
      'WorkLambdaFunction',
    ]);
    const bodies = [1, 2, 3].map((slotMillis) =>
      JSON.stringify({ accountId: 'no-such-account', slotMillis, why: 'now' }),
    );
    const give = async (body: string, turn: number) =>
      await sqs.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: body,
          MessageGroupId: 'no-such-account',
          MessageDeduplicationId: `${turn}-${Buffer.from(body).toString('hex').slice(-40)}`,
        }),
      );
    for (const body of bodies) await give(body, 1);
    const until = Date.now() + WITHIN_MILLIS;
    while ((await messagesIn('WorkDeadLetterQueue')) < 3) {
      if (Date.now() > until) throw new Error('the messages do not reach the dead-letter queue');
      await setTimeout(500);
    }
    await mend();
    await visible(130);

    // The redrive of infra/RUNBOOK.md.
    const dead = physical('WorkDeadLetterQueue');
    // Looked at without hiding them from the redrive.
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: dead, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    expect(Messages.map(({ Body }) => Body)).toEqual(bodies);
    const SourceArn = `arn:aws:sqs:eu-central-1:000000000000:${dead.split('/').at(-1)}`;
    const moved = await sqs.send(new StartMessageMoveTaskCommand({ SourceArn })).then(
      () => true,
      (error: unknown) => {
        if (
          error instanceof Error &&
          /Unsupported|InvalidAction|Unknown/i.test(`${error.name} ${error.message}`)
        )
          return false;
        throw error;
      },
    );
    if (!moved) {
      lacking('StartMessageMoveTask: dead letters are taken and given back by hand');
      for (const letter of await takeAll(sqs, dead)) await give(letter, 2);
    }
    await deployment.settle();
    expect(await messagesIn('WorkDeadLetterQueue')).toBe(0);
  });
}
