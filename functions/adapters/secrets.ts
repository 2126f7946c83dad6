import { createHmac } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UntagResourceCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type {
  PasswordStore,
  PasswordVersions,
  PasswordWriter,
  SecretVersion,
  TakeFingerprints,
} from '../core/access/password-store.ts';
import { Secret } from '../core/base/secret.ts';
import { PATIENCE } from './patience.ts';

export interface SecretVault {
  readonly client: SecretsManagerClient;
  /** Prefix of the names of all secrets of this deployment, e.g. `klamka/dev`. */
  readonly prefix: string;
  /** ARN of the key that encrypts new secrets. */
  readonly key: string;
}

export const createVault = (place: Pick<SecretVault, 'prefix' | 'key'>): SecretVault => ({
  client: new SecretsManagerClient(PATIENCE),
  ...place,
});

export const CURRENT = 'AWSCURRENT';

/**
 * The id of the version that a request stored. The id in a request (ClientRequestToken) is a wish only: a store that
 * ignores it would leave the account waiting for the verdict of a version that nobody tries.
 */
export function storedVersion({ VersionId }: { VersionId?: string | undefined }): string {
  if (VersionId === undefined) throw new Error('the secret store did not name the version that it stored');
  return VersionId;
}

/**
 * Our own label for a typed version that is not proven yet. A label proves nothing; only the verdict on the
 * account does.
 */
const STAGED = 'KLAMKA_STAGED';

const passwordName = ({ prefix }: SecretVault, accountId: string): string =>
  `${prefix}/accounts/${accountId}/application-password`;

const keyName = ({ prefix }: SecretVault, keyId: string): string => `${prefix}/integration-keys/${keyId}`;

export function passwordWriter(vault: SecretVault): PasswordWriter {
  return {
    async create(accountId, { version, value }) {
      const command = new CreateSecretCommand({
        Name: passwordName(vault, accountId),
        Description: 'Application password of a Klamka account',
        KmsKeyId: vault.key,
        SecretString: value.reveal(),
        ClientRequestToken: version,
      });
      return storedVersion(await vault.client.send(command));
    },

    async stage(accountId, { version, value }) {
      const command = new PutSecretValueCommand({
        SecretId: passwordName(vault, accountId),
        SecretString: value.reveal(),
        ClientRequestToken: version,
        VersionStages: [STAGED],
      });
      return storedVersion(await vault.client.send(command));
    },
  };
}

export function passwordStore(vault: SecretVault): PasswordStore {
  return {
    readCurrent: (accountId) =>
      readVersion(vault, { SecretId: passwordName(vault, accountId), VersionStage: CURRENT }),

    readVersion: (accountId, version) =>
      readVersion(vault, { SecretId: passwordName(vault, accountId), VersionId: version }),

    async promote(accountId, { version, from }) {
      const command = new UpdateSecretVersionStageCommand({
        SecretId: passwordName(vault, accountId),
        VersionStage: CURRENT,
        MoveToVersionId: version,
        RemoveFromVersionId: from,
      });
      // The label was moved before, by us before a crash or by a person: the version that is current now
      // stays current.
      await vault.client.send(command).catch((error: unknown) => {
        if (!(error instanceof InvalidParameterException)) throw error;
      });
    },

    async remove(accountId) {
      const command = new DeleteSecretCommand({
        SecretId: passwordName(vault, accountId),
        ForceDeleteWithoutRecovery: true,
      });
      await orUndefined(vault.client.send(command));
    },
  };
}

/** Reads labels only, for functions whose role may not read the password. */
export const passwordVersions = (vault: SecretVault): PasswordVersions => ({
  async current(accountId) {
    const answer = await orUndefined(
      vault.client.send(new DescribeSecretCommand({ SecretId: passwordName(vault, accountId) })),
    );
    const versions = Object.entries(answer?.VersionIdsToStages ?? {});
    return versions.find(([, stages]) => stages.includes(CURRENT))?.[0];
  },
});

/**
 * Fingerprints of passwords (HMAC-SHA-256, in Base64), keyed with a secret of this deployment: with its
 * current value first, then with each of the other named versions that are still kept. A version is read once
 * per process. A process that still takes an older value for the current one notes that version with its
 * prints, so nothing is missed.
 */
