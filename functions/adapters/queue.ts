import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { WorkQueue } from '../core/ports.ts';

/** One group per account keeps its messages in order; the claim, not the queue, guarantees that they are alone. */
export function workQueue(url: string): WorkQueue {
  const client = new SQSClient({});
  return {
    async send(message) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: JSON.stringify(message),
          MessageGroupId: message.accountId,
          MessageDeduplicationId: `${message.accountId}-${message.why === 'now' ? 'now' : 'slot'}-${message.slotMillis}`,
        }),
      );
    },
  };
}
