import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { AS_SELLER, at, drain, element, envelope, items, list, type Play, play } from './kit.ts';

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
    // Holds the clock: on a busy machine the first seconds would pass before the first read.
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
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
    const { saleIds } = await simulator.control<{ saleIds: string[] }>('POST sales/spoil', {
      kind,
      count: 1,
    });
    const { orders } = await simulator.control<{ orders: TrueOrder[] }>('GET orders');
    expect(orders.filter(({ spoiled }) => spoiled !== undefined)).toMatchObject([
      { orderId: `order:${saleIds[0]}`, spoiled: kind },
    ]);
    const read = async () => textOf(simulator, { session, saleIds });
    expect(await read()).toMatch(sign);
    await simulator.control(`POST sales/${saleIds[0]}/spoil`, { kind: null });
    expect(await read()).not.toMatch(sign);
  });

  it('lacks the element that is named', async () => {
    const { simulator, session } = await shop();
    await simulator.control('POST buyers', { orders: 3 });
    const spoil = { kind: 'missing-element', element: 'dealDate', count: 1 };
    const { saleIds } = await simulator.control<{ saleIds: string[] }>('POST sales/spoil', spoil);
    const text = await textOf(simulator, { session, saleIds });
    expect(text).toContain('<ns1:dealQuantity>');
    expect(text).not.toContain('dealDate');
  });
});

async function textOf(simulator: Play, { session, saleIds }: { session: string; saleIds: string[] }) {
  const request = element('sessionId', session) + list('transactionsIdsArray', saleIds);
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

describe('a marketplace that lies about its forms', () => {
  const read = async (
    { simulator, session }: Awaited<ReturnType<typeof shop>>,
    saleIds: readonly string[],
  ) => {
    const body = element('sessionId', session) + list('transactionsIdsArray', saleIds);
    return await simulator.call('doGetPostBuyFormsDataForSellers', body);
  };
  const formsOf = async (simulator: Play) => {
    const { orders } = await simulator.control<{ orders: TrueOrder[] }>('GET orders?seller=sklep');
    return orders.filter(({ orderId }) => orderId.startsWith('order:'));
  };

  it('can name a form with goods among the surcharges of another', async () => {
    const made = await shop({ misnames: 1 });
    await made.simulator.control('POST buyers', { orders: 10 });
    const ids = (await formsOf(made.simulator)).map(({ orderId }) => orderId.slice(6));
    const { body } = await read(made, ids.slice(-5));
    const named = items(at(body, 'postBuyFormData')).flatMap(({ children }) =>
      items(at({ text: '', children }, 'postBuyFormSurchargesList')).map(({ text }) => text),
    );
    expect(named.filter((id) => ids.includes(id)).length).toBeGreaterThan(3);
  });

  it('can let one of several purchases leave a form that is paid', async () => {
    const { simulator } = await shop({ leaves: 1 });
    await simulator.control('POST buyers', { orders: 60 });
    const paid = (await formsOf(simulator)).filter(({ state }) => state === 'paid');
    const { orders } = await simulator.control<{ orders: TrueOrder[] }>('GET orders?seller=sklep');
    const deals = orders.flatMap(({ live, lines }) => (live ? lines.flatMap((line) => line.purchases) : []));
    expect(new Set(deals.map(({ purchaseId }) => purchaseId)).size).toBe(deals.length);
    expect(paid.every(({ lines }) => lines.flatMap((line) => line.purchases).length <= 2)).toBe(true);
  });

  it('can refuse every call that asks for one form, until it is mended', async () => {
    const made = await shop();
    await made.simulator.control('POST buyers', { orders: 5 });
    const spoil = { kind: 'refused', element: 'ERR_BLOCKED_USER_CANT_INVOKE_METHOD', count: 1 };
    const { saleIds } = await made.simulator.control<{ saleIds: string[] }>('POST sales/spoil', spoil);
    const others = (await formsOf(made.simulator)).map(({ orderId }) => orderId.slice(6));
    expect((await read(made, others)).fault).toBe('ERR_BLOCKED_USER_CANT_INVOKE_METHOD');
    const readable = others.filter((id) => !saleIds.includes(id));
    expect((await read(made, readable)).fault).toBeUndefined();
    // Newer forms that are shown right do not use up the count.
    await made.simulator.control('POST buyers', { orders: 5 });
    await made.simulator.control('POST sales/spoil', { kind: null, count: 1 });
    expect((await read(made, others)).fault).toBeUndefined();
  });
});
