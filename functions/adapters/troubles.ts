import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Shared, SharedNews, Trouble, TroubleNews, TroubleStore } from '../core/ports.ts';
import type { SharedTrouble } from '../core/session/state.ts';
import type { EpochMillis } from '../core/time.ts';
import { ifCondition } from './dynamo.ts';
import type { RegistryTable } from './registry.ts';

interface TroubleItem extends Shared {
  readonly trouble?: SharedTrouble;
  readonly endedAtMillis?: EpochMillis;
  /** Trouble that people were told of, and that is over. */
  readonly untoldEnd?: SharedTrouble;
}

interface Change {
  readonly expression: string;
  readonly when?: string;
  readonly values?: Record<string, unknown>;
}

/** Keys exist before they get into trouble; addresses and marketplaces get an item with their first. */
const keyOf = ({ kind, name }: Shared) => ({ kind, name });

async function update({ dynamo, table }: RegistryTable, shared: Shared, change: Change): Promise<boolean> {
  const command = new UpdateCommand({
    TableName: table,
    Key: keyOf(shared),
    UpdateExpression: change.expression,
    ...(change.when !== undefined && { ConditionExpression: change.when }),
    ...(change.values !== undefined && { ExpressionAttributeValues: change.values }),
  });
  return (await ifCondition(dynamo.send(command))) !== undefined;
}

/** Trouble on the item of the key, the address or the marketplace that it belongs to. */
export function troubleStore(use: RegistryTable): TroubleStore {
  return {
    async read(shared) {
      const { dynamo, table } = use;
      const { Item } = await dynamo.send(
        new GetCommand({ TableName: table, Key: keyOf(shared), ConsistentRead: true }),
      );
      const { trouble, endedAtMillis } = (Item ?? {}) as TroubleItem;
      return {
        ...(trouble !== undefined && { trouble }),
        ...(endedAtMillis !== undefined && { endedAtMillis }),
      };
    },

    async record(shared, trouble) {
      await update(use, shared, {
        expression: 'SET trouble = if_not_exists(trouble, :trouble)',
        values: { ':trouble': trouble },
      });
    },

    takeProbe: (shared, { expectedMillis, nextMillis }) =>
      update(use, shared, {
        expression: 'SET trouble.probeAtMillis = :next',
        when: 'trouble.probeAtMillis = :expected',
        values: { ':next': nextMillis, ':expected': expectedMillis },
      }),

    async end(shared, endedAtMillis) {
      const ended = { ':ended': endedAtMillis };
      const told = await update(use, shared, {
        expression: 'SET endedAtMillis = :ended, untoldEnd = trouble REMOVE trouble',
        when: 'attribute_exists(trouble.toldAtMillis)',
        values: ended,
      });
      if (told) return;
      await update(use, shared, {
        expression: 'SET endedAtMillis = :ended REMOVE trouble',
        when: 'attribute_exists(trouble)',
        values: ended,
      });
    },
  };
}

/** What people are to be told about keys and addresses. */
export function troubleNews(use: RegistryTable): TroubleNews {
  return {
    async list() {
      const kinds = ['webapi-key', 'egress'] as const;
      const items = (await Promise.all(kinds.map((kind) => itemsOf(use, kind)))).flat();
      return items.flatMap(newsOf);
    },

    async told({ kind, name, trouble, over }, toldAtMillis) {
      const change = over
        ? { expression: 'REMOVE untoldEnd', when: 'untoldEnd.sinceMillis = :since', values: {} }
        : {
            expression: 'SET trouble.toldAtMillis = :told',
            when: 'trouble.sinceMillis = :since',
            values: { ':told': toldAtMillis },
          };
      await update(
        use,
        { kind, name },
        { ...change, values: { ...change.values, ':since': trouble.sinceMillis } },
      );
    },
  };
}

function newsOf({ kind, name, trouble, untoldEnd }: TroubleItem): SharedNews[] {
  const begun: Trouble[] =
    trouble !== undefined && trouble.toldAtMillis === undefined ? [{ kind, name, trouble }] : [];
  return [
    ...begun.map((one) => ({ ...one, over: false })),
    ...(untoldEnd === undefined ? [] : [{ kind, name, trouble: untoldEnd, over: true }]),
  ];
}

async function itemsOf({ dynamo, table }: RegistryTable, kind: Shared['kind']): Promise<TroubleItem[]> {
  const items: TroubleItem[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const answer = await dynamo.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': kind },
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    items.push(...((answer.Items ?? []) as TroubleItem[]));
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}
