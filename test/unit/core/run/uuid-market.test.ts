import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/base/time.ts';
import { orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { untold } from '../../../support/memory-orders.ts';
import { connected, contentOf, freshness, toldByFeed } from '../../../support/uuid-truth.ts';

describe('a marketplace with another protocol', () => {
  it('is read with one call for a page and one for a few orders, and lists nothing', async () => {
    const seller = await connected();
    for (let sale = 0; sale < 3; sale += 1) seller.market.buy(2);
    seller.market.calls.length = 0;
    await seller.run();
    expect(seller.market.calls).toEqual(['page', 'page', 'read 3']);
    expect(seller.orders.rows.size).toBe(3 + 6);
  });

  it('is read on behind pages that hold events of other sellers only', async () => {
    const seller = await connected();
    for (let index = 0; index < 9; index += 1) seller.market.foreign();
    const sale = seller.market.buy(1);
    await seller.run();
    expect(contentOf(seller, sale.id)?.state).toBe('awaiting-payment');
  });

  it('ends a sale for good: nothing is released, and an older reading revives nothing', async () => {
    const seller = await connected();
    const sale = seller.market.buy(2);
    await seller.processOrders();
    seller.market.cancel(sale);
    await seller.processOrders();
    expect(contentOf(seller, sale.id)?.state).toBe('cancelled');
    expect(seller.orders.rows.get(orderIdOfSale(sale.id))?.changes).toEqual(['cancelled']);
    seller.market.pay(sale);
    await seller.processOrders();
    expect(contentOf(seller, sale.id)).toMatchObject({
      state: 'cancelled',
      flags: ['cancellation-contradicted'],
    });
    expect(seller.journal.bad.get(orderIdOfSale(sale.id))?.doubt?.lacks).toEqual(['cancelled']);
    expect(toldByFeed(seller).get(orderIdOfSale(sale.id))).toBe(
      seller.orders.rows.get(orderIdOfSale(sale.id))?.revision,
    );
    // The reading was older and came late; the next one shows the end again.
    sale.state = 'cancelled';
    await seller.processOrders();
    expect(contentOf(seller, sale.id)).not.toHaveProperty('flags');
    expect(seller.journal.bad.size).toBe(0);
  });

  it('has an order that cannot be read quarantined, seen, repaired and fresh again', async () => {
    const seller = await connected();
    const good = seller.market.buy(1);
    await seller.processOrders();
    const bad = seller.market.buy(2);
    bad.broken = 1_000;
    const late = seller.market.buy(1);
    for (let run = 1; run <= 4; run += 1) {
      await seller.run();
      seller.pass(5 * MINUTE);
      expect(seller.journal.bad.get(orderIdOfSale(bad.id))).toMatchObject({ tries: run });
      expect(contentOf(seller, late.id)?.state).toBe('awaiting-payment');
    }
    expect(freshness(seller)).toBe('late');
    await seller.run();
    await seller.processOrders();
    expect(seller.journal.bad.get(orderIdOfSale(bad.id))).toMatchObject({
      reason: 'order-unreadable',
      detail: 'lineItems: not a list',
      quarantinedAtMillis: expect.any(Number),
    });
    expect(freshness(seller)).toBe('fresh');
    expect(await seller.repair(orderIdOfSale(bad.id))).toBe('failed');
    bad.broken = 0;
    expect(await seller.repair(orderIdOfSale(bad.id))).toBe('done');
    expect(contentOf(seller, bad.id)?.replaces).toEqual(bad.purchaseIds);
    expect(seller.journal.bad.size).toBe(0);
    expect(contentOf(seller, good.id)?.state).toBe('awaiting-payment');
  });

  it('has an order repaired that nobody knows and that another has replaced: that one is stored', async () => {
    const seller = await connected();
    const merged = seller.market.merge(seller.market.buy(1), seller.market.buy(1));
    const [old = ''] = [...seller.market.sales.values()].flatMap(({ id, replacedBy }) =>
      replacedBy.includes(merged.id) ? [id] : [],
    );
    expect(await seller.repair(orderIdOfSale(old))).toBe('done');
    expect(contentOf(seller, merged.id)?.replaces).toEqual(merged.purchaseIds);
    expect(contentOf(seller, old)).toBeUndefined();
    expect(await seller.repair('order:5d1c2f60-0a11-11f1-9b3e-4f6a1c2d7e10')).toBe('unnamed');
  });

  it('shows surcharges within their order, which costs no call of their own', async () => {
    const seller = await connected();
    const sale = seller.market.buy(1);
    seller.market.charge(sale, 500);
    await seller.processOrders();
    seller.market.charge(sale, 700);
    seller.market.calls.length = 0;
    await seller.processOrders();
    expect(contentOf(seller, sale.id)?.surcharges?.map(({ amount }) => amount?.minor)).toEqual([500, 700]);
    expect(seller.market.calls.filter((call) => call.startsWith('read'))).toEqual(['read 1']);
  });

  it('has the feed told of an order that a killed worker has stored and that is gone since', async () => {
    for (let killedAtWrite = 1; killedAtWrite <= 10; killedAtWrite += 1) {
      const seller = await connected();
      const sale = seller.market.buy(1);
      await seller.run({ killedAtWrite });
      seller.market.vanish(sale);
      seller.market.buy(1);
      for (let run = 0; run < 6; run += 1) await seller.run();
      expect([killedAtWrite, untold(seller.orders)]).toEqual([killedAtWrite, []]);
    }
  });

  it('whose journal begins anew is read from its new beginning, and what it may have lost is told', async () => {
    const seller = await connected();
    for (let sale = 0; sale < 9; sale += 1) seller.market.buy(1);
    await seller.processOrders();
    seller.market.beginAnew();
    const sold = [seller.market.buy(1), seller.market.buy(2), seller.market.buy(1)];
    await seller.processOrders();
    expect(sold.map(({ id }) => contentOf(seller, id))).toEqual([undefined, undefined, undefined]);
    for (let hour = 0; hour < 3; hour += 1) {
      seller.pass(HOUR);
      await seller.processOrders();
    }
    expect(seller.accounts.row.gap?.found?.state).toBe('unfilled');
    sold.push(seller.market.buy(1));
    await seller.processOrders();
    for (const { id } of sold) expect(contentOf(seller, id)?.state).toBe('awaiting-payment');
  });

  it('cannot fill what its journal has forgotten, says so, and goes on', async () => {
    const seller = await connected();
    const known = seller.market.buy(1);
    await seller.processOrders();
    const forgotten = seller.market.buy(1);
    seller.pass(3 * DAY);
    seller.market.journal.length = 0;
    const next = seller.market.buy(1);
    await seller.processOrders();
    seller.pass(HOUR);
    await seller.processOrders();
    expect(seller.accounts.row.gap?.found?.state).toBe('unfilled');
    expect(contentOf(seller, forgotten.id)).toBeUndefined();
    expect(contentOf(seller, known.id)?.state).toBe('awaiting-payment');
    expect(contentOf(seller, next.id)?.state).toBe('awaiting-payment');
    const after = seller.market.buy(1);
    await seller.processOrders();
    expect(contentOf(seller, after.id)?.state).toBe('awaiting-payment');
  });
});
