import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  ScanCommand,
  type ScanCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Account, AccountChanges } from '../core/account/account.ts';
import type { AccountAdmin, AccountStore } from '../core/account/store.ts';
import type { AccountTable } from './account-table.ts';
import { ifCondition } from './dynamo.ts';
import { readItem } from './read.ts';
import { shardOf } from './shards.ts';

/** Conditions on the account item, by their meaning. */
const condition = {
  exists: 'attribute_exists(accountId)',
  isNew: 'attribute_not_exists(accountId)',
  nobodyWrote: 'revision = :revision',
  claimIsFree: '(attribute_not_exists(claimToken) OR claimUntilMillis < :now OR claimUntilMillis > :latest)',
  claimIsMine: 'claimToken = :claimToken',
  slotIsNews:
    '(attribute_not_exists(lastSlotMillis) OR lastSlotMillis < :slot OR lastSlotMillis > :now OR phase = :removing)',
} as const;

const all = (...conditions: readonly string[]): string => conditions.join(' AND ');

/** The store of account items for `work`, `plan` and HTTP. */
export function accountStore(accountTable: AccountTable): AccountStore & AccountAdmin {
  const { dynamo, table } = accountTable;
  const read = (accountId: string) => readAccount(accountTable, accountId);
  return {
    read,

    async amend(accountId, { revision, writer, changes }) {
      const update = updateOf({ ...changes, ...indexKeys(accountId, changes) });
      const command = new UpdateCommand({
        TableName: table,
        Key: { accountId },
        UpdateExpression: `SET revision = revision + :one, writer = :writer${update.set}${update.remove}`,
        ConditionExpression: condition.nobodyWrote,
        ...(update.names !== undefined && { ExpressionAttributeNames: update.names }),
        ExpressionAttributeValues: { ...update.values, ':one': 1, ':writer': writer, ':revision': revision },
        ReturnValues: 'ALL_NEW',
      });
      const answer = await ifCondition(dynamo.send(command));
      if (answer !== undefined) return answer.Attributes as Account;
      // The write was ours if the SDK repeated it because its reply was lost.
      const now = await readItem<Account & { writer?: string }>(accountTable, { accountId });
      return now?.writer === writer ? now : undefined;
    },

    async claim(accountId, claim) {
      const command = new UpdateCommand({
        TableName: table,
        Key: { accountId },
        UpdateExpression: 'SET claimToken = :claimToken, claimUntilMillis = :until ADD revision :one',
        ConditionExpression: all(
          condition.exists,
          condition.claimIsFree,
          ...(claim.slotMillis === undefined ? [] : [condition.slotIsNews]),
        ),
        ExpressionAttributeValues: {
          ':claimToken': claim.token,
          ':until': claim.untilMillis,
          ':now': claim.nowMillis,
          ':latest': claim.latestMillis,
          ...(claim.slotMillis !== undefined && { ':slot': claim.slotMillis, ':removing': 'removing' }),
          ':one': 1,
        },
        ReturnValues: 'ALL_NEW',
      });
      const answer = await ifCondition(dynamo.send(command));
      if (answer !== undefined) return answer.Attributes as Account;
      const now = await read(accountId);
      if (now === undefined) return 'gone';
      if (now.claimToken === claim.token) return now;
      const until = now.claimUntilMillis ?? 0;
      const held = now.claimToken !== undefined && until >= claim.nowMillis && until <= claim.latestMillis;
      return held || claim.slotMillis === undefined ? 'busy' : 'stale';
    },

    async saveFacts(accountId, { claimToken, afterBatch, ...save }) {
      const { batch } = save;
      const update = updateOf(save);
      const onlyAfter =
        afterBatch === undefined ? 'attribute_not_exists(#batch)' : '#batch.#id = :afterBatch';
      const command = new UpdateCommand({
        TableName: table,
        Key: { accountId },
        UpdateExpression: `SET ${update.set.slice(2)}${update.remove}`,
        ConditionExpression:
          batch === undefined ? condition.claimIsMine : all(condition.claimIsMine, onlyAfter),
        ExpressionAttributeNames: {
          ...update.names,
          ...(batch !== undefined && afterBatch !== undefined && { '#id': 'id' }),
        },
        ExpressionAttributeValues: {
          ...update.values,
          ':claimToken': claimToken,
          ...(batch !== undefined && afterBatch !== undefined && { ':afterBatch': afterBatch }),
        },
      });
      if ((await ifCondition(dynamo.send(command))) !== undefined) return true;
      if (batch === undefined) return false;
      // The batch is ours if the SDK repeated a write whose reply was lost.
      const now = await read(accountId);
      return now?.claimToken === claimToken && now.batch?.id === batch.id;
    },

    async remove(accountId, claimToken) {
      const command = new DeleteCommand({
        TableName: table,
        Key: { accountId },
        ConditionExpression: condition.claimIsMine,
        ExpressionAttributeValues: { ':claimToken': claimToken },
      });
      return (await ifCondition(dynamo.send(command))) !== undefined;
    },

    async list({ limit, after }) {
      const answer = await dynamo.send(
        new ScanCommand({
          TableName: table,
          Limit: limit,
          ConsistentRead: true,
          ...(after !== undefined && { ExclusiveStartKey: { accountId: after } }),
        }),
      );
      const next = answer.LastEvaluatedKey?.accountId as string | undefined;
      return { accounts: (answer.Items ?? []) as Account[], next };
    },

    async create(account) {
      const Item = { ...account, ...indexKeys(account.accountId, account) };
      await dynamo.send(new PutCommand({ TableName: table, Item, ConditionExpression: condition.isNew }));
    },
  };
}

