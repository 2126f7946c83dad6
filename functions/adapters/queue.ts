import { createHash } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { WorkMessage, WorkQueue } from '../core/account/work-queue.ts';
import type { SendQueue } from '../core/delivery/store.ts';
import { PATIENCE } from './patience.ts';

/** The id of the work that sends a message, which the message carries; it does not tell copies apart. */
type CorrelationId = () => string | undefined;

/** The queue to `work`; copies of a message for the same work are dropped. */
export const workQueue = (url: string, correlationId: CorrelationId): WorkQueue =>
  fifo(url, correlationId, (message) => `${workKind(message)}-${message.slotMillis}`);

/** The kind of a message's work. A person's request must not be dropped as a copy of a scheduled run. */
function workKind(message: WorkMessage): string {
  if (message.why === 'repair') return `repair-${hashOf([message.orderId])}`;
  if (message.why === 'resend') return `resend-${hashOf(message.orderIds)}`;
  if (message.why === 'erase' || message.why === 'retention') return message.why;
  return message.why === 'now' ? 'now' : 'slot';
}

/** A hash of ids, because a message's deduplication id is short and cannot hold all characters of ids. */
const hashOf = (ids: readonly string[]): string =>
  createHash('sha256').update(ids.join(' ')).digest('hex').slice(0, 32);

/** The queue to `send`; copies of a message for the same moment are dropped. */
export const sendQueue = (url: string, correlationId: CorrelationId): SendQueue =>
  fifo(url, correlationId, ({ slotMillis }) => `${slotMillis}`);

/**
 * A message as JSON. Characters that SQS refuses in a body, such as U+FFFF, are escaped: an id may hold them, and the
 * message would fail for ever.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const asBody = (message: object): string =>
  JSON.stringify(message).replaceAll(
    /[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * A FIFO queue with a group per account, which keeps the account's messages in order. That no two are worked
 * on at once is guaranteed by claims, not by the queue.
 */
function fifo<Message extends { readonly accountId: string }>(
  url: string,
  correlationId: CorrelationId,
  copyOf: (message: Message) => string,
): { send(message: Message): Promise<void> } {
  const client = new SQSClient(PATIENCE);
  return {
    async send(message) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: asBody({ ...message, correlationId: correlationId() }),
          MessageGroupId: message.accountId,
          MessageDeduplicationId: `${message.accountId}-${copyOf(message)}`,
        }),
      );
    },
  };
}
