import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Deployment } from './deployment.ts';
import { FOLDER } from './python.ts';
import type { Stage } from './stage.ts';

const Template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), DeletionPolicy: z.string().optional() })),
});
const TEMPLATE = join(FOLDER, 'checkout', '.serverless', 'cloudformation-template-update-stack.json');

const TABLE = 'AWS::DynamoDB::Table';
const SECRET = 'AWS::SecretsManager::Secret';
const OF_TESTS = /-(listener-\d+|people)$/;
/** Kinds whose names are not ours; the emulated account has those of this stack only. */
const NAMELESS = ['AWS::KMS::Key', 'AWS::Cognito::UserPool', 'AWS::EC2::'];

interface Parts {
  readonly stage: Stage;
  readonly deployment: Deployment;
}

/** All resources of the stage that exist, as "kind name". */
async function left({ listing, name, stack }: Stage): Promise<string[]> {
  const ours = [stack, `${name}-klamka`, `klamka/${name}/`, 'api.example.org'];
  const isOurs = (one: string) =>
    NAMELESS.some((kind) => one.startsWith(kind)) || ours.some((part) => one.includes(part));
  return Object.entries(await listing())
    .flatMap(([kind, names]) => names.map((one) => `${kind} ${one}`))
    .filter((one) => isOurs(one) && !OF_TESTS.test(one))
    .toSorted();
}

/** Items of these tables that name an account, by the table's logical id; those of the registry also by their kind. */
async function itemsOf(account: string, tables: ReadonlyMap<string, string>, { emulator }: Stage) {
  const client = new DynamoDBClient(emulator.aws);
  const found = new Map<string, string>();
  for (const [logicalId, TableName] of tables)
    for await (const { Items = [] } of paginateScan({ client }, { TableName }))
      for (const item of Items.filter((one) => JSON.stringify(one).includes(account)))
        found.set([logicalId, item.kind?.S].filter(Boolean).join(' '), JSON.stringify(item));
  client.destroy();
  return found;
}

/** The step of the guide that removes the stack: what is retained stays, and nothing of the account that was removed. */
export async function expectRemoval({ stage, deployment }: Parts): Promise<void> {
  const { Resources } = Template.parse(JSON.parse(await readFile(TEMPLATE, 'utf8')));
  const before = await left(stage);
  // The listing has to see what there is, or its silence afterwards would show nothing.
  const seen = new Set(before.map((one) => one.split(' ')[0]));
  const types = new Set(Object.values(Resources).map(({ Type }) => Type));
  const listed = Object.keys(await stage.listing()).filter((kind) => types.has(kind));
  expect(listed.length).toBeGreaterThan(15);
  expect(listed.filter((kind) => !seen.has(kind))).toEqual([]);
  const retained = Object.entries(Resources)
    .filter(([, { DeletionPolicy = '' }]) => DeletionPolicy.startsWith('Retain'))
    .map(([logicalId, { Type }]) => ({ logicalId, Type, name: deployment.physical(logicalId) }));
  expect(retained.length).toBeGreaterThan(5);
  const tables = new Map(
    retained.flatMap(({ logicalId, Type, name }) => (Type === TABLE ? [[logicalId, name] as const] : [])),
  );
  const account = await stage.guide.value('ACCOUNT');
  const login = await stage.guide.value('LOGIN');
  const held = await itemsOf(account, tables, stage);
  expect([...held.keys()]).toEqual(
    expect.arrayContaining(['AccountsTable', 'FeedTable', 'LoginsTable', 'OrdersTable']),
  );
  expect(held.get('AccountsTable')).toContain(login);

  await stage.guide.run('Removal: the stack');
  const after = await left(stage);
  const isOfAccount = (one: string) => one.includes(` klamka/${stage.name}/`);
  const outsideOfStack = (one: string) => one.startsWith('AWS::CertificateManager::Certificate');
  expect(after.filter((one) => !isOfAccount(one) && !outsideOfStack(one))).toEqual(
    retained.map(({ Type, name }) => `${Type} ${name}`).toSorted(),
  );
  expect(after.filter(outsideOfStack)).toEqual(before.filter(outsideOfStack));
  expect(after.filter(isOfAccount)).toEqual(before.filter(isOfAccount).filter((one) => after.includes(one)));
  expect(before.some((one) => one.includes(account))).toBe(true);
  expect(after.some((one) => one.includes(account))).toBe(false);
  // Kept on purpose (infra/DATA.md): the log of who did what, and the memory that guards the seller's login.
  const kept = await itemsOf(account, tables, stage);
  expect([...kept.keys()].toSorted()).toEqual(['AuditTable', 'RegistryTable seller']);
  expect([...kept.values()].filter((item) => item.includes(login))).toEqual([]);
}

/** The step of the guide that removes the rest. */
export async function expectNothingLeft(stage: Stage): Promise<void> {
  await stage.guide.run('Removal: what is retained');
  expect(await left(stage)).toEqual([]);
}

/** `npm run remove`, and the step of the guide after it. */
export function removalScenario(parts: () => Parts): void {
  it('leaves nothing behind but what is retained on purpose, and secrets of accounts that were not removed', async () => {
    await expectRemoval(parts());
  });

  it('and then the rest, if it is to go, and nothing of another stage', async () => {
    const { stage } = parts();
    const neighbours = await openNeighbours(stage);
    try {
      await stage.guide.run('Removal: what is retained');
      const { [TABLE]: tables, [SECRET]: secrets } = await stage.listing();
      expect(tables).toEqual([neighbours.table]);
      expect(secrets).toEqual(neighbours.secrets);
    } finally {
      await neighbours.remove();
    }
    expect(await left(stage)).toEqual([]);
  });
}

/** A table and secrets as AWS names those of another stage in the same account. */
async function openNeighbours({ emulator, name, stack }: Stage) {
  const dynamo = new DynamoDBClient(emulator.aws);
  const vault = new SecretsManagerClient(emulator.aws);
  const table = `${stack}-eu-OrdersTable-1ABCDEFGHIJKL`;
  const secrets = ['FingerprintKey-1ABCDEFGHIJKL', `klamka/${name}-eu/accounts/1`];
  await dynamo.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  for (const Name of secrets) await vault.send(new CreateSecretCommand({ Name, SecretString: 'x' }));
  return {
    table,
    secrets,
    async remove() {
      await dynamo.send(new DeleteTableCommand({ TableName: table }));
      for (const SecretId of secrets)
        await vault.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      dynamo.destroy();
      vault.destroy();
    },
  };
}
