import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAll } from '../../infra/local/compare.ts';
import { CLEAN, lineScenario } from '../scenarios/line.ts';
import { embeddedScene, type Scene } from '../scenarios/scene.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { endClaims, setVisibility } from '../support/tables.ts';

let klamka: Klamka;
let scene: Scene;
let accountId: string;
let login: string;

const compared = () => compareAll({ api: klamka.world.api, simulator: klamka.world.simulator.url });

beforeAll(async () => {
  klamka = await startKlamka({ seed: 11 });
  scene = embeddedScene(klamka);
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  login = seller.login;
  const { body } = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    ...seller,
    integrationKeyId,
  });
  accountId = String(body.accountId);
  await klamka.settle();
});
afterAll(() => scene.close());

describe('the line from application password to stored orders', () => {
  lineScenario(() => ({ scene, accountId, login }));

  it('loses nothing when its workers are killed in the middle', async () => {
    await setVisibility(klamka.world.stack, 3);
    await klamka.sim('POST', '/buyers', { orders: 60, pace: 'at-once' });
    // Not awaited: on a busy machine the run may be over before the answer is here, and would never be seen.
    const asked = klamka.api('POST', `/accounts/${accountId}/sync`);
    while (!klamka.world.stack.instances('WorkLambdaFunction').some(({ busy }) => busy))
      await new Promise(setImmediate);
    klamka.world.stack.kill('WorkLambdaFunction');
    await asked;
    await klamka.sim('POST', '/faults', { operation: '*', times: 1, kind: 'http-503' });
    await endClaims(klamka.world.stack, accountId);
    await klamka.settle();
    await klamka.api('POST', `/accounts/${accountId}/sync`);
    await klamka.settle();
    await klamka.settle();
    expect(await compared()).toMatchObject({ made: 180, ...CLEAN });
  });
});

describe('secrets', () => {
  it('are in no log line, no HTTP answer and no event', async () => {
    const events = JSON.stringify(klamka.world.stack.events());
    expect(klamka.said.length).toBeGreaterThan(20);
    expect(klamka.secrets.size).toBeGreaterThanOrEqual(3);
    for (const secret of klamka.secrets) {
      expect(klamka.said.filter((line) => line.includes(secret))).toEqual([]);
      expect(events).not.toContain(secret);
    }
  });
});
