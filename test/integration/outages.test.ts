import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { changeAccount } from '../support/tables.ts';

let klamka: Klamka;
let accountId: string;

beforeAll(async () => {
  klamka = await startKlamka();
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  const { body } = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    integrationKeyId,
    ...seller,
  });
  accountId = String(body.accountId);
  await klamka.settle();
});
afterAll(() => klamka.close());

const show = async () => (await klamka.api('GET', `/accounts/${accountId}`)).body;
const sync = async (): Promise<void> => {
  await klamka.api('POST', `/accounts/${accountId}/sync`);
  await klamka.settle();
};

describe('an outage of a reading method', () => {
  it.each([
    ['marketplace-unavailable', { code: 'ERR_INTERNAL_SYSTEM_ERROR' }],
    ['marketplace-unavailable', { code: 'SOAP-ENV:Client', text: 'Internal Server Error' }],
    ['unknown-answer', { code: 'SOAP-ENV:Server' }],
    ['unknown-answer', { code: 'ERR_NOBODY_KNOWS' }],
    ['unknown-answer', { code: 'ERR_INCORRECT_JOURNAL_START' }],
  ])('as %s is retried and ends by itself: %j', async (reason, fault) => {
    await klamka.sim('POST', '/faults', {
      operation: 'doGetSiteJournalDeals',
      kind: 'fault',
      times: 1,
      ...fault,
    });
    await sync();
    const during = await show();
    expect(during).toMatchObject({ connection: { state: 'retrying', reason } });
    expect(during.nextRunAt).toEqual(expect.any(String));
    await sync();
    expect(await show()).toMatchObject({ connection: { state: 'connected' } });
  });
});

describe('times that a clock has written a day ahead', () => {
  const lastRun = async () => ((await show()).lastRun as { startedAt: string }).startedAt;
  const ahead = (minutes: number) => Date.now() + minutes * 60_000;

  it.each([
    ['the last slot', () => ({ lastSlotMillis: ahead(24 * 60) })],
    ['the last slot, by four minutes,', () => ({ lastSlotMillis: ahead(4) })],
    ['a claim', () => ({ claimToken: 'theirs', claimUntilMillis: ahead(24 * 60) })],
  ])('%s stops no run', async (_, changes) => {
    const before = await lastRun();
    await changeAccount(klamka.world.stack, accountId, changes());
    await sync();
    expect(Date.parse(await lastRun())).toBeGreaterThan(Date.parse(before));
    expect(await show()).toMatchObject({ connection: { state: 'connected' } });
  });

  it('a claim of the next minutes counts', async () => {
    const before = await lastRun();
    await changeAccount(klamka.world.stack, accountId, {
      claimToken: 'theirs',
      claimUntilMillis: ahead(4),
    });
    await sync();
    expect(await lastRun()).toBe(before);
    await changeAccount(klamka.world.stack, accountId, { claimUntilMillis: 0 });
    await sync();
    expect(Date.parse(await lastRun())).toBeGreaterThan(Date.parse(before));
  });
});
