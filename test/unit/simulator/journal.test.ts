import { describe, expect, it } from 'vitest';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { at, drain, element, type Play, play, texts } from './kit.ts';

const ids = (events: readonly Record<string, string>[]) => events.map((event) => Number(event.dealEventId));

async function withOrders(orders: number, settings: object = {}) {
  const simulator = await play();
  const session = await simulator.openSession('sklep', await simulator.seller('sklep'));
  await simulator.control('POST settings', settings);
  await simulator.control('POST buyers', { orders });
  return { simulator, session };
}

const info = async (simulator: Play, session: string, start: string | number) => {
  const request = element('sessionId', session) + element('journalStart', start);
  const { body } = await simulator.call('doGetSiteJournalDealsInfo', request);
  return texts(at(body, 'siteJournalDealsInfo'));
};

describe('the deal journal', () => {
  it('gives the oldest hundred after the cursor, ascending, until a short page', async () => {
    const { simulator, session } = await withOrders(100);
    const first = await simulator.journal(session);
    expect(first).toHaveLength(100);
    expect(await simulator.journal(session, 0)).toEqual(first);
    expect(await simulator.journal(session, 123)).toEqual(first);
    const all = await drain(simulator, session);
    expect(all.slice(0, 100)).toEqual(first);
    expect(ids(all)).toEqual(ids(all).toSorted((a, b) => a - b));
    expect(new Set(ids(all)).size).toBe(all.length);
    expect(Math.min(...ids(all))).toBeGreaterThan(2 ** 32);
    expect(await info(simulator, session, 0)).toEqual({
      dealEventsCount: String(all.length),
      dealLastEventTime: all.at(-1)?.dealEventTime,
    });
  });

  it('excludes the cursor itself; a future start finds nothing, a negative one is refused', async () => {
    const { simulator, session } = await withOrders(5);
    const [first, second] = await simulator.journal(session);
    expect((await simulator.journal(session, first?.dealEventId))[0]).toEqual(second);
    expect(await simulator.journal(session, '9223372036854775807')).toEqual([]);
    expect(await info(simulator, session, 9e15)).toEqual({ dealEventsCount: '0', dealLastEventTime: '0' });
    const negative = element('sessionId', session) + element('journalStart', -1);
    expect((await simulator.call('doGetSiteJournalDeals', negative)).fault).toBe(
      'ERR_INCORRECT_JOURNAL_START',
    );
  });

  it('tells of every deal, and of every form once per deal', async () => {
    const { simulator, session } = await withOrders(120);
    const { orders } = await simulator.control<{ orders: TrueOrder[] }>('GET orders');
    const forms = orders.filter(({ orderId }) => orderId.startsWith('order:'));
    const dealsOf = (form: TrueOrder) =>
      form.lines.flatMap(({ purchases }) => purchases.map(({ purchaseId }) => purchaseId));
    const expected = forms.flatMap((form) =>
      dealsOf(form).map((dealId) => `${dealId} ${form.orderId.slice(6)}`),
    );
    const events = await drain(simulator, session);
    const told = (type: string) =>
      events
        .filter((event) => event.dealEventType === type)
        .map((event) => `${event.dealId} ${event.dealTransactionId}`);
    expect(told('2').toSorted()).toEqual(expected.toSorted());
    const allDeals = new Set(orders.flatMap(dealsOf));
    expect(told('1').toSorted()).toEqual([...allDeals].map((dealId) => `${dealId} 0`).toSorted());
    const dead = forms
      .filter(({ live }) => !live)
      .flatMap((form) => dealsOf(form).map((id) => `${id} ${form.orderId.slice(6)}`));
    expect(dead.length).toBeGreaterThan(0);
    expect(told('3').toSorted()).toEqual(dead.toSorted());
    const paid = forms.filter(({ state }) => state === 'paid');
    expect(paid.every((form) => told('4').some((told) => told.endsWith(form.orderId.slice(6))))).toBe(true);
  });

  it('writes types out of order when asked to, and never when not', async () => {
    const outOfOrder = async (probability: number) => {
      const { simulator, session } = await withOrders(60, { outOfOrder: probability });
      const created = new Set<string>();
      let early = 0;
      for (const event of await drain(simulator, session)) {
        const form = `${event.dealTransactionId} ${event.dealId}`;
        if (event.dealEventType === '2') created.add(form);
        else if (event.dealEventType !== '1' && !created.has(form)) early += 1;
      }
      return early;
    };
    expect(await outOfOrder(0)).toBe(0);
    expect(await outOfOrder(1)).toBeGreaterThan(10);
  });

  it('delays type 1 by the setting, and writes it with the time of writing', async () => {
    const { simulator, session } = await withOrders(5, { journalDelaySeconds: 300 });
    const before = await drain(simulator, session);
    expect(before.length).toBeGreaterThan(0);
    expect(before.filter((event) => event.dealEventType === '1')).toEqual([]);
    const { now } = await simulator.control<{ now: number }>('POST clock', { advanceSeconds: 301 });
    const late = await drain(simulator, session, before.at(-1)?.dealEventId);
    expect(late.length).toBeGreaterThanOrEqual(5);
    expect(late.every((event) => event.dealEventType === '1')).toBe(true);
    expect(late.every((event) => Math.abs(Number(event.dealEventTime) - now) < 5)).toBe(true);
  });

  it('repeats events under new ids, and inserts events behind the newest, on request', async () => {
    const { simulator, session } = await withOrders(10);
    const before = await drain(simulator, session);
    const newest = before.at(-1)?.dealEventId;
    expect(await simulator.control('POST journal/duplicate', { count: 3 })).toEqual({ events: 3 });
    const repeated = await drain(simulator, session, newest);
    const withoutIds = (event: Record<string, string>) => ({ ...event, dealEventId: '', dealEventTime: '' });
    expect(repeated).toHaveLength(3);
    for (const event of repeated) expect(before.map(withoutIds)).toContainEqual(withoutIds(event));
    expect(await simulator.control('POST journal/late', { count: 4 })).toEqual({ events: 4 });
    expect(await drain(simulator, session, repeated.at(-1)?.dealEventId)).toEqual([]);
    const after = await drain(simulator, session);
    expect(after).toHaveLength(before.length + 7);
    expect(new Set(ids(after)).size).toBe(after.length);
    expect(ids(after)).toEqual(ids(after).toSorted((a, b) => a - b));
  });

  it('can write fresh events behind the cursor', async () => {
    const { simulator, session } = await withOrders(20);
    const newest = (await drain(simulator, session)).at(-1)?.dealEventId;
    await simulator.control('POST settings', { behindCursor: 1 });
    await simulator.control('POST buyers', { orders: 1 });
    const cursorMissed =
      (await drain(simulator, session)).length - (await drain(simulator, session, newest)).length;
    const { orders } = await simulator.control<{ orders: TrueOrder[] }>('GET orders');
    expect(orders.filter(({ live }) => live)).toHaveLength(21);
    expect(cursorMissed).toBeGreaterThan(Number((await info(simulator, session, 0)).dealEventsCount) - 5);
  });

  it('forgets what is older than the retention and goes on from the oldest kept', async () => {
    const { simulator, session } = await withOrders(5, { retentionDays: 2, sessionSeconds: 1_000_000 });
    const old = await drain(simulator, session);
    await simulator.control('POST clock', { advanceSeconds: 86_400 });
    await simulator.control('POST buyers', { orders: 5 });
    const fresh = (await drain(simulator, session)).slice(old.length);
    expect(fresh.length).toBeGreaterThan(0);
    await simulator.control('POST clock', { advanceSeconds: 86_500 });
    expect(await drain(simulator, session, old[0]?.dealEventId)).toEqual(fresh);
  });

  it('shows each seller only the own sales', async () => {
    const { simulator, session } = await withOrders(10);
    const other = await simulator.openSession('inny', await simulator.seller('inny'));
    await simulator.control('POST buyers', { orders: 10, seller: 'inny' });
    const sellersOf = async (handle: string) =>
      new Set((await drain(simulator, handle)).map((event) => event.dealSellerId));
    expect(await sellersOf(session)).toEqual(new Set(['10000001']));
    expect(await sellersOf(other)).toEqual(new Set(['10000002']));
  });

  it('shows nothing to a session of another country', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    await simulator.control('POST buyers', { orders: 3 });
    const { body } = await simulator.logIn('sklep', password, { country: 56 });
    const session = at(body, 'sessionHandlePart').text;
    expect(session).toMatch(/_56$/);
    expect(await simulator.journal(session)).toEqual([]);
  });

  it('counts at most ten thousand events', async () => {
    const { simulator, session } = await withOrders(5000);
    expect((await info(simulator, session, 0)).dealEventsCount).toBe('10000');
  });
});
