import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import type { WorkMessage } from '../core/account/work-queue.ts';
import type { Log } from '../core/base/log.ts';
import { type EpochMillis, epochMillis, plus, SECOND } from '../core/base/time.ts';
import type { SendMessage } from '../core/delivery/store.ts';
import { type OrderId, parseOrderId } from '../core/orders/order.ts';
import { clock } from './basics.ts';
import { parse } from './input.ts';
import { invocation } from './invocation.ts';

/** Time for another step of two calls (30 s each at most), and for saving the cursor. */
const WORK_RESERVE = 65 * SECOND;
/** Time for another attempt at a webhook, which may take ten seconds. */
const SEND_RESERVE = 15 * SECOND;

const common = { accountId: z.string(), slotMillis: z.number() };
const Message = z.discriminatedUnion('why', [
  z.object({ ...common, why: z.enum(['due', 'now', 'follow-on', 'erase', 'retention']) }),
  z.object({ ...common, why: z.literal('repair'), orderId: z.string() }),
  z.object({ ...common, why: z.literal('resend'), orderIds: z.array(z.string()) }),
]);

const Sending = z.object({ accountId: z.string(), slotMillis: z.number() });

export interface Job<Message> {
  readonly message: Message;
  /** Time at which the function is ended, whatever it is doing. */
  readonly endsAtMillis: EpochMillis;
  readonly outOfTime: () => boolean;
}

interface Queue<Message> {
  readonly read: (body: string) => Message;
  /** Part of the function's time that is kept for the end of the work. */
  readonly reserveMillis: number;
}

export const WORK_QUEUE: Queue<WorkMessage> = { read: readMessage, reserveMillis: WORK_RESERVE };
export const SEND_QUEUE: Queue<SendMessage> = { read: readSending, reserveMillis: SEND_RESERVE };

/**
 * The Lambda handler of a queue. A record that throws goes back to the queue with those behind it, so that
 * the order within an account stays.
 */
export const queueHandler = <Message>(
  { read, reserveMillis }: Queue<Message>,
  work: (job: Job<Message>) => Promise<void>,
  log: Log,
) =>
  middy<SQSEvent, SQSBatchResponse>().handler(async (event: SQSEvent, context: Context) => {
    const endsAtMillis = plus(clock(), context.getRemainingTimeInMillis());
    const outOfTime = () => context.getRemainingTimeInMillis() < reserveMillis;
    const succeeds = async (body: string): Promise<boolean> => {
      try {
        await work({ message: read(body), endsAtMillis, outOfTime });
        return true;
      } catch (error) {
        log.warn('message-failed', { error });
        return false;
      }
    };
    for (const [index, { body, messageId }] of event.Records.entries()) {
      const done = await invocation(correlationIn(body) ?? messageId, () => succeeds(body));
      if (!done)
        return {
          batchItemFailures: event.Records.slice(index).map((record) => ({
            itemIdentifier: record.messageId,
          })),
        };
    }
    return { batchItemFailures: [] };
  });

/** The correlation id that the sender of a message wrote beside it; undefined for another text. */
function correlationIn(body: string): string | undefined {
  try {
    return parse(z.object({ correlationId: z.optional(z.string()) }), JSON.parse(body)).correlationId;
  } catch {
    return undefined;
  }
}

function readMessage(body: string): WorkMessage {
  const read = parse(Message, JSON.parse(body));
  const message = { accountId: read.accountId, slotMillis: epochMillis(read.slotMillis) };
  if (read.why === 'resend') return { ...message, why: read.why, orderIds: read.orderIds.map(orderIdIn) };
  if (read.why === 'repair') return { ...message, why: read.why, orderId: orderIdIn(read.orderId) };
  return { ...message, why: read.why };
}

/** The id of an order. Throws an error for another text. */
function orderIdIn(text: string): OrderId {
  const order = parseOrderId(text);
  if (order === undefined) throw new Error(`no id of an order: ${text}`);
  return order.orderId;
}

function readSending(body: string): SendMessage {
  const { accountId, slotMillis } = parse(Sending, JSON.parse(body));
  return { accountId, slotMillis: epochMillis(slotMillis) };
}
