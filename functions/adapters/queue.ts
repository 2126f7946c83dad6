import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { WorkMessage, WorkQueue } from '../core/account/work-queue.ts';
import type { SendQueue } from '../core/delivery/store.ts';

/** What an account has to have done; copies of the same work are dropped. */
export const workQueue = (url: string): WorkQueue =>
  fifo(url, (message) => `${kindOf(message)}-${message.slotMillis}`);

/** What a person asked for is work of its own. */
function kindOf({ why, orderId }: WorkMessage): string {
  if (why === 'repair') return `repair-${orderId}`;
  return why === 'now' ? 'now' : 'slot';
}

/** Whose news are to be sent on; copies of one waking are dropped. */
export const sendQueue = (url: string): SendQueue => fifo(url, ({ slotMillis }) => `${slotMillis}`);

/** One group per account keeps its messages in order; claims, not the queue, guarantee that they are alone. */
function fifo<Message extends { readonly accountId: string }>(
  url: string,
  copyOf: (message: Message) => string,
): { send(message: Message): Promise<void> } {
  const client = new SQSClient({});
  return {
    async send(message) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: JSON.stringify(message),
          MessageGroupId: message.accountId,
          MessageDeduplicationId: `${message.accountId}-${copyOf(message)}`,
        }),
      );
    },
  };
}
