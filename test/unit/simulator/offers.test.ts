import { describe, expect, it } from 'vitest';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { DIALECTS, listOf, shop } from './dialects.ts';
import { at, texts } from './kit.ts';
import { type Shop, tab } from './offers-kit.ts';

describe.each(DIALECTS)('offers in %s', (dialect) => {
  it('stand in their tabs with what was sold of them', async () => {
    const shopping: Shop = await shop(dialect);
    const { orders } = await shopping.simulator.control<{ orders: TrueOrder[] }>('GET orders');
    const pieces = new Map<string, number>();
    for (const line of orders.filter(({ live }) => live).flatMap((order) => order.lines)) {
      pieces.set(line.offerId, (pieces.get(line.offerId) ?? 0) + line.quantity);
    }
    const { count, list } = await tab(shopping, 'Sold');
    expect(count).toBe(pieces.size);
    for (const one of list) expect(Number(one.itemSoldQuantity)).toBe(pieces.get(one.itemId ?? ''));
    expect((await tab(shopping, 'Sell')).count).toBeGreaterThanOrEqual(count);
    expect((await tab(shopping, 'NotSold')).count).toBe(0);
  });

  it('are listed by page, order, title, price and id', async () => {
    const shopping: Shop = await shop(dialect);
    const { count, list } = await tab(shopping, 'Sell', [
      [
        'sortOptions',
        [
          ['sortType', 2],
          ['sortOrder', 2],
        ],
      ],
    ]);
    const price = (one: { prices: Record<string, string> } | undefined) => Number(one?.prices['1']);
    expect(list.map(price)).toEqual(list.map(price).toSorted((a, b) => b - a));
    const second = await tab(shopping, 'Sell', [
      [
        'sortOptions',
        [
          ['sortType', 2],
          ['sortOrder', 2],
        ],
      ],
      ['pageSize', 3],
      ['pageNumber', 1],
    ]);
    expect(second).toEqual({ count, list: list.slice(3, 6) });
    const cheap = await tab(shopping, 'Sell', [
      ['filterOptions', [['filterPrice', [['filterPriceTo', price(list[2])]]]]],
    ]);
    expect(cheap.count).toBe(count - 2);
    const [first] = list;
    const found = await tab(shopping, 'Sell', [
      ['searchValue', first?.itemTitle?.slice(2, 9).toUpperCase() ?? ''],
      ['itemIds', listOf(first?.itemId ?? '')],
    ]);
    expect(found.list.map(({ itemId }) => itemId)).toEqual([first?.itemId]);
    const odd = await shopping.say('doGetMySellItems', [
      ['sessionId', shopping.session],
      ['pageSize', 0],
    ]);
    expect(odd.fault).toBe('ERR_INPUT_OFFSET_OR_PACKAGE_SIZE_ERROR');
  });

  it('show strangers less in doGetItemsInfo', async () => {
    const shopping: Shop = await shop(dialect);
    const auction = (await tab(shopping, 'Sell')).list.find((one) => one.prices['3'] !== undefined);
    const itemId = auction?.itemId ?? '';
    const password = await shopping.simulator.seller('inny');
    const ask = async (session: string) => {
      const { body } = await shopping.say('doGetItemsInfo', [
        ['sessionHandle', session],
        ['itemsIdArray', listOf(itemId)],
      ]);
      return texts(at(body, 'arrayItemListInfo.item.itemInfo'));
    };
    expect(await ask(shopping.session)).toMatchObject({
      itId: itemId,
      itStartingPrice: auction?.prices['3'],
      itStartingTime: auction?.itemStartTime,
      itBuyNowPrice: auction?.prices['1'],
    });
    expect(await ask(await shopping.simulator.openSession('inny', password))).toMatchObject({
      itId: itemId,
      itStartingPrice: '0',
      itStartingTime: '0',
    });
  });
});
