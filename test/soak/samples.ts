import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Stack } from '../../infra/local/stack/stack.ts';
import { LOCAL } from '../support/tables.ts';

/** Measures that must not grow while the work stays the same. */
export const MEASURES = {
  /** Megabytes that the largest process of a function holds after a collection of garbage. */
  workMegabytes: { slack: 1 },
  sendMegabytes: { slack: 1 },
  planMegabytes: { slack: 1 },
  accountsMegabytes: { slack: 1 },
  sessions: { slack: 1 },
  /** Messages that wait or are in flight. */
  workQueue: { slack: 5 },
  sendQueue: { slack: 5 },
  /** Bytes of JSON. */
  meanAccountBytes: { slack: 50 },
  largestAccountBytes: { slack: 200 },
  meanSendingBytes: { slack: 50 },
} as const;

export type Measure = keyof typeof MEASURES;
export type Sample = Readonly<Partial<Record<Measure, number>>>;

export interface Sampler {
  take(): Promise<Sample>;
  close(): void;
}

const PROCESSES = {
  workMegabytes: 'WorkLambdaFunction',
  sendMegabytes: 'SendLambdaFunction',
  planMegabytes: 'PlanLambdaFunction',
  accountsMegabytes: 'AccountsLambdaFunction',
} as const;

export function openSampler(stack: Stack, tables: DynamoDBDocumentClient): Sampler {
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, ...LOCAL });
  const depth = async (queue: string): Promise<number> => {
    const command = new GetQueueAttributesCommand({
      QueueUrl: stack.resource(queue).url,
      AttributeNames: ['All'],
    });
    const { Attributes = {} } = await sqs.send(command);
    return (
      Number(Attributes.ApproximateNumberOfMessages ?? 0) +
      Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0)
    );
  };
  const items = async (table: string): Promise<Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const TableName = stack.resource(table).name;
      const answer = await tables.send(new ScanCommand({ TableName, ExclusiveStartKey }));
      found.push(...(answer.Items ?? []));
      ExclusiveStartKey = answer.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  };
  return {
    async take() {
      const sample: Partial<Record<Measure, number>> = {};
      for (const [measure, id] of Object.entries(PROCESSES) as [keyof typeof PROCESSES, string][]) {
        const bytes = await stack.memory(id);
        if (bytes.length > 0) sample[measure] = Math.round(Math.max(...bytes) / 100_000) / 10;
      }
      const [accounts, sessions, sending] = await Promise.all([
        items('AccountsTable'),
        items('SessionsTable'),
        items('SendingTable'),
      ]);
      const bytes = (all: readonly unknown[]) => all.map((item) => JSON.stringify(item).length);
      const sizes = bytes(accounts);
      return {
        ...sample,
        sessions: sessions.length,
        workQueue: await depth('WorkQueue'),
        sendQueue: await depth('SendQueue'),
        meanAccountBytes: mean(sizes),
        largestAccountBytes: Math.max(0, ...sizes),
        meanSendingBytes: mean(bytes(sending)),
      };
    },
    close: () => sqs.destroy(),
  };
}

const mean = (all: readonly number[]): number =>
  all.length === 0 ? 0 : Math.round(all.reduce((sum, one) => sum + one, 0) / all.length);

export interface Growth {
  readonly measure: Measure;
  readonly first: number;
  readonly last: number;
  readonly grows: boolean;
}

const MOST_GROWTH = 1.1;

/**
 * Compares the median of the first third of the samples with that of the last. A measure grows if it exceeds the first
 * by a tenth, and by more than its slack: a queue that holds one message instead of none does not grow.
 */
export function growthOf(samples: readonly Sample[]): Growth[] {
  const third = Math.floor(samples.length / 3);
  return (Object.keys(MEASURES) as Measure[]).flatMap((measure) => {
    const of = (some: readonly Sample[]) =>
      some.map((sample) => sample[measure]).filter((value) => value !== undefined);
    const [first, last] = [median(of(samples.slice(0, third))), median(of(samples.slice(-third)))];
    if (first === undefined || last === undefined) return [];
    const grows = last > first * MOST_GROWTH && last - first > MEASURES[measure].slack;
    return [{ measure, first, last, grows }];
  });
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
