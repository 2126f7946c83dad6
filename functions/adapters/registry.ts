import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { IntegrationKey } from '../core/access/key-store.ts';
import { ifCondition } from './dynamo.ts';
import { fullPage } from './partition.ts';
import { queryPages, readItem, type Table } from './read.ts';

/** Unique and shared items, by kind and name. */
export type RegistryTable = Table;

export const KEY = 'integration-key';

interface KeyItem extends Omit<IntegrationKey, 'keyId'> {
  readonly name: string;
  readonly driverCache?: Readonly<Record<string, string>>;
}

const toKey = ({
  name,
  label,
  clientId,
  createdAtMillis,
  trouble,
  incomplete,
  removingSinceMillis,
}: KeyItem): IntegrationKey => ({
  keyId: name,
  label,
  createdAtMillis,
  ...(clientId !== undefined && { clientId }),
  ...(trouble !== undefined && { trouble }),
  ...(incomplete === true && { incomplete }),
  ...(removingSinceMillis !== undefined && { removingSinceMillis }),
});

export async function readKey(registry: RegistryTable, keyId: string): Promise<IntegrationKey | undefined> {
  const item = await readItem<KeyItem>(registry, { kind: KEY, name: keyId });
  return item === undefined ? undefined : toKey(item);
}

/** The texts that drivers keep for a key, by marketplace and name. */
export async function readDriverCache(
  registry: RegistryTable,
  keyId: string,
): Promise<Readonly<Record<string, string>>> {
  const item = await readItem<KeyItem>(registry, { kind: KEY, name: keyId });
  return item?.driverCache ?? {};
}

/** All items of a kind. */
export async function itemsOfKind<Item>(registry: RegistryTable, kind: string): Promise<Item[]> {
  const items: Item[] = [];
  const query = {
    KeyConditionExpression: 'kind = :kind',
    ExpressionAttributeValues: { ':kind': kind },
  };
  for await (const page of queryPages<Item>(registry, query)) items.push(...page);
  return items;
}

export const listKeys = async (registry: RegistryTable): Promise<IntegrationKey[]> =>
  (await itemsOfKind<KeyItem>(registry, KEY)).map(toKey);

/**
 * A page of the keys whose registration is complete, or of those that a client has registered. Looks through all keys
 * for a client, because a position between the keys of others would name one of them.
 */
export async function pageOfKeys(
  registry: RegistryTable,
  { clientId, ...page }: { limit: number; after?: string | undefined; clientId?: string | undefined },
): Promise<{ keys: IntegrationKey[]; next?: string | undefined }> {
  if (clientId !== undefined) {
    const isOwn = (key: KeyItem): boolean =>
      key.clientId === clientId && key.incomplete === undefined && key.name > (page.after ?? '');
    const own = (await itemsOfKind<KeyItem>(registry, KEY)).filter(isOwn);
    const items = own.slice(0, page.limit);
    return { keys: items.map(toKey), next: own.length > items.length ? items.at(-1)?.name : undefined };
  }
  const { items, next } = await fullPage<KeyItem>(registry, {
    ...page,
    owner: ['kind', KEY],
    sortKey: 'name',
    filter: { FilterExpression: 'attribute_not_exists(incomplete)', values: {} },
  });
  return { keys: items.map(toKey), next };
}

/** Changes a key that exists; false if the condition does not hold. */
export async function updateKey(
  { dynamo, table }: RegistryTable,
  change: {
    keyId: string;
    expression: string;
    when?: string;
    names?: Record<string, string>;
    values?: Record<string, unknown>;
  },
): Promise<boolean> {
  const command = new UpdateCommand({
    TableName: table,
    Key: { kind: KEY, name: change.keyId },
    UpdateExpression: change.expression,
    ConditionExpression: ['attribute_exists(kind)', change.when].filter(Boolean).join(' AND '),
    ...(change.names !== undefined && { ExpressionAttributeNames: change.names }),
    ...(change.values !== undefined && { ExpressionAttributeValues: change.values }),
  });
  return (await ifCondition(dynamo.send(command))) !== undefined;
}
