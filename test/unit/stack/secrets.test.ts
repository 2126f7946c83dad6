import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished, test } from 'vitest';
import { CLIENT, packaged, started, temporaryFolder } from './project.ts';

async function vault(dataDir?: string) {
  const stack = await started(await packaged({}), dataDir === undefined ? {} : { dataDir });
  const client = new SecretsManagerClient({ ...CLIENT, endpoint: stack.endpoints.secretsManager });
  onTestFinished(() => client.destroy());
  const SecretId = 'klamka/accounts/1';
  return {
    client,
    SecretId,
    stack,
    put: (SecretString: string, VersionStages?: string[], ClientRequestToken: string = randomUUID()) =>
      client.send(new PutSecretValueCommand({ SecretId, SecretString, VersionStages, ClientRequestToken })),
    create: (SecretString: string, ClientRequestToken: string = randomUUID()) =>
      client.send(new CreateSecretCommand({ Name: SecretId, SecretString, ClientRequestToken })),
    get: (version: { VersionId?: string; VersionStage?: string } = {}) =>
      client.send(new GetSecretValueCommand({ SecretId, ...version })),
    move: (VersionStage: string, ids: { MoveToVersionId?: string; RemoveFromVersionId?: string }) =>
      client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, ...ids })),
    stages: async () => (await client.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages,
  };
}

const tokens = () => [randomUUID(), randomUUID(), randomUUID()] as const;

test('creation is idempotent for one token and value only', async () => {
  const { create, get } = await vault();
  const [token] = tokens();
  const { ARN, VersionId } = await create('s1', token);
  expect(VersionId).toBe(token);
  expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-central-1:\d{12}:secret:klamka\/accounts\/1-\w{6}$/);
  expect(await create('s1', token)).toMatchObject({ ARN, VersionId });
  await expect(create('s2', token)).rejects.toMatchObject({ name: 'ResourceExistsException' });
  await expect(create('s1')).rejects.toMatchObject({ name: 'ResourceExistsException' });
  expect(await get()).toMatchObject({ SecretString: 's1', VersionId: token, VersionStages: ['AWSCURRENT'] });
});

test('a value without stages becomes current and the one before it previous', async () => {
  const { create, put, get, stages } = await vault();
  const [one, two, three] = tokens();
  await create('s1', one);
  expect((await put('s2', undefined, two)).VersionStages).toEqual(['AWSCURRENT']);
  expect(await stages()).toEqual({ [one]: ['AWSPREVIOUS'], [two]: ['AWSCURRENT'] });
  await put('s3', undefined, three);
  expect(await stages()).toEqual({ [two]: ['AWSPREVIOUS'], [three]: ['AWSCURRENT'] });
  expect((await get({ VersionId: one })).SecretString).toBe('s1');
  expect((await get({ VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('s2');
});

test('a candidate leaves the current value alone until it is promoted by version ids', async () => {
  const { create, put, get, move, stages } = await vault();
  const [one, two] = tokens();
  await create('s1', one);
  await put('s2', ['candidate'], two);
  expect((await get()).SecretString).toBe('s1');
  expect((await get({ VersionStage: 'candidate', VersionId: two })).SecretString).toBe('s2');
  const refusal = { name: 'InvalidParameterException' };
  await expect(move('AWSCURRENT', { MoveToVersionId: two })).rejects.toMatchObject(refusal);
  await expect(move('AWSCURRENT', { MoveToVersionId: two, RemoveFromVersionId: two })).rejects.toMatchObject(
    refusal,
  );
  await move('AWSCURRENT', { MoveToVersionId: two, RemoveFromVersionId: one });
  expect(await stages()).toEqual({ [one]: ['AWSPREVIOUS'], [two]: ['AWSCURRENT', 'candidate'] });
  await move('candidate', { RemoveFromVersionId: two });
  await expect(move('AWSCURRENT', { RemoveFromVersionId: two })).rejects.toMatchObject(refusal);
  await move('AWSCURRENT', { MoveToVersionId: one, RemoveFromVersionId: two });
  expect(await stages()).toEqual({ [one]: ['AWSCURRENT'], [two]: ['AWSPREVIOUS'] });
});

test('a version that loses its last label is deprecated: readable by id, not described', async () => {
  const { create, put, get, move, stages } = await vault();
  const [one, two] = tokens();
  await create('s1', one);
  await put('s2', ['candidate'], two);
  await move('candidate', { RemoveFromVersionId: two });
  expect(await stages()).toEqual({ [one]: ['AWSCURRENT'] });
  expect(await get({ VersionId: two })).toMatchObject({ SecretString: 's2', VersionStages: [] });
});

test('a put is idempotent for one token and value; the first version of all is current at once', async () => {
  const { client, SecretId, put, stages } = await vault();
  const [one, two] = tokens();
  await client.send(new CreateSecretCommand({ Name: SecretId }));
  await put('s1', ['candidate'], one);
  expect(await stages()).toEqual({ [one]: ['AWSCURRENT', 'candidate'] });
  await put('s2', undefined, two);
  await put('s1', undefined, one);
  expect(await stages()).toEqual({ [one]: ['AWSPREVIOUS', 'candidate'], [two]: ['AWSCURRENT'] });
  await expect(put('other', undefined, one)).rejects.toMatchObject({ name: 'ResourceExistsException' });
});

test('missing secrets and contradictory requests get the errors of AWS', async () => {
  const { create, get, put } = await vault();
  await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const [one, two] = tokens();
  await create('s1', one);
  await put('s2', undefined, two);
  const missing = { VersionId: randomUUID() };
  await expect(get(missing)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(get({ VersionStage: 'nothing' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const mismatch = { VersionId: one, VersionStage: 'AWSCURRENT' };
  await expect(get(mismatch)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await expect(put('x', undefined, 'short')).rejects.toMatchObject({ name: 'ValidationException' });
});

test('deletion is at once when forced, else waits and closes the secret', async () => {
  const { client, SecretId, create, get, stack } = await vault();
  await create('s1');
  await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const { ARN } = await create('s2');
  expect((await client.send(new ListSecretsCommand({}))).SecretList?.map(({ Name }) => Name)).toEqual([
    SecretId,
  ]);
  const { DeletionDate } = await client.send(new DeleteSecretCommand({ SecretId: ARN }));
  expect((DeletionDate?.getTime() ?? 0) - Date.now()).toBeGreaterThan(29 * 86_400_000);
  await expect(get()).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await expect(create('s3')).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await expect(client.send(new DeleteSecretCommand({ SecretId: 'other' }))).rejects.toThrow("can't find");
  expect(stack.endpoints.secretsManager).toMatch(/^http:\/\/127\.0\.0\.1:/);
});

test('secrets of a data folder survive, in a file for its owner only', async () => {
  const dataDir = await temporaryFolder();
  const [one, two] = tokens();
  const first = await vault(dataDir);
  await first.create('s1', one);
  await first.put('s2', ['candidate'], two);
  const file = join(dataDir, 'secrets.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain('s2');
  await first.stack.close();
  const second = await vault(dataDir);
  expect((await second.get()).SecretString).toBe('s1');
  expect(await second.stages()).toEqual({ [one]: ['AWSCURRENT'], [two]: ['candidate'] });
});
