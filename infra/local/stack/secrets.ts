import { randomBytes, randomUUID } from 'node:crypto';
import { AwsError } from './aws-json.ts';
import { ACCOUNT_ID, REGION } from './resources.ts';
import type { SecretFile, SecretVersion, StoredSecret } from './secret-file.ts';
import { attach, CURRENT, moveStage, type StageMove, stagesOf } from './secret-stages.ts';

export interface Value {
  SecretString?: string | undefined;
  SecretBinary?: string | undefined;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface NewVersion extends Value {
  ClientRequestToken?: string | undefined;
  VersionStages?: string[] | undefined;
}

interface NewSecret {
  readonly Name: string;
  readonly Description?: string | undefined;
  readonly KmsKeyId?: string | undefined;
  readonly Tags?: Tag[] | undefined;
}

/**
 * Secrets Manager's rules for secrets and their versions, by its API reference. A version without any label
 * is deprecated: it can still be read by its id, but is not listed.
 */
export class SecretVault {
  readonly #file: SecretFile;
  readonly #secrets: Map<string, StoredSecret>;

  constructor(file: SecretFile) {
    this.#file = file;
    this.#secrets = new Map(file.read().map((secret) => [secret.name, secret]));
  }

  create(input: NewVersion & NewSecret) {
    const existing = this.#secrets.get(input.Name);
    if (existing !== undefined) return repeatedCreation(existing, input);
    const now = nowSeconds();
    const secret: StoredSecret = {
      name: input.Name,
      arn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:${input.Name}-${randomSuffix()}`,
      description: input.Description,
      kmsKeyId: input.KmsKeyId,
      tags: tagsFrom(input.Tags),
      createdSeconds: now,
      changedSeconds: now,
      versions: {},
      stages: {},
    };
    this.#secrets.set(secret.name, secret);
    if (hasValue(input)) return this.#putVersion(secret, input);
    this.#save();
    return { ARN: secret.arn, Name: secret.name };
  }

  /** Makes a secret with a random value, as a template asks for; an existing secret stays as it is. */
  generate(name: string, KmsKeyId?: string): void {
    if (this.#lookUp(name) !== undefined) return;
    this.create({ Name: name, KmsKeyId, SecretString: randomBytes(32).toString('hex') });
  }

  putValue(input: NewVersion & { SecretId: string }) {
    if (!hasValue(input))
      throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    return this.#putVersion(this.#live(input.SecretId), input);
  }

  getValue(input: { SecretId: string; VersionId?: string | undefined; VersionStage?: string | undefined }) {
    const secret = this.#live(input.SecretId);
    const label = input.VersionStage ?? CURRENT;
    const id = input.VersionId ?? secret.stages[label];
    const version = id === undefined ? undefined : secret.versions[id];
    if (id === undefined || version === undefined) {
      const what =
        input.VersionId === undefined ? `staging label: ${label}` : `VersionId: ${input.VersionId}`;
      throw notFound(`Secrets Manager can't find the specified secret value for ${what}`);
    }
    if (input.VersionStage !== undefined && secret.stages[input.VersionStage] !== id) {
      throw new AwsError(
        'InvalidRequestException',
        'You provided a VersionStage that is not associated to the provided VersionId.',
      );
    }
    const { createdSeconds, ...value } = version;
    return {
      ...this.#named(secret, id),
      ...value,
      VersionStages: stagesOf(secret, id),
      CreatedDate: createdSeconds,
    };
  }

