import { describe, expect, it } from 'vitest';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { AS_SELLER, drain, element, envelope, list, type Play, play } from './kit.ts';

async function shop(settings: object = {}) {
  const simulator = await play();
  const session = await simulator.openSession('sklep', await simulator.seller('sklep'));
  await simulator.control('POST settings', settings);
  return { simulator, session };
}

const quirks = async (simulator: Play) =>
  (await simulator.control<{ journal: Record<string, number> }>('GET stats')).journal;

describe('a journal that fails its readers', () => {
  it('can lose events that name a form, and never those that tell of a deal alone', async () => {
    const { simulator, session } = await shop({ lossy: 1 });
    await simulator.control('POST buyers', { orders: 30 });
    const events = await drain(simulator, session);
    expect(new Set(events.map(({ dealEventType }) => dealEventType))).toEqual(new Set(['1']));
    expect((await quirks(simulator)).lost).toBeGreaterThan(30);
    const listed = await simulator.call('doGetPostBuyFormsIds', element('sessionId', session) + AS_SELLER);
    expect(Number(listed.body.children.formsCount?.[0]?.text)).toBeGreaterThan(20);
  });

  it('can write events again later, under new ids', async () => {
    const { simulator, session } = await shop({ duplicates: 1 });
    await simulator.control('POST buyers', { orders: 10 });
    const once = await drain(simulator, session);
    await simulator.control('POST clock', { advanceSeconds: 6 });
    const twice = await drain(simulator, session);
    expect(twice).toHaveLength(2 * once.length);
    expect(await quirks(simulator)).toMatchObject({ lost: 0, repeated: once.length });
    const told = (events: typeof once) =>
      events.map((event) => [event.dealEventType, event.dealId, event.dealTransactionId].join());
    expect(new Set(told(twice))).toEqual(new Set(told(once)));
  });

  it('is the same as ever where these settings are left alone', async () => {
    const eventsWith = async (settings: object) => {
      const { simulator, session } = await shop(settings);
      await simulator.control('POST buyers', { orders: 20 });
      const events = await drain(simulator, session);
      return events.map(({ dealEventId }) => dealEventId);
    };
    expect(await eventsWith({ lossy: 0, duplicates: 0 })).toEqual(await eventsWith({}));
  });
});

describe('a form that is shown wrong', () => {
  it.each([
    ['negative-price', /<ns1:dealFinalPrice>-\d/],
    ['impossible-date', /<ns1:postBuyFormDateInit>2026-02-30 25:61:00</],
    ['long-title', /<ns1:postBuyFormItTitle>[^<]{10000}</],
    ['broken-utf8', /\uFFFD<\/ns1:postBuyFormItTitle>/],
  ])('%s', async (kind, sign) => {
    const { simulator, session } = await shop();
    await simulator.control('POST buyers', { orders: 5 });
    const { formIds } = await simulator.control<{ formIds: string[] }>('POST forms/spoil', {
      kind,
      count: 1,
    });
    const { orders } = await simulator.control<{ orders: TrueOrder[] }>('GET orders');
    expect(orders.filter(({ spoiled }) => spoiled !== undefined)).toMatchObject([
      { orderId: `form:${formIds[0]}`, spoiled: kind },
    ]);
    const read = async () => textOf(simulator, { session, formIds });
    expect(await read()).toMatch(sign);
    await simulator.control(`POST forms/${formIds[0]}/spoil`, { kind: null });
    expect(await read()).not.toMatch(sign);
  });

  it('lacks the element that is named', async () => {
    const { simulator, session } = await shop();
    await simulator.control('POST buyers', { orders: 3 });
    const spoil = { kind: 'missing-element', element: 'dealDate', count: 1 };
    const { formIds } = await simulator.control<{ formIds: string[] }>('POST forms/spoil', spoil);
    const text = await textOf(simulator, { session, formIds });
    expect(text).toContain('<ns1:dealQuantity>');
    expect(text).not.toContain('dealDate');
  });
});

async function textOf(simulator: Play, { session, formIds }: { session: string; formIds: string[] }) {
  const request = element('sessionId', session) + list('transactionsIdsArray', formIds);
  const body = element('DoGetPostBuyFormsDataForSellersRequest', request);
  const response = await simulator.post('doGetPostBuyFormsDataForSellers', envelope(body));
  expect(response.status).toBe(200);
  return new TextDecoder().decode(await response.arrayBuffer());
}

describe('trouble for one seller', () => {
  it('breaks only the calls in its sessions, and its logins', async () => {
    const { simulator, session } = await shop();
    const password = await simulator.seller('inny');
    const fault = { kind: 'fault', code: 'ERR_NO_DATABASE', seller: 'inny' };
    await simulator.control('POST faults', { operation: 'doLogin', ...fault });
    expect((await simulator.logIn('inny', password)).fault).toBe('ERR_NO_DATABASE');
    const other = await simulator.openSession('inny', password);
    await simulator.control('POST faults', { operation: '*', ...fault });
    const count = (handle: string) =>
      simulator.call('doGetSiteJournalDealsInfo', element('sessionId', handle));
    expect((await count(session)).fault).toBeUndefined();
    expect((await count(other)).fault).toBe('ERR_NO_DATABASE');
    expect((await count(other)).fault).toBeUndefined();
  });
});
