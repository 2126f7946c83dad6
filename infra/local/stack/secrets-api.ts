import { z } from 'zod';
import { type Operations, operation } from './aws-json.ts';
import type { SecretVault } from './secrets.ts';

const MAX_BYTES = 65_536;
const fits = (value: string) => Buffer.byteLength(value) <= MAX_BYTES;

const token = z.string().min(32).max(64).optional();
const stage = z.string().min(1).max(256);
const SecretId = z.string().min(1).max(2048);
const tag = z.string().min(1).max(128);
const value = {
  ClientRequestToken: token,
  SecretString: z.string().min(1).refine(fits, { error: 'is longer than a secret may be' }).optional(),
  SecretBinary: z.string().min(1).optional(),
};

/** The calls of Secrets Manager that the embedded stack runs, by their target. */
export function secretOperations(vault: SecretVault): Operations {
  const operations: Operations = {
    CreateSecret: operation(
      z.object({
        Name: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/),
        Description: z.string().optional(),
        KmsKeyId: z.string().min(1).max(2048).optional(),
        Tags: z
          .array(z.object({ Key: tag, Value: z.string().max(256) }))
          .max(50)
          .optional(),
        ...value,
      }),
      (input) => vault.create(input),
    ),
    PutSecretValue: operation(
      z.object({ SecretId, VersionStages: z.array(stage).min(1).max(20).optional(), ...value }),
      (input) => vault.putValue(input),
    ),
    GetSecretValue: operation(
      z.object({ SecretId, VersionId: z.string().optional(), VersionStage: stage.optional() }),
      (input) => vault.getValue(input),
    ),
    DescribeSecret: operation(z.object({ SecretId }), (input) => vault.describe(input)),
    UntagResource: operation(z.object({ SecretId, TagKeys: z.array(tag).min(1).max(50) }), (input) =>
      vault.untag(input),
    ),
    UpdateSecretVersionStage: operation(
      z.object({
        SecretId,
        VersionStage: stage,
        MoveToVersionId: z.string().optional(),
        RemoveFromVersionId: z.string().optional(),
      }),
      (input) => vault.updateStage(input),
    ),
    DeleteSecret: operation(
      z.object({
        SecretId,
        ForceDeleteWithoutRecovery: z.boolean().default(false),
        RecoveryWindowInDays: z.number().min(7).max(30).default(30),
      }),
      (input) => vault.delete(input),
    ),
    ListSecrets: () => vault.list(),
  };
  return Object.fromEntries(Object.entries(operations).map(([name, run]) => [`secretsmanager.${name}`, run]));
}
