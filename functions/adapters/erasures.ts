import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { together } from '../core/base/batches.ts';
import type { EpochMillis } from '../core/base/time.ts';
import type { Erasure, ErasureEntry, ErasureIndex, ErasureStore } from '../core/orders/erasure-store.ts';
import type { OrderId } from '../core/orders/order.ts';
import { deleteItems } from './batch.ts';
import { ifCondition } from './dynamo.ts';
import { queryPages } from './read.ts';
import type { RegistryTable } from './registry.ts';

const KIND = 'erasure';

type ErasureItem = Erasure & ErasureEntry & { readonly name: string };

/** Between the ids of account and request, which never contain it. */
const SEPARATOR = '/';

const erasureKey = (accountId: string, requestId: string) => ({
  kind: KIND,
  name: `${accountId}${SEPARATOR}${requestId}`,
});

/** Requests to erase buyers' data, as items of the registry. */
export function erasureStore(registry: RegistryTable): ErasureStore {
  const { dynamo, table } = registry;
  return {
    async put(accountId, request) {
      const Item = { ...erasureKey(accountId, request.requestId), accountId, ...request };
      await dynamo.send(new PutCommand({ TableName: table, Item }));
    },

    async of(accountId) {
      const found: Erasure[] = [];
      const query = {
        KeyConditionExpression: 'kind = :kind AND begins_with(#name, :account)',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: { ':kind': KIND, ':account': `${accountId}${SEPARATOR}` },
        ConsistentRead: true,
      };
      for await (const page of queryPages<ErasureItem>(registry, query))
        for (const { requestId, buyerId, after } of page)
          found.push({ requestId, buyerId, ...(after !== undefined && { after }) });
      return found;
    },

    async reach(accountId, requestIds, after) {
      await together(requestIds, (requestId) =>
        changeErasure(registry, { accountId, requestId }, ['after', after]),
      );
    },

    async remove(accountId, requestIds) {
      await deleteItems(dynamo, {
        table,
        keys: requestIds.map((requestId) => erasureKey(accountId, requestId)),
      });
    },
  };
}

/** The requests of all accounts. Reads neither the buyers nor how far the requests have come. */
export const erasureIndex = (registry: RegistryTable): ErasureIndex => ({
  pages: () =>
    queryPages<ErasureEntry>(registry, {
      KeyConditionExpression: 'kind = :kind',
      ProjectionExpression: 'accountId, requestId, againAtMillis',
      ExpressionAttributeValues: { ':kind': KIND },
    }),

  move: (entry, againAtMillis) => changeErasure(registry, entry, ['againAtMillis', againAtMillis]),
});

/** Sets an attribute of a request that was not removed. */
async function changeErasure(
  { dynamo, table }: RegistryTable,
  { accountId, requestId }: { accountId: string; requestId: string },
  [name, value]: ['after', OrderId] | ['againAtMillis', EpochMillis],
): Promise<void> {
  const command = new UpdateCommand({
    TableName: table,
    Key: erasureKey(accountId, requestId),
    UpdateExpression: 'SET #changed = :value',
    ConditionExpression: 'attribute_exists(kind)',
    ExpressionAttributeNames: { '#changed': name },
    ExpressionAttributeValues: { ':value': value },
  });
  await ifCondition(dynamo.send(command));
}