export function fingerprints(vault: SecretVault, secretId: string): TakeFingerprints {
  const keys = new Map<string, Promise<SecretVersion | undefined>>();
  const read = (version: string | undefined): Promise<SecretVersion | undefined> => {
    const name = version ?? CURRENT;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const query = version === undefined ? { VersionStage: CURRENT } : { VersionId: version };
    const reading = readVersion(vault, { SecretId: secretId, ...query });
    keys.set(name, reading);
    reading.catch(() => keys.delete(name));
    return reading;
  };
  return async (password, otherKeys) => {
    const current = await read(undefined);
    if (current === undefined || current.value.reveal() === '')
      throw new Error('the fingerprint key is empty');
    const others = otherKeys.filter((version) => version !== current.version);
    const all = [current, ...(await Promise.all(others.map(read)))];
    return all.flatMap((key) =>
      key === undefined ? [] : [{ key: key.version, print: printOf(password, key.value) }],
    );
  };
}

const printOf = (password: Secret, key: Secret): string =>
  createHmac('sha256', key.reveal()).update(password.reveal(), 'utf8').digest('base64');

/** Tag on the secret of a registration under way. `notify` may delete secrets with this tag, and no others. */
const UNFINISHED = { Key: 'klamka:registration', Value: 'unfinished' } as const;

export async function createKeySecret(
  vault: SecretVault,
  { keyId, key }: { keyId: string; key: Secret },
): Promise<void> {
  await vault.client.send(
    new CreateSecretCommand({
      Name: keyName(vault, keyId),
      Description: 'integration key shared by Klamka accounts',
      KmsKeyId: vault.key,
      SecretString: key.reveal(),
      Tags: [UNFINISHED],
    }),
  );
}

/** Removes the tag when the registration is complete, so that `notify` may not delete the secret any more. */
export async function finishKeySecret(vault: SecretVault, keyId: string): Promise<void> {
  const command = new UntagResourceCommand({
    SecretId: keyName(vault, keyId),
    TagKeys: [UNFINISHED.Key],
  });
  await vault.client.send(command);
}

export async function replaceKeySecret(
  vault: SecretVault,
  { keyId, key }: { keyId: string; key: Secret },
): Promise<void> {
  await vault.client.send(
    new PutSecretValueCommand({ SecretId: keyName(vault, keyId), SecretString: key.reveal() }),
  );
}

/**
 * Deletes the secret of a registration that was cut off, if there is one. The secret is looked for first,
 * because IAM compares its tag and would refuse the deletion of a secret that does not exist.
 */
export async function removeUnfinishedKeySecret(vault: SecretVault, keyId: string): Promise<void> {
  const command = new DescribeSecretCommand({ SecretId: keyName(vault, keyId) });
  if ((await orUndefined(vault.client.send(command))) !== undefined) await removeKeySecret(vault, keyId);
}

export async function removeKeySecret(vault: SecretVault, keyId: string): Promise<void> {
  const command = new DeleteSecretCommand({
    SecretId: keyName(vault, keyId),
    ForceDeleteWithoutRecovery: true,
  });
  await orUndefined(vault.client.send(command));
}

export async function readKeySecret(vault: SecretVault, keyId: string): Promise<Secret | undefined> {
  return (await readVersion(vault, { SecretId: keyName(vault, keyId), VersionStage: CURRENT }))?.value;
}

export async function readVersion(
  vault: SecretVault,
  query: { SecretId: string; VersionId?: string; VersionStage?: string },
): Promise<SecretVersion | undefined> {
  const answer = await orUndefined(vault.client.send(new GetSecretValueCommand(query)));
  if (answer?.VersionId === undefined || answer.SecretString === undefined) return undefined;
  // A verdict on another version's password would be recorded for the version that was asked for.
  if (query.VersionId !== undefined && answer.VersionId !== query.VersionId)
    throw new Error(
      `the secret store answered with version ${answer.VersionId} instead of ${query.VersionId}`,
    );
  return { version: answer.VersionId, value: new Secret(answer.SecretString) };
}

/** The answer, or undefined for a secret that does not exist (any more). */
export async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