/** Reads an account consistently, because every decision about it needs its present state. */
export const readAccount = (accountTable: AccountTable, accountId: string): Promise<Account | undefined> =>
  readItem<Account>(accountTable, { accountId });

/** Reads some attributes of accounts, consistently, for functions whose role may not read the others. */
export const accountParts = <Name extends keyof Account>(
  { dynamo, table }: AccountTable,
  names: readonly Name[],
): { read(accountId: string): Promise<Pick<Account, Name> | undefined> } => ({
  async read(accountId) {
    const command = new GetCommand({
      TableName: table,
      Key: { accountId },
      ProjectionExpression: names.map((name) => `#${name}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ConsistentRead: true,
    });
    return (await dynamo.send(command)).Item as Pick<Account, Name> | undefined;
  },
});

/** The ids of all accounts that fit the filter. Reads the whole table, consistently. */
export async function idsOfAccounts(
  { dynamo, table }: AccountTable,
  filter: Required<Pick<ScanCommandInput, 'FilterExpression' | 'ExpressionAttributeValues'>>,
): Promise<string[]> {
  const found: string[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const answer = await dynamo.send(
      new ScanCommand({
        TableName: table,
        Select: 'SPECIFIC_ATTRIBUTES',
        ProjectionExpression: 'accountId',
        ...filter,
        ConsistentRead: true,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    found.push(...(answer.Items ?? []).map(({ accountId }) => String(accountId)));
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
  return found;
}

/** The partition keys of the sparse indexes, set and removed together with their times. */
function indexKeys(accountId: string, changes: AccountChanges): Record<string, string | undefined> {
  const shard = shardOf(accountId);
  return {
    ...('dueAtMillis' in changes && { dueShard: changes.dueAtMillis === undefined ? undefined : shard }),
    ...('notifyAtMillis' in changes && {
      notifyShard: changes.notifyAtMillis === undefined ? undefined : shard,
    }),
    ...('retentionSinceMillis' in changes && { retentionShard: shard }),
  };
}

interface Update {
  /** Begins with a comma unless it is empty. */
  readonly set: string;
  readonly remove: string;
  readonly names: Record<string, string> | undefined;
  readonly values: Record<string, unknown>;
}

/** The expression that sets the given attributes and removes those given as undefined. */
function updateOf(changes: Readonly<Record<string, unknown>>): Update {
  const entries = Object.entries(changes);
  const kept = entries.filter(([, value]) => value !== undefined);
  const dropped = entries.filter(([, value]) => value === undefined);
  return {
    set: kept.map(([name]) => `, #${name} = :${name}`).join(''),
    remove: dropped.length === 0 ? '' : ` REMOVE ${dropped.map(([name]) => `#${name}`).join(', ')}`,
    names: entries.length === 0 ? undefined : Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(kept.map(([name, value]) => [`:${name}`, value])),
  };
}
