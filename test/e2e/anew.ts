import { expect, it } from 'vitest';
import { simulatedMarketplaces } from '../../infra/local/world.ts';
import { lacking } from './lacks.ts';
import { expectNothingLeft, expectRemoval } from './removal.ts';
import { expectNoSecrets } from './secrets.ts';
import { environmentFor, type Stage } from './stage.ts';

const LOGIN = 'drugi_sklep';

/** The present release, deployed where nothing was before, with the defaults: Amazon Cognito, no name of its own. */
export function anewScenario(parts: () => Stage): void {
  it('deploys this release from nothing with Amazon Cognito, to the first order, and is removed', async () => {
    const stage = await parts().another('e2e-anew');
    const { guide, issuer, simulator, secrets } = stage;
    await guide.run('Settings');
    await guide.set(`setting 'marketplaces=${JSON.stringify(simulatedMarketplaces(simulator.url))}'`);
    expect(await guide.run('Deploy')).toContain('"status":"ok"');
    const deployment = await stage.deployment();
    await deployment.schedules('off');
    await deployment.setEnvironment({ ...environmentFor(stage), ...issuer.environment });

    await guide.run("The administrator's client in Amazon Cognito");
    secrets.add(await guide.value('CLIENT_SECRET'));
    expect((await guide.value('CLIENT_SECRET')).length).toBeGreaterThan(20);
    expect(await guide.value('TOKEN_URL')).toMatch(
      /^https:\/\/klamka-e2e-anew-.*amazoncognito\.com\/oauth2\/token$/,
    );
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

    const scene = await stage.scene(deployment, { prefix: 'anew_', heard: async () => [] });
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

    await expectRemoval({ stage, deployment });
    await expectNothingLeft(stage);
    await scene.close();
    deployment.close();
  });
}
