import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Deployment } from './deployment.ts';
import { FOLDER } from './python.ts';
import { STACK, STAGE, type Stage } from './stage.ts';

const Template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), DeletionPolicy: z.string().optional() })),
});
const TEMPLATE = join(FOLDER, 'checkout', '.serverless', 'cloudformation-template-update-stack.json');

/** Parts of the names of what belongs to the stack, and of what these tests have made. */
const OURS = [STACK, `${STAGE}-klamka`, `klamka/${STAGE}/`, 'api.example.org'];
const TABLE = 'AWS::DynamoDB::Table';
const SECRET = 'AWS::SecretsManager::Secret';
const OF_TESTS = /-(listener-\d+|people)$/;

/** All resources that exist, as "kind name". */
async function left({ listing }: Stage): Promise<string[]> {
  const all = Object.entries(await listing()).flatMap(([kind, names]) =>
    names.map((name) => `${kind} ${name}`),
  );
  // Keys have no name of ours, and the emulated account has keys of this stack only.
  const isOurs = (one: string) => one.startsWith('AWS::KMS::Key') || OURS.some((part) => one.includes(part));
  return all.filter((one) => isOurs(one) && !OF_TESTS.test(one)).toSorted();
}

/** `npm run remove`, and the step of the guide after it. */
export function removalScenario(parts: () => { stage: Stage; deployment: Deployment }): void {
  it('leaves nothing behind but what is retained on purpose, and secrets of accounts that were not removed', async () => {
    const { stage, deployment } = parts();
    const before = await left(stage);
    // The listing has to see what there is, or its silence afterwards would show nothing.
    const seen = new Set(before.map((one) => one.split(' ')[0]));
    expect([...seen].toSorted()).toEqual(Object.keys(await stage.listing()).toSorted());
    const { Resources } = Template.parse(JSON.parse(await readFile(TEMPLATE, 'utf8')));
    const retained = Object.entries(Resources)
      .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
      .map(([logicalId, { Type }]) => `${Type} ${deployment.physical(logicalId)}`);
    expect(retained.length).toBeGreaterThan(5);

    await stage.guide.run('Removal: the stack');
    const after = await left(stage);
    const isOfAccount = (one: string) => one.includes(` klamka/${STAGE}/`);
    expect(after.filter((one) => !isOfAccount(one))).toEqual(retained.toSorted());
    expect(after.filter(isOfAccount)).toEqual(
      before.filter(isOfAccount).filter((one) => after.includes(one)),
    );
    const account = await stage.guide.value('ACCOUNT');
    expect(before.some((one) => one.includes(account))).toBe(true);
    expect(after.some((one) => one.includes(account))).toBe(false);
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
async function openNeighbours({ emulator }: Stage) {
  const dynamo = new DynamoDBClient(emulator.aws);
  const vault = new SecretsManagerClient(emulator.aws);
  const table = `${STACK}-eu-OrdersTable-1ABCDEFGHIJKL`;
  const secrets = ['FingerprintKey-1ABCDEFGHIJKL', `klamka/${STAGE}-eu/accounts/1`];
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
