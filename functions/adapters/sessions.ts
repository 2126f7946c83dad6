import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Session, SessionStore } from '../core/access/session-store.ts';
import { Secret } from '../core/base/secret.ts';
import { toSeconds } from '../core/base/time.ts';
import type { Shared, Trouble } from '../core/faults/store.ts';
import { readBatch, readItems } from './batch.ts';
import { ifCondition } from './dynamo.ts';
import { readItem, type Table } from './read.ts';

interface SessionItem extends Omit<Session, 'handle'> {
  readonly accountId: string;
  readonly handle: string;
  /**
   * TTL attribute of the table. It only deletes ended sessions, and is never read to judge whether a session
   * has ended.
   */
  readonly expiresAtSeconds: number;
}

export type SessionTable = Table;

const toSession = ({
  handle,
  loggedInAtMillis,
  renewAtMillis,
  expiresAtMillis,
  egressId,
}: SessionItem): Session => ({
  handle: new Secret(handle),
  loggedInAtMillis,
  renewAtMillis,
  expiresAtMillis,
  egressId,
});

export function sessionStore({ dynamo, table, registry }: SessionTable & { registry: string }): SessionStore {
  return {
    async read(accountId) {
      const item = await readItem<SessionItem>({ dynamo, table }, { accountId });
      return item && toSession(item);
    },

    async readWithTroubles(accountId, shared) {
      const found = await readBatch(dynamo, {
        [table]: { Keys: [{ accountId }], ConsistentRead: true },
        [registry]: { Keys: shared.map(({ kind, name }) => ({ kind, name })), ConsistentRead: true },
      });
      const [item] = (found.get(table) ?? []) as unknown as SessionItem[];
      const session = item && toSession(item);
      const items = (found.get(registry) ?? []) as unknown as (Shared & { trouble?: Trouble['trouble'] })[];
      const troubles = items.flatMap(({ kind, name, trouble }) =>
        trouble === undefined ? [] : [{ kind, name, trouble }],
      );
      return { ...(session !== undefined && { session }), troubles };
    },

    async save(accountId, session) {
      const item: SessionItem = {
        ...session,
        accountId,
        handle: session.handle.reveal(),
        expiresAtSeconds: toSeconds(session.expiresAtMillis),
      };
      const command = new PutCommand({
        TableName: table,
        Item: item,
        ConditionExpression: 'attribute_not_exists(accountId) OR loggedInAtMillis < :loggedInAt',
        ExpressionAttributeValues: { ':loggedInAt': session.loggedInAtMillis },
      });
      await ifCondition(dynamo.send(command));
    },

    async drop(accountId, handle) {
      const command = new DeleteCommand({
        TableName: table,
        Key: { accountId },
        ConditionExpression: '#handle = :handle',
        ExpressionAttributeNames: { '#handle': 'handle' },
        ExpressionAttributeValues: { ':handle': handle.reveal() },
      });
      await ifCondition(dynamo.send(command));
    },

    async remove(accountId) {
      await dynamo.send(new DeleteCommand({ TableName: table, Key: { accountId } }));
    },
  };
}

export type SessionAge = Pick<Session, 'loggedInAtMillis' | 'expiresAtMillis'>;

/** Start and end of the stored sessions, without reading the handles. */
export async function sessionAges(
  { dynamo, table }: SessionTable,
  accountIds: readonly string[],
): Promise<Map<string, SessionAge>> {
  const items = await readItems<SessionAge & { accountId: string }>(dynamo, {
    table,
    keys: accountIds.map((accountId) => ({ accountId })),
    // The role of `accounts` allows these attributes only, so that the handle stays unread.
    ProjectionExpression: 'accountId, loggedInAtMillis, expiresAtMillis',
  });
  return new Map(items.map(({ accountId, ...age }) => [accountId, age]));
}
