import { DeleteCommand, PutCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Client, ClientAdmin, ClientBinding, ClientStore } from '../core/account/client.ts';
import { ifCondition } from './dynamo.ts';
import { readItem, type Table } from './read.ts';

/** Kind of the registry's items of clients. */
const CLIENT = 'client';

interface ClientItem extends Pick<Client, 'role' | 'createdAtMillis'> {
  readonly label: string;
  /** The store has no empty sets, so that a client bound to no account needs a word of its own. */
  readonly bound?: boolean;
  readonly accountIds?: ReadonlySet<string>;
}

const clientKey = (clientId: string) => ({ kind: CLIENT, name: clientId });

export const clientStore = (registry: Table): ClientStore => ({
  async read(clientId) {
    const item = await readItem<ClientItem>(registry, clientKey(clientId));
    return item && clientOf(clientId, item);
  },
});

function clientOf(clientId: string, item: ClientItem): Client {
  const { label, role, createdAtMillis, bound, accountIds = [] } = item;
  const client = { clientId, name: label, role, createdAtMillis };
  return bound === true ? { ...client, accountIds: [...accountIds].sort() } : client;
}

export const clientBinding = ({ dynamo, table }: Table): ClientBinding => ({
  async bind(clientId, accountId) {
    const command = new UpdateCommand({
      TableName: table,
      Key: clientKey(clientId),
      UpdateExpression: 'ADD accountIds :added',
      ConditionExpression: 'bound = :true',
      ExpressionAttributeValues: { ':added': new Set([accountId]), ':true': true },
    });
    await ifCondition(dynamo.send(command));
  },
});

export const clientAdmin = (registry: Table): ClientAdmin => ({
  ...clientStore(registry),
  async put({ clientId, name, role, createdAtMillis, accountIds }) {
    const binding = {
      ...(accountIds !== undefined && { bound: true }),
      ...(accountIds !== undefined && accountIds.length > 0 && { accountIds: new Set(accountIds) }),
    };
    const Item = { ...clientKey(clientId), label: name, role, createdAtMillis, ...binding };
    await registry.dynamo.send(new PutCommand({ TableName: registry.table, Item }));
  },
  async remove(clientId) {
    await registry.dynamo.send(new DeleteCommand({ TableName: registry.table, Key: clientKey(clientId) }));
  },
  async list() {
    const pages = paginateQuery(
      { client: registry.dynamo },
      {
        TableName: registry.table,
        KeyConditionExpression: 'kind = :client',
        ExpressionAttributeValues: { ':client': CLIENT },
        ConsistentRead: true,
      },
    );
    const clients: Client[] = [];
    for await (const { Items = [] } of pages)
      for (const item of Items as (ClientItem & { readonly name: string })[])
        clients.push(clientOf(item.name, item));
    return clients;
  },
});
