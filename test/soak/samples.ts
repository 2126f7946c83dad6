import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { LOOK, SENDER } from '../../functions/adapters/sending-items.ts';
import { request } from '../../infra/local/http-client.ts';
import type { World } from '../../infra/local/world.ts';
import { LOCAL } from '../support/tables.ts';
import { FUNCTIONS, type Sample } from './growth.ts';
import type { LifeCounts } from './life.ts';

export interface Sampler {
  take(counts: Readonly<LifeCounts>): Promise<Sample>;
  close(): void;
}

/** Time after which a due mark is late: `plan` looks for due marks every minute. */
const LATE_MILLIS = 2 * 60_000;

type Item = Readonly<Record<string, unknown>>;

export function openSampler({ stack, simulator }: World, tables: DynamoDBDocumentClient): Sampler {
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, ...LOCAL });
  const started = performance.now();
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
  const items = async (table: string): Promise<Item[]> => {
    const found: Item[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const TableName = stack.resource(table).name;
      const answer = await tables.send(new ScanCommand({ TableName, ExclusiveStartKey }));
      found.push(...(answer.Items ?? []));
      ExclusiveStartKey = answer.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  };
  const megabytesOf = async (id: string): Promise<Record<string, number>> => {
    const held = await stack.memory(id);
    return Object.fromEntries(held.map(({ pid, bytes }) => [String(pid), Math.round(bytes / 10_000) / 100]));
  };
  const logins = async (): Promise<number> => {
    const stats = await request<{ logins: Record<string, { attempts: number }> }>(simulator.url, {
      path: '/_sim/stats',
    });
    return Object.values(stats.logins).reduce((sum, { attempts }) => sum + attempts, 0);
  };
  return {
    async take({ orders }) {
      const megabytes: Record<string, Record<string, number>> = {};
      for (const [name, id] of Object.entries(FUNCTIONS)) megabytes[name] = await megabytesOf(id);
      const accounts = (await items('AccountsTable')).map(bytesOf);
      const sending = await items('SendingTable');
      const marks = sending.filter(({ entryKey }) => entryKey === LOOK);
      const late = marks.filter(({ dueAtMillis }) => Number(dueAtMillis) + LATE_MILLIS < Date.now());
      const senders = sending.filter(({ entryKey }) => entryKey === SENDER).map(bytesOf);
      const [registry, journal, entries] = [
        byEnd(await items('RegistryTable')),
        byEnd(await items('JournalTable')),
        byEnd(await items('LoginsTable')),
      ];
      return {
        megabytes,
        levels: {
          sessions: (await items('SessionsTable')).length,
          workQueue: await depth('WorkQueue'),
          sendQueue: await depth('SendQueue'),
          ...(accounts.length > 0 && {
            meanAccountBytes: mean(accounts),
            largestAccountBytes: Math.max(...accounts),
          }),
          ...(senders.length > 0 && { meanSenderBytes: mean(senders) }),
          lastingRegistryItems: registry.lasting,
          lastingJournalItems: journal.lasting,
          lastingLoginItems: entries.lasting,
          sendingItems: sending.length - marks.length,
          lateSendingMarks: late.length,
        },
        totals: {
          minutes: (performance.now() - started) / 60_000,
          orders,
          logins: await logins(),
          passingRegistryItems: registry.passing,
          passingJournalItems: journal.passing,
          passingLoginItems: entries.passing,
        },
      };
    },
    close: () => sqs.destroy(),
  };
}

const bytesOf = (item: Item): number => JSON.stringify(item).length;

const mean = (all: readonly number[]): number =>
  Math.round(all.reduce((sum, one) => sum + one, 0) / all.length);

/** Numbers of items that stay, and of those that the table will remove. */
function byEnd(all: readonly Item[]): { lasting: number; passing: number } {
  const passing = all.filter(({ expiresAtSeconds }) => expiresAtSeconds !== undefined).length;
  return { lasting: all.length - passing, passing };
}
