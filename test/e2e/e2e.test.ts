import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAll, storedOrders } from '../../infra/local/compare.ts';
import { callScenario, writeRoles } from '../scenarios/calls.ts';
import { commandLineScenario } from '../scenarios/command-line.ts';
import { CLEAN, lineScenario } from '../scenarios/line.ts';
import { passwordScenario } from '../scenarios/passwords.ts';
import type { BusEvent, Scene } from '../scenarios/scene.ts';
import { busScenario, webhookScenario } from '../scenarios/webhook.ts';
import { anewScenario } from './anew.ts';
import type { Deployment } from './deployment.ts';
import { allLacks, lacking } from './lacks.ts';
import { FOLDER } from './python.ts';
import { queueScenario } from './queues.ts';
import { removalScenario } from './removal.ts';
import { secretScenario } from './secrets.ts';
import { noticeScenario, templateScenario, timeScenario } from './services.ts';
import { ADMINISTRATOR, environmentFor, openStage, type Stage, settingsFor } from './stage.ts';

let stage: Stage;
let deployment: Deployment;
let scene: Scene;
let heard: () => Promise<readonly BusEvent[]>;
let integrationKeyId: string;

const parts = () => ({ stage, deployment, scene });

beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => {
  const lacks = allLacks();
  await writeFile(join(FOLDER, 'not-emulated.txt'), `${lacks.join('\n')}\n`);
  for (const line of lacks) console.log(line);
  await scene?.close();
  deployment?.close();
  await stage?.close();
});

/** Looks at the stack as it was just deployed, and makes its functions fast for tests. */
async function look(): Promise<void> {
  await scene?.close();
  deployment?.close();
  deployment = await stage.deployment();
  await deployment.schedules('off');
  await deployment.setEnvironment(environmentFor(stage));
  heard ??= await deployment.listen({ source: ['klamka'] });
  scene = await stage.scene(deployment, { prefix: 'e2e_', heard });
}

const compared = () => compareAll({ api: scene.place, simulator: scene.simulator });

