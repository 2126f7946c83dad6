import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { RequestRecord, RequestStore } from '../core/admin/repeats.ts';
import { toSeconds } from '../core/base/time.ts';
import { ifCondition } from './dynamo.ts';
import { readItem } from './read.ts';
import type { RegistryTable } from './registry.ts';

const keyOf = (name: string) => ({ kind: 'request', name });

type RequestItem = RequestRecord & { readonly kind: string; readonly expiresAtSeconds: number };

/** Requests that may be repeated, as items of the registry for a day. */
export function requestStore(registry: RegistryTable): RequestStore {
  const read = async (name: string): Promise<RequestRecord | undefined> => {
    const item = await readItem<RequestItem & { name: string }>(registry, keyOf(name));
    if (item === undefined) return undefined;
    const { kind: _kind, name: _name, expiresAtSeconds: _expires, ...record } = item;
    return record;
  };
  return {
    read,

    async write(name, record) {
      const { revision, writer, keptUntilMillis } = record;
      const command = new PutCommand({
        TableName: registry.table,
        Item: { ...keyOf(name), ...record, expiresAtSeconds: toSeconds(keptUntilMillis) },
        ConditionExpression: revision === 1 ? 'attribute_not_exists(kind)' : 'revision = :before',
        ...(revision !== 1 && { ExpressionAttributeValues: { ':before': revision - 1 } }),
      });
      if ((await ifCondition(registry.dynamo.send(command))) !== undefined) return true;
      // The write was ours if the SDK repeated it because its reply was lost.
      const now = await read(name);
      return now?.writer === writer && now.revision === revision;
    },
  };
}
