import { afterAll, expect, it } from 'vitest';
import { simulatedMarketplaces } from '../../infra/local/world.ts';
import type { Scene } from '../scenarios/scene.ts';
import type { Deployment } from './deployment.ts';
import { lacking } from './lacks.ts';
import { expectNothingLeft, expectRemoval } from './removal.ts';
import { expectNoSecrets } from './secrets.ts';
import { environmentFor, type Stage } from './stage.ts';

const LOGIN = 'drugi_sklep';

/** The present release, deployed where nothing was before, with the defaults: Amazon Cognito, no name of its own. */
export function anewScenario(parts: () => Stage): void {
  let stage: Stage;
  let deployment: Deployment;
  let scene: Scene | undefined;
  afterAll(async () => {
    await scene?.close();
    deployment?.close();
  });

  it('deploys this release from nothing, with Amazon Cognito', async () => {
    stage = await parts().another('e2e-anew');
    const { guide, issuer, simulator } = stage;
    await guide.run('Settings');
    await guide.set(`setting 'marketplaces=${JSON.stringify(simulatedMarketplaces(simulator.url))}'`);
    expect(await guide.run('Deploy')).toContain('"status":"ok"');
    deployment = await stage.deployment();
    await deployment.schedules('off');
    await deployment.setEnvironment({ ...environmentFor(stage), ...issuer.environment });
  });

  it('makes app clients of Cognito for the first administrator and the first client', async () => {
    const { guide, issuer, secrets } = stage;
    await guide.run("The administrator's client in Amazon Cognito");
    const secret = await guide.value('CLIENT_SECRET');
    secrets.add(secret);
    expect(secret.length).toBeGreaterThan(20);
    const tokenUrl = /^https:\/\/klamka-e2e-anew-.*amazoncognito\.com\/oauth2\/token$/;
    expect(await guide.value('TOKEN_URL')).toMatch(tokenUrl);
    lacking(
      'the token endpoint of Amazon Cognito under its own name: an issuer on loopback gives the tokens',
    );
    await guide.set(`TOKEN_URL=${issuer.tokenUrl}`);
    expect(await guide.run('The administrator is written, and asks for a token')).toContain('"accounts":[]');
    secrets.add(await guide.value('TOKEN'));
    await guide.run("The ERP's client in Amazon Cognito");
    const erp = await guide.value('ERP_ID');
    expect(erp).toMatch(/^\w{10,}$/);
    expect(await guide.run('The ERP is written')).toContain(`${erp}: integration`);
  });

  it('comes to the first account and the first order', async () => {
    const { guide, secrets } = stage;
    scene = await stage.scene(deployment, { prefix: 'anew_', heard: async () => [] });
    const { applicationPassword } = await scene.seller({ login: LOGIN });
    await scene.sim('POST', '/keys', { key: 'e2esecondkey' });
    secrets.add('e2esecondkey');
    await guide.set(`INTEGRATION_KEY=e2esecondkey LOGIN=${LOGIN} PASSWORD='${applicationPassword}'`);
    expect(await guide.run('The first account')).toContain('"state":"connected"');
    await scene.sim('POST', '/buyers', { orders: 2, seller: LOGIN });
    await scene.settle();
    expect(await guide.run('The first order')).toMatch(/"orderId":"(order|purchase):/);
    expect(await scene.attempts(LOGIN)).toBe(1);
    await expectNoSecrets({ stage, deployment, scene });
  });

  it('is removed, the user pool too', async () => {
    await expectRemoval({ stage, deployment });
    await expectNothingLeft(stage);
  });
}