/** The steps of infra/DEPLOY.md, over the previous release where this clone has it. */
describe('from nothing to the first order', () => {
  let accountId: string;
  const login = 'pierwszy_sklep';

  it('settings and a name of its own', async () => {
    await stage.guide.run('Settings');
    await stage.guide.set(
      `setting ${settingsFor(stage)
        .map((one) => `'${one}'`)
        .join(' ')}`,
    );
    await stage.guide.run('A name of your own');
    lacking('DNS and TLS for a name of its own: calls go to the port of the emulator');
    lacking('fixedAddress: the emulator makes no Elastic IP and no NAT gateway of a template');
  });

  it('deploy', async () => {
    expect(await stage.guide.run('Deploy')).toContain('"status":"ok"');
    await look();
  });

  it('the first administrator, with the command line, and a token of its issuer', async () => {
    const { guide, secrets } = stage;
    const secret = 'words-of-the-administrator';
    await guide.set(`CLIENT_ID=${ADMINISTRATOR} CLIENT_SECRET=${secret} TOKEN_URL=${stage.issuer.tokenUrl}`);
    await guide.run("The administrator's client at a server of your own");
    const told = await guide.run('The administrator is written, and asks for a token');
    expect(told).toContain(`${ADMINISTRATOR}: administrator`);
    expect(told).toContain('"accounts":[]');
    for (const one of [secret, await guide.value('TOKEN')]) secrets.add(one);
  });

  it('the first client', async () => {
    await stage.guide.set('ERP_ID=e2e-erp');
    await stage.guide.run("The ERP's client at a server of your own");
    expect(await stage.guide.run('The ERP is written')).toContain('e2e-erp: integration');
  });

  it('subscribing to notices', async () => {
    await stage.guide.set('EMAIL=anna@example.org');
    expect(await stage.guide.run('Subscribing to notices')).toContain('SubscriptionArn');
    lacking('e-mail: a subscription is accepted, and no mail is sent');
  });

  it('the first account', async () => {
    const { applicationPassword } = await scene.seller({ login });
    await scene.sim('POST', '/keys', { key: 'e2efirstkey' });
    stage.secrets.add('e2efirstkey');
    const lines = ['INTEGRATION_KEY=e2efirstkey', `LOGIN=${login}`, `PASSWORD='${applicationPassword}'`];
    await stage.guide.set(lines.join('\n'));
    expect(await stage.guide.run('The first account')).toContain('"state":"connected"');
    accountId = await stage.guide.value('ACCOUNT');
  });

  it('the first order', async () => {
    await scene.sim('POST', '/buyers', { orders: 5, seller: login });
    await stage.guide.run('The first order');
    await scene.settle();
    expect(await stage.guide.run('The first order')).toMatch(/"orderId":"(order|purchase):/);
    expect(await scene.attempts(login)).toBe(1);
  });

  it('an upgrade over stored data: nothing is lost, nobody logs in again', async (context) => {
    if (!stage.fromPrevious) return context.skip('this clone lacks the commit of the previous release');
    await scene.settle();
    const before = await storedOrders(scene.place, accountId);
    expect(before.length).toBeGreaterThanOrEqual(5);
    await stage.takeNewRelease();
    // Days later, in another shell: the settings come from the file that the first session has made.
    const { guide } = stage;
    const [account, token] = [await guide.value('ACCOUNT'), await guide.value('TOKEN')];
    await guide.newSession();
    await expect(guide.run('Upgrade')).rejects.toThrow('run the commands of step 1 first');
    await guide.run('Settings');
    expect(await guide.run('Upgrade')).toContain('"status":"ok"');
    await guide.set(`LOGIN=${login} ACCOUNT=${account} TOKEN=${token} API="$(output HttpApiUrl)/v1"`);
    await look();
    const { issuer } = stage;
    const { TOKEN_ISSUER, PUBLIC_URL, MARKETPLACES } = await deployment.environmentOf('OrdersLambdaFunction');
    expect({ TOKEN_ISSUER, PUBLIC_URL }).toEqual({
      TOKEN_ISSUER: issuer.url,
      PUBLIC_URL: 'https://api.example.org',
    });
    expect(MARKETPLACES).toContain(stage.simulator.url);
    expect(await storedOrders(scene.place, accountId)).toEqual(before);
    await scene.sim('POST', '/buyers', { orders: 5, seller: login });
    await scene.sim('POST', '/buyers/finish');
    await scene.settle();
    await scene.settle();
    expect(await compared()).toMatchObject(CLEAN);
    expect((await compared()).stored).toBe(10);
    expect(await scene.attempts(login)).toBe(1);
  });

  it('a drill of restoring', async () => {
    expect(await stage.guide.run('A drill of restoring')).toMatch(/"Count": [1-9]/);
  });
});

describe('the deployed stack', () => {
  templateScenario(parts);
});

describe('time', () => {
  timeScenario(parts);
});

describe('a call over HTTP', () => {
  beforeAll(async () => {
    await writeRoles(scene);
    integrationKeyId = await scene.registerKey();
  });
  callScenario(() => scene);
});

describe('passwords', () => {
  const keepsOldLabels = () =>
    lacking('PutSecretValue takes our label from no version: two versions are labelled as staged');
  passwordScenario(() => ({ scene, integrationKeyId, keepsOldLabels }));
});

describe('the command line', () => {
  let home: string;
  beforeAll(async () => {
    home = join(FOLDER, 'command-line');
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true });
  });
  commandLineScenario(() => ({ scene, home, integrationKeyId }));
});

describe('the line from application password to stored orders', () => {
  let line: { scene: Scene; accountId: string; login: string };
  beforeAll(async () => {
    const seller = await scene.seller();
    const { body } = await scene.api('POST', '/accounts', {
      marketplace: 'allegro',
      ...seller,
      integrationKeyId,
    });
    line = { scene, accountId: String(body.accountId), login: seller.login };
    await scene.settle();
  });
  lineScenario(() => line);
});

describe('sending', () => {
  let sending: Parameters<typeof webhookScenario>[0];
  beforeAll(async () => {
    const { receiver } = stage;
    lacking('TLS from a function to loopback: webhooks are delivered in plain HTTP');
    const seller = await scene.seller();
    const added = await scene.api('POST', '/accounts', {
      marketplace: 'allegro',
      ...seller,
      integrationKeyId,
    });
    const { accountId } = added.body as { accountId: string };
    await scene.settle();
    const made = await scene.api('POST', '/webhooks', { url: receiver.url, accounts: [accountId] });
    expect(made.status).toBe(201);
    const { webhookId, secret } = made.body as { webhookId: string; secret: string };
    sending = () => ({ scene, receiver, accountId, login: seller.login, webhookId, secret });
    await scene.settle();
  });
  webhookScenario(() => sending());
  describe('the bus, as a queue hears it', () => busScenario(() => sending()));
});

describe('queues', () => {
  queueScenario(parts);
});

describe('notices', () => {
  noticeScenario(() => ({ ...parts(), integrationKeyId }));
});

describe('secrets', () => {
  secretScenario(parts);
});

describe('removal', () => {
  removalScenario(parts);
});

describe('anew', () => {
  anewScenario(() => stage);
});
