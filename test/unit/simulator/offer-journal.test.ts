import { describe, expect, it } from 'vitest';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { DIALECTS, type Row, type Speaker, shop } from './dialects.ts';
import { at, items, texts } from './kit.ts';

async function page({ say }: Speaker, session: string, more: readonly Row[] = []) {
  const { body } = await say('doGetSiteJournal', [['sessionHandle', session], ...more]);
  return items(at(body, 'siteJournalArray')).map(texts);
}

async function drain(speaker: Speaker, session: string) {
  const rows: Record<string, string>[] = [];
  for (let cursor = '0'; ; cursor = rows.at(-1)?.rowId ?? '0') {
    const next = await page(speaker, session, [['startingPoint', cursor]]);
    rows.push(...next);
    if (next.length < 100) return rows;
  }
}

describe.each(DIALECTS)('the offer journal in %s', (dialect) => {
  it('tells of each offer once and of each purchase, page by page', async () => {
    const shopping = await shop(dialect, { orders: 120 });
    const rows = await drain(shopping, shopping.session);
    const { orders } = await shopping.simulator.control<{ orders: TrueOrder[] }>('GET orders');
    const deals = new Map(
      orders.flatMap(({ lines }) =>
        lines.flatMap((line) => line.purchases.map((deal) => [deal.purchaseId, { ...line, ...deal }])),
      ),
    );
    const rowIds = rows.map(({ rowId }) => Number(rowId));
    expect(rows.length).toBeGreaterThan(100);
    expect(rowIds).toEqual([...new Set(rowIds)].toSorted((a, b) => a - b));
    expect(rowIds[0]).toBeGreaterThan(2 ** 32);
    const of = (change: string) => rows.filter(({ changeType }) => changeType === change);
    const started = of('start').map(({ itemId }) => itemId);
    expect(new Set(started).size).toBe(started.length);
    expect([...deals.values()].every(({ offerId }) => started.includes(offerId))).toBe(true);
    expect(of('start').every(({ currentPrice }) => currentPrice === '0')).toBe(true);
    const sold = (list: { offer: string | undefined; minor: number }[]) =>
      list.map((one) => JSON.stringify(one)).toSorted();
    expect(
      sold(
        of('now').map(({ itemId, currentPrice }) => ({
          offer: itemId,
          minor: Math.round(Number(currentPrice) * 100),
        })),
      ),
    ).toEqual(
      sold(
        [...deals.values()].map(({ offerId, purchases: own, purchaseId }) => ({
          offer: offerId,
          minor: own.find((one) => one.purchaseId === purchaseId)?.unitPrice.minor ?? 0,
        })),
      ),
    );
    expect(of('bid').length).toBeGreaterThan(0);
    const { body } = await shopping.say('doGetSiteJournalInfo', [
      ['sessionHandle', shopping.session],
      ['startingPoint', rowIds[9] ?? 0],
    ]);
    expect(texts(at(body, 'siteJournalInfo'))).toEqual({
      itemsNumber: String(rows.length - 10),
      lastItemDate: rows.at(-1)?.changeDate,
    });
  });

  it('shows own offers only, or the whole site on request, and forgets old rows', async () => {
    const shopping = await shop(dialect, { orders: 5 });
    const { simulator, session } = shopping;
    await simulator.seller('inny');
    await simulator.control('POST buyers', { orders: 5, seller: 'inny' });
    const own = await page(shopping, session);
    const all = await page(shopping, session, [['infoType', 1]]);
    const sellers = (rows: Record<string, string>[]) =>
      new Set(rows.map(({ itemSellerId }) => itemSellerId)).size;
    expect([sellers(own), sellers(all)]).toEqual([1, 2]);
    expect(
      (
        await shopping.say('doGetSiteJournal', [
          ['sessionHandle', session],
          ['startingPoint', -1],
        ])
      ).fault,
    ).toBe('ERR_INCORRECT_JOURNAL_START');
    await simulator.control('POST settings', { sessionSeconds: 10_000_000 });
    await simulator.control('POST clock', { advanceSeconds: 10 * 86_400 });
    expect(await page(shopping, session)).toEqual([]);
  });
});
