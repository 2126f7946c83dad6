import { createHmac } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Secret } from '../core/base/secret.ts';
import { ifCondition } from './dynamo.ts';
import { readItem } from './read.ts';
import type { RegistryTable } from './registry.ts';
import { readVersion, type SecretVault } from './secrets.ts';

/** Item that notes the version of the key by which claims are named. */
const PINNED = { kind: 'claim-key', name: 'pinned' } as const;

interface KeySource {
  readonly vault: SecretVault;
  /** Name of the secret with the fingerprint key. */
  readonly keyName: string;
  readonly registry: RegistryTable;
}

/**
 * Names the claim on a login by a keyed hash. Once a version of the key has named a claim, that version
 * stays: under a new key no claim would be found again, and with it no memory of a seller.
 */
export function loginKeys(source: KeySource): (login: string) => Promise<string> {
  let key: Promise<Secret> | undefined;
  return async (login) => {
    key ??= readFingerprintKey(source);
    const read = await key.catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return createHmac('sha256', read.reveal()).update(`login\0${login}`, 'utf8').digest('base64url');
  };
}

async function readFingerprintKey({ vault, keyName, registry }: KeySource): Promise<Secret> {
  const pinned = await pinnedVersion(registry);
  if (pinned !== undefined) return await keyOfVersion(vault, { SecretId: keyName, VersionId: pinned });
  const current = await readVersion(vault, { SecretId: keyName, VersionStage: 'AWSCURRENT' });
  if (current === undefined) throw new Error('the fingerprint key is missing');
  const command = new PutCommand({
    TableName: registry.table,
    Item: { ...PINNED, version: current.version },
    ConditionExpression: 'attribute_not_exists(kind)',
  });
  await ifCondition(registry.dynamo.send(command));
  // Another process may have noted a version first.
  const version = await pinnedVersion(registry);
  if (version === undefined) throw new Error('the version of the fingerprint key could not be noted');
  return await keyOfVersion(vault, { SecretId: keyName, VersionId: version });
}

const pinnedVersion = async (registry: RegistryTable): Promise<string | undefined> =>
  (await readItem<{ version: string }>(registry, PINNED))?.version;

async function keyOfVersion(
  vault: SecretVault,
  query: { SecretId: string; VersionId: string },
): Promise<Secret> {
  const read = await readVersion(vault, query);
  if (read === undefined || read.value.reveal() === '')
    throw new Error(`the fingerprint key lacks the version ${query.VersionId}, which names claims`);
  return read.value;
}
