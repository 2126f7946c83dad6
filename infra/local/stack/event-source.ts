import { z } from 'zod';
import { InvocationError } from './instance.ts';
import type { FunctionPool } from './lambda.ts';
import { REGION } from './resources.ts';
import type { Sqs, SqsQueue } from './sqs.ts';

export const EventSourceMapping = z.object({
  EventSourceArn: z.string().includes(':sqs:', { error: 'only queues are run' }),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.coerce.number().default(10),
  ScalingConfig: z.object({ MaximumConcurrency: z.coerce.number() }).default({ MaximumConcurrency: 10 }),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  FilterCriteria: z.undefined({ error: 'filters are not run' }).optional(),
});

type Message = ReturnType<Sqs['receive']>[number];

const LONG_POLL_SECONDS = 20;
/** Seconds after which a message is visible again whose invocation ended because the stack was closed. */
const HAND_BACK_SECONDS = 1;
/** A millisecond rather than 0: a queue that is kept in a folder breaks on 0. */
const AT_ONCE_SECONDS = 0.001;

/**
 * Called with the function's name and the bodies of the messages that the function failed on or died with.
 */
export type MessagesFailed = (failure: { functionName: string; bodies: readonly string[] }) => Promise<void>;

/** A message as a function is given it. */
export type QueueMessage = Readonly<Record<string, unknown>> & { readonly body: string };

interface Options {
  sqs: Sqs;
  mapping: z.output<typeof EventSourceMapping>;
  pool: FunctionPool;
  log: (text: string) => void;
  /** Called with each message that is handed to the function. */
  received: (message: QueueMessage) => void;
  /** If present, failed messages come back right after the call and not when their visibility runs out. */
  messagesFailed?: MessagesFailed | undefined;
}

/** Moves messages from a queue to a function, as Lambda's own poller does. */
export class QueueConsumer {
  readonly #options: Options;
  readonly #queue: SqsQueue;
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
    this.#queue = options.sqs.queue(options.mapping.EventSourceArn);
    options.pool.allowInstances(options.mapping.ScalingConfig.MaximumConcurrency);
  }

  /**
   * True when no message is waiting or being worked on. Running work is checked first: when a message became
   * visible again and a second worker has deleted it, the queue is empty while the first worker is still
   * busy.
   */
  idle(): boolean {
    if (this.#running.size > 0) return false;
    this.#queue.processTimers();
    const { ready, delayed, inflight } = this.#queue.inspectMessages();
    return ready.length + delayed.length + inflight.length === 0;
  }

  async run(): Promise<void> {
    const { mapping, sqs } = this.#options;
    while (!this.#stopped) {
      if (this.#running.size >= mapping.ScalingConfig.MaximumConcurrency) {
        await Promise.race(this.#running);
        continue;
      }
      const messages = sqs.receive(this.#queue, mapping.BatchSize);
      if (messages.length === 0) await this.#queue.waitForMessages(LONG_POLL_SECONDS);
      else this.#start(messages);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#queue.cancelWaiters();
  }

  /** Resolves when no message is being worked on. The instances have to be ended first. */
  async drained(): Promise<void> {
    await Promise.all(this.#running);
  }

  #start(messages: readonly Message[]): void {
    const work = this.#work(messages).finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  /** Deletes messages that succeeded; failed ones come back when their visibility runs out. */
  async #work(messages: readonly Message[]): Promise<void> {
    const { pool, log, received } = this.#options;
    let kept = messages;
    try {
      const Records = messages.map((message) => this.#record(message));
      for (const record of Records) received(record);
      const answer = await pool.invoke({ Records });
      const failed = this.#failed(answer, messages);
      kept = messages.filter(({ MessageId }) => failed.has(MessageId));
      for (const { MessageId, ReceiptHandle } of messages) {
        if (!failed.has(MessageId)) this.#queue.deleteMessage(ReceiptHandle);
      }
    } catch (error) {
      if (!(error instanceof InvocationError)) throw error;
      log(`${pool.definition.name} failed on a message: ${error.message}`);
      if (this.#stopped) this.#handBack(messages, HAND_BACK_SECONDS);
    }
    if (kept.length > 0) await this.#afterFailure(kept);
  }

  async #afterFailure(messages: readonly Message[]): Promise<void> {
    const { pool, messagesFailed } = this.#options;
    if (this.#stopped || messagesFailed === undefined) return;
    await messagesFailed({ functionName: pool.definition.name, bodies: messages.map(({ Body }) => Body) });
    this.#handBack(messages, AT_ONCE_SECONDS);
  }

  #handBack(messages: readonly Message[], seconds: number): void {
    for (const { ReceiptHandle } of messages) this.#queue.changeVisibility(ReceiptHandle, seconds);
  }

  /**
   * The ids of failed messages. An answer that names no message, or an unknown one, means that all have
   * failed.
   */
  #failed(answer: unknown, messages: readonly Message[]): Set<string> {
    const all = new Set(messages.map(({ MessageId }) => MessageId));
    if (this.#options.mapping.FunctionResponseTypes.length === 0) return new Set();
    const report = BatchReport.safeParse(answer);
    if (!report.success) return all;
    const failed = new Set(report.data.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    return [...failed].every((id) => all.has(id)) ? failed : all;
  }

  #record(message: Message) {
    const stored = this.#queue.inflightMessages.get(message.ReceiptHandle)?.message;
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: {
        ApproximateReceiveCount: String(stored?.approximateReceiveCount),
        ApproximateFirstReceiveTimestamp: String(stored?.approximateFirstReceiveTimestamp),
        SentTimestamp: String(stored?.sentTimestamp),
        SenderId: 'local',
        ...(this.#queue.isFifo() && {
          MessageGroupId: stored?.messageGroupId,
          MessageDeduplicationId: stored?.messageDeduplicationId,
          SequenceNumber: stored?.sequenceNumber,
        }),
      },
      messageAttributes: lowerKeys(message.MessageAttributes ?? {}),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: this.#queue.arn,
      awsRegion: REGION,
    };
  }
}

const BatchReport = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish()
  .transform((report) => ({ batchItemFailures: report?.batchItemFailures ?? [] }));

/** Renames the attributes of a message as Lambda does, to camel case. */
function lowerKeys(attributes: NonNullable<Message['MessageAttributes']>) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { dataType: DataType, stringValue: StringValue, binaryValue: BinaryValue },
    ]),
  );
}
