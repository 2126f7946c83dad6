import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../../functions/core/base/time.ts';
import { orderIdOfPurchase, orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { connected, contentOf, expectTruth, holdersOf } from '../../../support/uuid-truth.ts';

describe('a marketplace that merges orders', () => {
  it('has orders closed that were merged into another without a word, in the run that reads that one', async () => {
    const seller = await connected();
    const [one, other] = [seller.market.buy(1), seller.market.buy(2)];
    await seller.processOrders();
    const merged = seller.market.mergeSilently(one, other);
    seller.market.calls.length = 0;
    await seller.run();
    expect(seller.market.calls.filter((call) => call.startsWith('read'))).toEqual(['read 1', 'read 2']);
    for (const { id } of [one, other]) {
      expect(contentOf(seller, id)?.state).toBe('replaced');
      expect(seller.orders.rows.get(orderIdOfSale(id))?.heldBy).toEqual([merged.id]);
    }
    for (const id of merged.purchaseIds) expect(holdersOf(seller, id)).toEqual([orderIdOfSale(merged.id)]);
    expect(seller.journal.bad.size).toBe(0);
  });

  it('has orders in doubt as long as two of them show the same purchase, and closes those that go', async () => {
    const seller = await connected();
    const [one, other] = [seller.market.buy(1), seller.market.buy(1)];
    await seller.processOrders();
    const merged = seller.market.mergeSilently(one, other, 3 * MINUTE);
    await seller.run();
    const doubted = [one, other, merged].map(({ id }) => orderIdOfSale(id)).sort();
    expect([...seller.journal.bad.keys()].sort()).toEqual(doubted);
    expect([...seller.journal.bad.values()].map(({ doubt }) => doubt?.lacks)).toEqual([
      ['alone'],
      ['alone'],
      ['alone'],
    ]);
    seller.pass(4 * MINUTE);
    await seller.run();
    expect([one, other].map(({ id }) => contentOf(seller, id)?.state)).toEqual(['replaced', 'replaced']);
    expect(contentOf(seller, merged.id)?.state).toBe('awaiting-payment');
    expect(seller.journal.bad.size).toBe(0);
  });

  it('has merged orders closed and told by the feed, whatever write a worker dies at', async () => {
    for (let killedAtWrite = 1; killedAtWrite <= 40; killedAtWrite += 1) {
      const seller = await connected();
      const before = new Set(seller.market.sales.keys());
      const [one, other] = [seller.market.buy(1), seller.market.buy(2)];
      await seller.processOrders();
      const merged = seller.market.mergeSilently(one, other);
      await seller.run({ killedAtWrite });
      // The sale is shown twice for a moment, never nowhere.
      for (const id of merged.purchaseIds) expect(holdersOf(seller, id)).not.toEqual([]);
      await seller.processOrders();
      expectTruth(seller, before);
    }
  });

  it('keeps orders whose successor is gone before it was stored: those that it replaced are no heirs of it', async () => {
    const seller = await connected();
    const sold = [seller.market.buy(1), seller.market.buy(2)] as const;
    await seller.processOrders();
    seller.market.vanish(seller.market.merge(...sold));
    for (let run = 0; run < 6; run += 1) {
      seller.market.buy(1);
      await seller.run();
    }
    for (const { id, purchaseIds } of sold)
      for (const purchaseId of purchaseIds)
        expect(holdersOf(seller, purchaseId)).toEqual([orderIdOfSale(id)]);
  });

  it('has an order repaired that was merged into another without a word: it is closed', async () => {
    const seller = await connected();
    const [one, other] = [seller.market.buy(1), seller.market.buy(1)];
    await seller.processOrders();
    const merged = seller.market.mergeSilently(one, other, 3 * MINUTE);
    await seller.run();
    expect(contentOf(seller, one.id)?.state).toBe('awaiting-payment');
    seller.pass(4 * MINUTE);
    expect(await seller.repair(orderIdOfSale(one.id))).toBe('done');
    expect(contentOf(seller, one.id)?.state).toBe('replaced');
    expect(seller.orders.rows.get(orderIdOfSale(one.id))?.heldBy).toEqual([merged.id]);
  });

  it('keeps an order that is gone while one of its purchases is nowhere else', async () => {
    const seller = await connected();
    const [one, other] = [seller.market.buy(2), seller.market.buy(1)];
    await seller.processOrders();
    const merged = seller.market.mergeSilently(one, other);
    Object.assign(merged, { purchaseIds: merged.purchaseIds.slice(1) });
    for (let run = 0; run < 6; run += 1) await seller.run();
    expect(contentOf(seller, one.id)?.state).toBe('awaiting-payment');
    expect(seller.journal.bad.get(orderIdOfSale(one.id))).toMatchObject({
      reason: 'order-missing',
      quarantinedAtMillis: expect.any(Number),
    });
    expect(contentOf(seller, other.id)?.state).toBe('replaced');
  });

  it.each(['merge', 'mergeSilently'] as const)(
    'lets the purchases of an order that ends stand on their own, though one that is closed once held them (%s)',
    async (how) => {
      const seller = await connected();
      const [one, other] = [seller.market.buy(1), seller.market.buy(1)];
      await seller.processOrders();
      const merged = seller.market[how](one, other);
      await seller.processOrders();
      seller.market.release(merged);
      await seller.processOrders();
      expect(contentOf(seller, merged.id)?.state).toBe('released');
      for (const id of merged.purchaseIds)
        expect(seller.orders.rows.get(orderIdOfPurchase(id))?.content?.state).toBe('awaiting-details');
    },
  );

  it('has orders replaced that only its lists tell of, once, and reads them no more', async () => {
    const seller = await connected({ hasLists: true });
    const before = new Set(seller.market.sales.keys());
    const [one, other] = [seller.market.buy(1), seller.market.buy(2)];
    await seller.processOrders();
    seller.pass(DAY);
    await seller.processOrders();
    const merged = seller.market.mergeUntold(one, other);
    seller.pass(DAY);
    await seller.processOrders();
    expectTruth(seller, before);
    expect(contentOf(seller, merged.id)?.state).toBe('awaiting-payment');
    expect([one, other].map(({ id }) => seller.listed.sale(id)?.kind)).toEqual(['replaced', 'replaced']);
    seller.market.calls.length = 0;
    seller.pass(DAY);
    await seller.processOrders();
    // Unpaid orders are read again every night: the merged order, and one from before the connect.
    expect(seller.market.calls.filter((call) => call.startsWith('read'))).toEqual(['read 2']);
    expect(seller.journal.bad.size).toBe(0);
  });

  it('has an order replaced only after its successor is stored, whatever write a worker dies at', async () => {
    for (let killedAtWrite = 1; killedAtWrite <= 40; killedAtWrite += 1) {
      const seller = await connected();
      const before = new Set(seller.market.sales.keys());
      const [one, other] = [seller.market.buy(1), seller.market.buy(2)];
      await seller.processOrders();
      const merged = seller.market.merge(one, other);
      await seller.run({ killedAtWrite });
      const isClosed = contentOf(seller, one.id)?.state === 'replaced';
      if (isClosed) expect(contentOf(seller, merged.id)).toBeDefined();
      await seller.processOrders();
      expectTruth(seller, before);
    }
  });
});
