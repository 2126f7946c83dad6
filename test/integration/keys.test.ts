import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { LOCAL } from '../support/tables.ts';

let klamka: Klamka;
beforeAll(async () => {
  klamka = await startKlamka();
});
afterAll(() => klamka.close());

interface KeyPage {
  readonly integrationKeys: readonly { readonly integrationKeyId: string }[];
  readonly cursor: string | null;
}

async function listed(limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? '' : `&cursor=${cursor}`;
    const page = (await klamka.api('GET', `/integration-keys?limit=${limit}${from}`))
      .body as unknown as KeyPage;
    pages.push(page.integrationKeys.map(({ integrationKeyId }) => integrationKeyId));
    cursor = page.cursor;
  } while (cursor !== null);
  return pages;
}

describe('integration keys', () => {
  it('come page by page, each once', async () => {
    const ids = [];
    for (let count = 0; count < 5; count += 1) ids.push(await klamka.registerKey());
    const pages = await listed(2);
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(pages.flat().toSorted()).toEqual(ids.toSorted());
    expect(await listed(100)).toEqual([pages.flat()]);
    const { status, body } = await klamka.api('GET', '/integration-keys?limit=0');
    expect({ status, body }).toMatchObject({ status: 400, body: { fields: [{ field: 'limit' }] } });
  });

  it('are removed with their secret, but not while an account uses them', async () => {
    const integrationKeyId = await klamka.registerKey();
    const path = `/integration-keys/${integrationKeyId}`;
    const seller = await klamka.seller();
    const account = { marketplace: 'allegro', ...seller, integrationKeyId };
    const { body: added } = await klamka.api('POST', '/accounts', account);
    const accountId = String(added.accountId);
    const refused = await klamka.api('DELETE', path);
    expect(refused).toMatchObject({
      status: 409,
      body: {
        message: { pl: expect.stringContaining(accountId), en: expect.stringContaining(accountId) },
        accounts: 1,
      },
    });
    const vault = new SecretsManagerClient({
      endpoint: klamka.world.stack.endpoints.secretsManager,
      ...LOCAL,
    });
    const { SecretList = [] } = await vault.send(new ListSecretsCommand());
    expect(SecretList.length).toBeGreaterThanOrEqual(3);
    const key = klamka.world.stack.resource('DataKey').arn;
    for (const { Name, KmsKeyId } of SecretList) expect(KmsKeyId, Name).toBe(key);
    await klamka.api('DELETE', `/accounts/${accountId}`);
    await klamka.settle();
    expect(await klamka.api('DELETE', path)).toEqual({
      status: 200,
      body: { integrationKeyId, state: 'removed' },
    });
    expect((await listed(100)).flat()).not.toContain(integrationKeyId);
    for (const method of ['DELETE', 'PUT'])
      expect((await klamka.api(method, path, { integrationKey: 'another' })).status).toBe(404);
    const again = await klamka.api('POST', '/accounts', account);
    expect(again).toMatchObject({ status: 400, body: { fields: [{ field: 'integrationKeyId' }] } });
    const secret = vault.send(
      new GetSecretValueCommand({ SecretId: `klamka/dev/integration-keys/${integrationKeyId}` }),
    );
    await expect(secret).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    vault.destroy();
  });
});
