import { afterAll, beforeAll, expect, it } from 'vitest';
import { noChaos } from '../../infra/local/chaos/counts.ts';
import { helper } from '../../infra/local/chaos/people.ts';
import { timePasses } from '../../infra/local/chaos/time.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { changeAccount } from '../support/tables.ts';

let klamka: Klamka;
beforeAll(async () => {
  klamka = await startKlamka();
});
afterAll(() => klamka.close());

it('people of the chaos run let a day pass where an account may not be unlocked again today', async () => {
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  const { body } = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    ...seller,
    integrationKeyId,
  });
  const accountId = String(body.accountId);
  await klamka.settle();
  const { stack } = klamka.world;
  const now = Date.now();
  await changeAccount(stack, accountId, {
    possibleFailures: 3,
    loginsSent: 3,
    unclearAttempts: [1, 2, 3].map((id) => ({ id: `lost-${id}`, version: 'v', atMillis: now })),
    recentUnlocksMillis: [now - 3, now - 2, now - 1],
  });
  const show = async () => (await klamka.api('GET', `/accounts/${accountId}`)).body;
  expect(await show()).toMatchObject({ connection: { state: 'locked', reason: 'attempts-exhausted' } });
  const unlock = () => klamka.api('POST', `/accounts/${accountId}/unlocked`, { loggedInOnWebsite: true });
  expect((await unlock()).status).toBe(429);
  const counts = noChaos();
  const help = helper({ world: klamka.world, time: timePasses(stack), counts });
  await help();
  await klamka.settle();
  expect(await show()).toMatchObject({ connection: { state: 'connected' } });
  expect(await klamka.attempts(seller.login)).toBe(2);
  expect(counts).toMatchObject({ hoursPassed: 1, helped: 1 });
});
