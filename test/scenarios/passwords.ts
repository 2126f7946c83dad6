import { DescribeSecretCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import type { Scene } from './scene.ts';

const WRONG = 'niewlasciwe12345';

interface Parts {
  readonly scene: Scene;
  readonly integrationKeyId: string;
  /** Told where a store leaves our label on the version before, which the real one takes from it. */
  readonly keepsOldLabels?: () => void;
}

/** A new application password is tried once, and becomes current only where the marketplace accepts it. */
export function passwordScenario(parts: () => Parts): void {
  const labels = async (scene: Scene, accountId: string) => {
    const SecretId = `${scene.vault.prefix}/accounts/${accountId}/application-password`;
    const { VersionIdsToStages = {} } = await scene.vault.client.send(
      new DescribeSecretCommand({ SecretId }),
    );
    const holders = (label: string) =>
      Object.entries(VersionIdsToStages).flatMap(([version, stages]) =>
        stages.includes(label) ? [version] : [],
      );
    const holder = (label: string) => holders(label)[0];
    return {
      current: holder('AWSCURRENT'),
      previous: holder('AWSPREVIOUS'),
      staged: holders('KLAMKA_STAGED'),
    };
  };

  it('moves the label of the version in use with an accepted password, and leaves it with a refused one', async () => {
    const { scene, integrationKeyId, keepsOldLabels } = parts();
    scene.secrets.add(WRONG);
    const seller = await scene.seller();
    const { login } = seller;
    const { status, body } = await scene.api('POST', '/accounts', {
      marketplace: 'allegro',
      ...seller,
      integrationKeyId,
    });
    expect({ status, body }).toMatchObject({ status: 201, body: { verdict: 'accepted' } });
    const accountId = String(body.accountId);
    const first = await labels(scene, accountId);
    expect(first.current).toEqual(expect.any(String));

    const path = `/accounts/${accountId}/application-password`;
    const made = await scene.sim('POST', `/sellers/${login}/application-passwords`, { name: 'Klamka 2' });
    scene.secrets.add(String(made.applicationPassword));
    const put = await scene.api('PUT', path, { applicationPassword: made.applicationPassword });
    expect(put).toMatchObject({ status: 200, body: { verdict: 'accepted' } });
    await scene.settle();
    const second = await labels(scene, accountId);
    expect(second.current).toEqual(expect.any(String));
    expect(second.current).not.toBe(first.current);
    expect(second.previous).toBe(first.current);

    const refused = await scene.api('PUT', path, { applicationPassword: WRONG });
    expect(refused).toMatchObject({ status: 422, body: { verdict: 'refused' } });
    await scene.settle();
    const third = await labels(scene, accountId);
    expect(third.current).toBe(second.current);
    expect(third.staged.filter((version) => !second.staged.includes(version))).toHaveLength(1);
    if (third.staged.length > 1 && keepsOldLabels !== undefined) keepsOldLabels();
    else expect(third.staged).toHaveLength(1);
    expect((await scene.api('GET', `/accounts/${accountId}`)).body).toMatchObject({
      connection: { state: 'connected' },
    });
    expect(await scene.attempts(login)).toBe(3);

    expect((await scene.api('DELETE', `/accounts/${accountId}`)).status).toBe(202);
    await scene.settle();
    await expect(labels(scene, accountId)).rejects.toThrow(ResourceNotFoundException);
  });
}
