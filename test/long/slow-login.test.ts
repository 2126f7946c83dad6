import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Klamka, startKlamka } from '../support/klamka.ts';

let klamka: Klamka;
beforeAll(async () => {
  klamka = await startKlamka();
});
afterAll(() => klamka.close());

it.each([28_000, 31_000])('a login that is answered after %i ms is waited for', async (millis) => {
  const integrationKeyId = await klamka.registerKey();
  const { login, applicationPassword } = await klamka.seller();
  const slow = { kind: 'delay', seller: login, millis, times: 1 };
  await klamka.sim('POST', '/faults', { operation: 'doLoginEnc', ...slow });
  const started = performance.now();
  const account = { marketplace: 'allegro', login, integrationKeyId, applicationPassword };
  const { body } = await klamka.api('POST', '/accounts', account);
  await klamka.settle();
  expect(performance.now() - started).toBeGreaterThan(millis);
  const { body: shown } = await klamka.api('GET', `/accounts/${String(body.accountId)}`);
  expect(shown).toMatchObject({ connection: { state: 'connected' }, lastRun: { outcome: 'done' } });
  expect(await klamka.attempts(login)).toBe(1);
});
