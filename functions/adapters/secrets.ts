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
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type {
  PasswordStore,
  PasswordVersions,
  PasswordWriter,
  SecretVersion,
} from '../core/ports/passwords.ts';
import { Secret } from '../core/secret.ts';

export interface SecretVault {
  readonly client: SecretsManagerClient;
  /** Everything of this deployment is below it, e.g. `klamka/dev`. */
  readonly prefix: string;
}

export const createVault = (prefix: string): SecretVault => ({
  client: new SecretsManagerClient({}),
  prefix,
});

const CURRENT = 'AWSCURRENT';
/** Our own stage: a version that was typed and not proven yet. A label proves nothing; the verdict on the account does. */
const STAGED = 'KLAMKA_STAGED';

const passwordName = ({ prefix }: SecretVault, accountId: string): string =>
  `${prefix}/accounts/${accountId}/application-password`;

const keyName = ({ prefix }: SecretVault, keyId: string): string => `${prefix}/webapi-keys/${keyId}`;

export function passwordWriter(vault: SecretVault): PasswordWriter {
  return {
    async create(accountId, { version, value }) {
      await vault.client.send(
        new CreateSecretCommand({
          Name: passwordName(vault, accountId),
          Description: 'Application password of a Klamka account',
          SecretString: value.reveal(),
          ClientRequestToken: version,
        }),
      );
    },

    async stage(accountId, { version, value }) {
      await vault.client.send(
        new PutSecretValueCommand({
          SecretId: passwordName(vault, accountId),
          SecretString: value.reveal(),
          ClientRequestToken: version,
          VersionStages: [STAGED],
        }),
      );
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
      // Moved already, by us before a crash or by a person who rotated: what is current now stays current.
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

/** Looks at labels only: the functions that use it may not read the password. */
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
 * Fingerprints of passwords, keyed with a secret of this deployment, which is read when first needed.
 * HMAC-SHA-256, in Base64.
 */
export function fingerprints(vault: SecretVault, secretId: string): (password: Secret) => Promise<string> {
  let key: Promise<Secret> | undefined;
  const readKey = async (): Promise<Secret> => {
    const { SecretString } = await vault.client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (SecretString === undefined) throw new Error('the fingerprint key is empty');
    return new Secret(SecretString);
  };
  return async (password) => {
    key ??= readKey();
    const read = await key.catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return createHmac('sha256', read.reveal()).update(password.reveal(), 'utf8').digest('base64');
  };
}

export async function createKeySecret(
  vault: SecretVault,
  use: { keyId: string; key: Secret },
): Promise<void> {
  await vault.client.send(
    new CreateSecretCommand({
      Name: keyName(vault, use.keyId),
      Description: 'WebAPI key shared by Klamka accounts',
      SecretString: use.key.reveal(),
    }),
  );
}

export async function replaceKeySecret(
  vault: SecretVault,
  use: { keyId: string; key: Secret },
): Promise<void> {
  await vault.client.send(
    new PutSecretValueCommand({ SecretId: keyName(vault, use.keyId), SecretString: use.key.reveal() }),
  );
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
  return { version: answer.VersionId, value: new Secret(answer.SecretString) };
}

/** Undefined for a secret that does not exist (any more). */
export async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