  describe({ SecretId }: { SecretId: string }) {
    const secret = this.#find(SecretId);
    const labelled = Object.keys(secret.versions).filter((id) => stagesOf(secret, id).length > 0);
    return {
      ARN: secret.arn,
      Name: secret.name,
      Description: secret.description,
      KmsKeyId: secret.kmsKeyId,
      CreatedDate: secret.createdSeconds,
      LastChangedDate: secret.changedSeconds,
      DeletedDate: secret.deletedSeconds,
      Tags: Object.entries(secret.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
      VersionIdsToStages: Object.fromEntries(labelled.map((id) => [id, stagesOf(secret, id)])),
    };
  }

  updateStage(input: StageMove & { SecretId: string }) {
    const secret = this.#live(input.SecretId);
    moveStage(secret, input);
    this.#changed(secret);
    return { ARN: secret.arn, Name: secret.name };
  }

  untag({ SecretId, TagKeys }: { SecretId: string; TagKeys: string[] }): void {
    const secret = this.#live(SecretId);
    const left = Object.entries(secret.tags ?? {}).filter(([name]) => !TagKeys.includes(name));
    secret.tags = Object.fromEntries(left);
    this.#changed(secret);
  }

  /** Tags of a secret; none for an unknown secret. */
  tagsOf(secretId: string): Readonly<Record<string, string>> {
    return this.#lookUp(secretId)?.tags ?? {};
  }

  /** ARN of the key of a secret; undefined for an unknown secret and for the key of the service. */
  keyOf(secretId: string): string | undefined {
    return this.#lookUp(secretId)?.kmsKeyId;
  }

  delete(input: { SecretId: string; ForceDeleteWithoutRecovery: boolean; RecoveryWindowInDays: number }) {
    const secret = this.#lookUp(input.SecretId);
    if (secret === undefined && input.ForceDeleteWithoutRecovery) {
      return { Name: input.SecretId, DeletionDate: nowSeconds() };
    }
    const found = this.#find(input.SecretId);
    const days = input.ForceDeleteWithoutRecovery ? 0 : input.RecoveryWindowInDays;
    found.deletedSeconds = nowSeconds() + days * 86_400;
    if (input.ForceDeleteWithoutRecovery) this.#secrets.delete(found.name);
    this.#save();
    return { ARN: found.arn, Name: found.name, DeletionDate: found.deletedSeconds };
  }

  list() {
    const live = [...this.#secrets.values()].filter((secret) => secret.deletedSeconds === undefined);
    return { SecretList: live.map(({ name }) => this.describe({ SecretId: name })) };
  }

  #putVersion(secret: StoredSecret, input: NewVersion) {
    const id = input.ClientRequestToken ?? randomUUID();
    const existing = secret.versions[id];
    if (existing !== undefined && !sameValue(existing, input)) {
      throw new AwsError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
      );
    }
    if (existing === undefined) {
      const isFirst = Object.keys(secret.versions).length === 0;
      const { SecretString, SecretBinary } = input;
      secret.versions[id] = { SecretString, SecretBinary, createdSeconds: nowSeconds() };
      const wanted = input.VersionStages ?? [CURRENT];
      for (const label of new Set(isFirst ? [...wanted, CURRENT] : wanted)) attach(secret, { label, id });
      this.#changed(secret);
    }
    return { ...this.#named(secret, id), VersionStages: stagesOf(secret, id) };
  }

  #named(secret: StoredSecret, id: string) {
    return { ARN: secret.arn, Name: secret.name, VersionId: id };
  }

  #live(secretId: string): StoredSecret {
    const secret = this.#find(secretId);
    if (secret.deletedSeconds === undefined) return secret;
    throw new AwsError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }

  #find(secretId: string): StoredSecret {
    const secret = this.#lookUp(secretId);
    if (secret === undefined) throw notFound("Secrets Manager can't find the specified secret.");
    return secret;
  }

  /** The secret with this name, or with this ARN with or without its random suffix. */
  #lookUp(secretId: string): StoredSecret | undefined {
    const isIt = ({ arn }: StoredSecret) => arn === secretId || arn.slice(0, -SUFFIX_LENGTH - 1) === secretId;
    return this.#secrets.get(secretId) ?? [...this.#secrets.values()].find(isIt);
  }

  #changed(secret: StoredSecret): void {
    secret.changedSeconds = nowSeconds();
    this.#save();
  }

  #save(): void {
    this.#file.write([...this.#secrets.values()]);
  }
}

const SUFFIX_LENGTH = 6;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const randomSuffix = () =>
  [...randomBytes(SUFFIX_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('');

const tagsFrom = (tags: readonly Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

const nowSeconds = () => Date.now() / 1000;
const notFound = (message: string) => new AwsError('ResourceNotFoundException', message);
const hasValue = (value: Value) => value.SecretString !== undefined || value.SecretBinary !== undefined;
const sameValue = (one: SecretVersion, other: Value) =>
  one.SecretString === other.SecretString && one.SecretBinary === other.SecretBinary;

/** The answer to a repeated creation, which a client sends when the first reply was lost. */
function repeatedCreation(secret: StoredSecret, input: NewVersion & { Name: string }) {
  if (secret.deletedSeconds !== undefined) {
    throw new AwsError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const version =
    input.ClientRequestToken === undefined ? undefined : secret.versions[input.ClientRequestToken];
  if (version === undefined || !sameValue(version, input)) {
    throw new AwsError(
      'ResourceExistsException',
      `The operation failed because the secret ${input.Name} already exists.`,
    );
  }
  return { ARN: secret.arn, Name: secret.name, VersionId: input.ClientRequestToken };
}
