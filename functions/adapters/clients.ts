import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Client, ClientAdmin, ClientStore } from '../core/admin/client.ts';
import { readItem, type Table } from './read.ts';

/** Items of the registry. */
const CLIENT = 'client';

type ClientItem = Omit<Client, 'clientId'> & { readonly name: string; readonly label: string };

const keyOf = (clientId: string) => ({ kind: CLIENT, name: clientId });

export const clientStore = (registry: Table): ClientStore => ({
  async read(clientId) {
    const item = await readItem<ClientItem>(registry, keyOf(clientId));
    if (item === undefined) return undefined;
    return { clientId, name: item.label, role: item.role, createdAtMillis: item.createdAtMillis };
  },
});

export const clientAdmin = (registry: Table): ClientAdmin => ({
  ...clientStore(registry),
  async put({ clientId, name, role, createdAtMillis }) {
    const Item = { ...keyOf(clientId), label: name, role, createdAtMillis };
    await registry.dynamo.send(new PutCommand({ TableName: registry.table, Item }));
  },
  async remove(clientId) {
    await registry.dynamo.send(new DeleteCommand({ TableName: registry.table, Key: keyOf(clientId) }));
  },
});
