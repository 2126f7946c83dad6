import { describe, expect, it } from 'vitest';
import { countryLetters } from '../../../infra/local/simulator/world/atlas.ts';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { at, element, items, list, type Play, texts } from './kit.ts';
import { minor, withOrders } from './orders-kit.ts';

describe('deals without a form', () => {
  it('have their amounts in doGetDeals and their buyer in doGetPostBuyData, as the truth says', async () => {
    const { simulator, session, orders } = await withOrders(100);
    const open = orders.filter(({ orderId }) => orderId.startsWith('purchase:'));
    expect(open.length).toBeGreaterThan(5);
    for (const order of open) {
      const [line] = order.lines;
      const deals = await unpaid(simulator, session, order);
      const deal = deals.find(({ dealId }) => `purchase:${dealId}` === order.orderId);
      expect(minor(deal?.dealAmountDiscounted ?? '')).toBe(order.total.minor);
      expect(deal?.dealQuantity).toBe(String(line?.quantity));
      const request =
        element('sessionHandle', session) +
        list('itemsArray', [line?.offerId ?? '']) +
        list('buyerFilterArray', [order.buyer.id]);
      const { body } = await simulator.call('doGetPostBuyData', request);
      const user = at(body, 'itemsPostBuyData.item.usersPostBuyData.item');
      expect(texts(at(user, 'userData'))).toMatchObject({
        userId: order.buyer.id,
        userLogin: order.buyer.login,
        userEmail: order.buyer.email,
      });
      const sentTo = texts(at(user, 'userSentToData'));
      expect({
        fullName: `${sentTo.userFirstName} ${sentTo.userLastName}`,
        company: sentTo.userCompany,
        street: sentTo.userAddress,
        postcode: sentTo.userPostcode,
        city: sentTo.userCity,
        country: countryLetters(Number(sentTo.userCountryId)),
        phone: '',
        taxId: '',
      }).toEqual(order.shipmentAddress);
    }
  });

  it('lists a deal as unpaid unless a live form is paid', async () => {
    const { simulator, session, orders } = await withOrders(100);
    for (const order of orders.filter(({ live }) => live)) {
      const listed = new Set((await unpaid(simulator, session, order)).map(({ dealId }) => dealId));
      const [deal] = order.lines[0]?.purchases ?? [];
      expect(listed.has(deal?.purchaseId ?? ''), order.orderId).toBe(order.state !== 'paid');
    }
  });

  it('refuses what is no purchase of this seller', async () => {
    const { simulator, session, orders } = await withOrders(3);
    const foreign = await simulator.openSession('inny', await simulator.seller('inny'));
    const offerId = orders[0]?.lines[0]?.offerId ?? '';
    const fault = async (handle: string, offer: string | number, buyer: number) =>
      (await getDeals(simulator, handle, { offer, buyer })).fault;
    expect(await fault(session, offerId, 0)).toBe('ERR_INCORRECT_BUYER_ID');
    expect(await fault(session, 1, 5)).toBe('ERR_INCORRECT_ITEM_ID');
    expect(await fault(foreign, offerId, 5)).toBe('ERR_YOU_NOT_SOLD_THIS_ITEM');
    expect(await fault(session, offerId, 5)).toBeUndefined();
  });
});

const getDeals = (
  simulator: Play,
  session: string,
  { offer, buyer }: { offer: string | number; buyer: string | number },
) =>
  simulator.call(
    'doGetDeals',
    element('sessionHandle', session) + element('itemId', offer) + element('buyerId', buyer),
  );

async function unpaid(simulator: Play, session: string, order: TrueOrder) {
  const purchase = { offer: order.lines[0]?.offerId ?? '', buyer: order.buyer.id };
  return items(at((await getDeals(simulator, session, purchase)).body, 'dealsList')).map(texts);
}
