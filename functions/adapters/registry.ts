import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { normaliseLogin } from '../core/account.ts';
import type { WebapiKey } from '../core/ports/keys.ts';
import type { ClaimStore, LoginClaim, LoginClaims } from '../core/ports/logins.ts';
import type { EpochMillis } from '../core/time.ts';
import { ifCondition } from './dynamo.ts';

/** What is unique or shared: items by kind and name. */
export interface RegistryTable {
  readonly dynamo: DynamoDBDocumentClient;
  readonly table: string;
}

const LOGIN = 'login';
const SELLER = 'seller';

interface ClaimItem {
  readonly accountId: string;
  readonly atMillis: EpochMillis;
}

const nameOf = (marketplaceId: string, key: string): string => `${marketplaceId}/${key}`;

async function readItem({ dynamo, table }: RegistryTable, key: { kind: string; name: string }) {
  const { Item } = await dynamo.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
  return Item;
}

const OWNED_BY = 'accountId = :accountId';

/** Puts a claim that is free or already this account's. */
async function putClaim(
  use: RegistryTable,
  claim: { kind: string; name: string; accountId: string; atMillis?: EpochMillis; owner: string },
): Promise<boolean> {
  const { owner, ...item } = claim;
  const command = new PutCommand({
    TableName: use.table,
    Item: item,
    ConditionExpression: `attribute_not_exists(kind) OR ${OWNED_BY}`,
    ExpressionAttributeValues: { ':accountId': owner },
  });
  return (await ifCondition(use.dynamo.send(command))) !== undefined;
}

/** Claims on logins, for the functions that add accounts. */
export function loginClaims(use: RegistryTable): LoginClaims {
  const item = (claim: LoginClaim) => ({
    kind: LOGIN,
    name: nameOf(claim.marketplaceId, claim.loginKey),
    accountId: claim.accountId,
    atMillis: claim.atMillis,
  });
  return {
    async claimLogin(claim) {
      if (await putClaim(use, { ...item(claim), owner: claim.accountId })) return undefined;
      const { kind, name } = item(claim);
      // Gone between the two: its account was removed this very moment, so asking again will do.
      return (
        ((await readItem(use, { kind, name })) as ClaimItem | undefined) ?? {
          accountId: '',
          atMillis: claim.atMillis,
        }
      );
    },
    takeOverLogin: (claim) => putClaim(use, { ...item(claim), owner: claim.from }),
  };
}

/** Claims on sellers, and the end of all claims of an account. */
export function claimStore(use: RegistryTable): ClaimStore {
  const release = async (kind: string, held: { name: string; accountId: string }): Promise<void> => {
    const command = new DeleteCommand({
      TableName: use.table,
      Key: { kind, name: held.name },
      ConditionExpression: OWNED_BY,
      ExpressionAttributeValues: { ':accountId': held.accountId },
    });
    await ifCondition(use.dynamo.send(command));
  };
  return {
    async claimSeller(marketplaceId, { userId, accountId }) {
      const claim = { kind: SELLER, name: nameOf(marketplaceId, userId) };
      if (await putClaim(use, { ...claim, accountId, owner: accountId })) return accountId;
      const owner = (await readItem(use, claim)) as ClaimItem | undefined;
      return owner?.accountId ?? accountId;
    },

    async releaseAll({ accountId, marketplaceId, login, userId }) {
      await release(LOGIN, { name: nameOf(marketplaceId, normaliseLogin(login)), accountId });
      if (userId !== undefined) await release(SELLER, { name: nameOf(marketplaceId, userId), accountId });
    },
  };
}

export const KEY = 'webapi-key';

interface KeyItem extends Omit<WebapiKey, 'keyId'> {
  readonly name: string;
}

const toKey = ({ name, label, createdAtMillis, versionKeys, trouble, incomplete }: KeyItem): WebapiKey => ({
  keyId: name,
  label,
  createdAtMillis,
  versionKeys,
  ...(trouble !== undefined && { trouble }),
  ...(incomplete === true && { incomplete }),
});

export async function readKey(use: RegistryTable, keyId: string): Promise<WebapiKey | undefined> {
  const item = await readItem(use, { kind: KEY, name: keyId });
  return item === undefined ? undefined : toKey(item as KeyItem);
}

/** All items of one kind. */
export async function itemsOfKind<Item>({ dynamo, table }: RegistryTable, kind: string): Promise<Item[]> {
  const items: Item[] = [];
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
    items.push(...((answer.Items ?? []) as Item[]));
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}

export const listKeys = async (use: RegistryTable): Promise<WebapiKey[]> =>
  (await itemsOfKind<KeyItem>(use, KEY)).map(toKey);

/** Changes a key that exists; answers false if the condition does not hold. */
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
