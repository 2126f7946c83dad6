import { describe, expect, it } from 'vitest';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { DIALECTS, listOf, shop } from './dialects.ts';
import { at, items, texts } from './kit.ts';
import { changesOf, finish, quantity, type Shop, tab } from './offers-kit.ts';
import { minor } from './orders-kit.ts';

describe.each(DIALECTS)('changed offers in %s', (dialect) => {
  it('change their number of pieces: the number is the first one, not what is left', async () => {
    const shopping: Shop = await shop(dialect);
    const { list } = await tab(shopping, 'Sold');
    const itemId = list[0]?.itemId ?? '';
    const sold = Number(list[0]?.itemSoldQuantity);
    const changed = texts((await quantity(shopping, itemId, sold + 7)).body);
    expect(changed).toMatchObject({ itemId, itemQuantityLeft: '7', itemQuantitySold: String(sold) });
    for (const bad of [sold, 0, -1, 1_000])
      expect((await quantity(shopping, itemId, bad)).fault, String(bad)).toBe('ERR_INVALID_QUANTITY');
    expect((await quantity(shopping, '77', 5)).fault).toBe('ERR_INVALID_ITEM_ID');
    expect((await changesOf(shopping, itemId)).at(-1)).toBe('change');
  });

  it('end with their last piece, and buyers go on with the successor', async () => {
    const shopping: Shop = await shop(dialect, { orders: 40 });
    const { list } = await tab(shopping, 'Sell');
    for (const { itemId = '', itemSoldQuantity } of list)
      await quantity(shopping, itemId, Number(itemSoldQuantity) + 1);
    await shopping.simulator.control('POST buyers', { orders: 60 });
    const left = new Set((await tab(shopping, 'Sell')).list.map(({ itemId }) => itemId));
    const over = list.map(({ itemId = '' }) => itemId).filter((itemId) => !left.has(itemId));
    expect(over.length).toBeGreaterThan(0);
    const [first = ''] = over;
    const soldOut = (await tab(shopping, 'Sold', [['itemIds', listOf(first)]])).list[0];
    expect(soldOut?.itemSoldQuantity).toBe(soldOut?.itemStartQuantity);
    expect(soldOut?.itemEndTime).not.toBe('0');
    expect((await tab(shopping, 'Sell')).list.some(({ itemId }) => Number(itemId) > 9_000_000_000)).toBe(
      true,
    );
    expect((await shopping.simulator.stats()).ordersMade).toBe(100);
  });

  it('change their prices, for later buyers only', async () => {
    const shopping: Shop = await shop(dialect, { orders: 30 });
    const before = await shopping.simulator.control<{ orders: TrueOrder[] }>('GET orders');
    const sold = before.orders.find(({ state }) => state === 'awaiting-details');
    const unpaid = async () => {
      const { body } = await shopping.say('doGetDeals', [
        ['sessionHandle', shopping.session],
        ['itemId', sold?.lines[0]?.offerId ?? ''],
        ['buyerId', sold?.buyer.id ?? ''],
      ]);
      return items(at(body, 'dealsList')).map(texts);
    };
    const amounts = await unpaid();
    expect(amounts).not.toEqual([]);
    const offers = (await tab(shopping, 'Sell')).list;
    for (const { itemId = '', prices } of offers) {
      const reply = await shopping.say('doChangePriceItem', [
        ['sessionHandle', shopping.session],
        ['itemId', itemId],
        ['newStartingPrice', prices['3'] ?? 0],
        ['newReservePrice', 0],
        ['newBuyNowPrice', '3123.455'],
      ]);
      expect(texts(reply.body).itemId).toBe(itemId);
    }
    expect((await tab(shopping, 'Sell')).list.every(({ prices }) => prices['1'] === '3123.46')).toBe(true);
    await shopping.simulator.control('POST buyers', { orders: 10 });
    const after = await shopping.simulator.control<{ orders: TrueOrder[] }>('GET orders');
    const known = new Map(before.orders.map((order) => [order.orderId, order.lines]));
    expect((await unpaid()).slice(0, amounts.length)).toEqual(amounts);
    const form = before.orders.find(({ orderId }) => orderId.startsWith('order:'));
    const forms = await shopping.say('doGetPostBuyFormsDataForSellers', [
      ['sessionId', shopping.session],
      ['transactionsIdsArray', listOf(form?.orderId.slice(6) ?? '')],
    ]);
    const told = texts(at(forms.body, 'postBuyFormData.item.postBuyFormItems.item'));
    expect(minor(told.postBuyFormItPrice ?? '')).toBe(form?.lines[0]?.unitPrice.minor);
    for (const { orderId, lines } of after.orders) {
      if (known.has(orderId)) expect(lines).toEqual(known.get(orderId));
      else if (
        lines.every(({ offerId }) => offers.some(({ itemId }) => itemId === offerId)) &&
        orderId.startsWith('form')
      )
        expect(lines.map(({ unitPrice }) => unitPrice.minor)).toEqual(lines.map(() => 312346));
    }
  });

  it('refuse prices that make no sense', async () => {
    const shopping: Shop = await shop(dialect);
    const { list } = await tab(shopping, 'Sell');
    const auction = list.find(
      ({ prices, itemBiddersCounter }) => prices['3'] !== undefined && itemBiddersCounter !== '0',
    );
    const plain = list.find(({ prices }) => prices['3'] === undefined);
    const change = async (itemId: string | undefined, [start, reserve, now]: readonly (string | number)[]) =>
      (
        await shopping.say('doChangePriceItem', [
          ['sessionHandle', shopping.session],
          ['itemId', itemId ?? ''],
          ['newStartingPrice', start ?? ''],
          ['newReservePrice', reserve ?? ''],
          ['newBuyNowPrice', now ?? ''],
        ])
      ).fault;
    expect(await change(plain?.itemId, [0, 0, 0])).toBe('ERR_INVALID_BUY_NOW_PRICE');
    expect(await change(plain?.itemId, [9, 0, 8])).toBe('ERR_BUY_NOW_LESS_THAN_STARTING_PRICE');
    expect(await change(plain?.itemId, [5, 9, 8])).toBe('ERR_BUY_NOW_LESS_THAN_RESERVE_PRICE');
    expect(await change(plain?.itemId, [0, 9, 8])).toBe('ERR_INVALID_RESERVE_PRICE');
    expect(await change(plain?.itemId, ['-1', 0, 8])).toBe('ERR_INVALID_STARTING_PRICE');
    expect(await change(auction?.itemId, ['0.01', 0, 8000])).toBe('ERR_CANT_CHANGE_STARTING_PRICE_AFTER_BID');
    expect(await change(plain?.itemId, ['a lot', 0, 8])).toBe(
      dialect === 'doclit' ? 'Sender' : 'SOAP-ENV:Client',
    );
    // Values that xsd:float allows and that are not prices.
    expect(await change(plain?.itemId, [0, 0, 'NaN'])).toBe('ERR_INVALID_BUY_NOW_PRICE');
    expect(await change(plain?.itemId, [0, 0, 'INF'])).toBe('ERR_INVALID_BUY_NOW_PRICE');
    expect(await change(plain?.itemId, ['-INF', 0, 8])).toBe('ERR_INVALID_STARTING_PRICE');
    expect(await change('77', [0, 0, 8])).toBe('ERR_INVALID_ITEM_ID');
  });

  it('are finished one by one, with a reason where bids are cancelled', async () => {
    const shopping: Shop = await shop(dialect);
    const { list } = await tab(shopping, 'Sell');
    const auction = list.find(({ itemBiddersCounter }) => itemBiddersCounter !== '0')?.itemId ?? '';
    const plain = list.find(({ prices }) => prices['3'] === undefined)?.itemId ?? '';
    const first = await finish(shopping, [
      [['finishItemId', plain]],
      [
        ['finishItemId', auction],
        ['finishCancelAllBids', 1],
      ],
      [['finishItemId', '77']],
    ]);
    expect(items(at(first.body, 'finishItemsSucceed')).map(({ text }) => text)).toEqual([plain]);
    const codes = items(at(first.body, 'finishItemsFailed'))
      .map(texts)
      .map(({ finishItemId, finishErrorCode }) => [finishItemId, finishErrorCode]);
    expect(codes).toEqual([
      [auction, 'ERR_GIVE_CANCEL_BIDS_REASON'],
      ['77', 'ERR_INVALID_ITEM_ID'],
    ]);
    await finish(shopping, [
      [
        ['finishItemId', auction],
        ['finishCancelAllBids', 1],
        ['finishCancelReason', 'pomyłka'],
      ],
    ]);
    expect((await changesOf(shopping, auction)).slice(-2)).toEqual(['cancel_bid', 'end']);
    const running = (await tab(shopping, 'Sell')).list.map(({ itemId }) => itemId);
    expect(running).not.toContain(plain);
    expect((await tab(shopping, 'Sold', [['itemIds', listOf(plain)]])).count).toBe(1);
    expect((await finish(shopping, [])).fault).toBe('ERR_INPUT_ARRAY_EMPTY');
    expect((await finish(shopping, Array(26).fill([['finishItemId', plain]]))).fault).toBe(
      'ERR_ITEMS_ARRAY_OVERSIZED',
    );
  });
});
