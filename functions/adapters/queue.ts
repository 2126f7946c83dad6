import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { WorkMessage, WorkQueue } from '../core/ports/messages.ts';
import type { SendQueue } from '../core/ports/sending.ts';

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
          MessageDeduplicationId: `${message.accountId}-${kindOf(message)}-${message.slotMillis}`,
        }),
      );
    },
  };
}

/** One sender at a time per account; copies of one waking are dropped. */
export function sendQueue(url: string): SendQueue {
  const client = new SQSClient({});
  return {
    async send(message) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: JSON.stringify(message),
          MessageGroupId: message.accountId,
          MessageDeduplicationId: `${message.accountId}-${message.slotMillis}`,
        }),
      );
    },
  };
}

/** Copies of the same work are dropped; what a person asked for is work of its own. */
function kindOf({ why, orderId }: WorkMessage): string {
  if (why === 'repair') return `repair-${orderId}`;
  return why === 'now' ? 'now' : 'slot';
}
