import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import type { OrderId } from '../core/order.ts';
import type { Log } from '../core/ports/log.ts';
import type { WorkMessage } from '../core/ports/messages.ts';
import { epochMillis, SECOND } from '../core/time.ts';

/** Enough to land what has been read and to save the cursor. */
const RESERVE = 40 * SECOND;

const Message = z.object({
  accountId: z.string(),
  slotMillis: z.number(),
  why: z.enum(['due', 'now', 'follow-on', 'repair']),
  orderId: z.optional(z.string()),
});

export interface Job {
  readonly message: WorkMessage;
  readonly outOfTime: () => boolean;
}

/**
 * The Lambda handler of the work queue. A record that throws goes back to the queue, and with it those
 * behind it, so that the order within an account holds.
 */
export const queueHandler = (work: (job: Job) => Promise<void>, log: Log) =>
  middy<SQSEvent, SQSBatchResponse>().handler(async (event: SQSEvent, context: Context) => {
    const outOfTime = () => context.getRemainingTimeInMillis() < RESERVE;
    for (const [index, { body }] of event.Records.entries()) {
      try {
        await work({ message: readMessage(body), outOfTime });
      } catch (error) {
        log.warn('message-failed', { error });
        return {
          batchItemFailures: event.Records.slice(index).map(({ messageId }) => ({
            itemIdentifier: messageId,
          })),
        };
      }
    }
    return { batchItemFailures: [] };
  });

function readMessage(body: string): WorkMessage {
  const { slotMillis, orderId, ...message } = Message.parse(JSON.parse(body));
  return { ...message, slotMillis: epochMillis(slotMillis), orderId: orderId as OrderId | undefined };
}
