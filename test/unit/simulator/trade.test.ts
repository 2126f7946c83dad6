import { expect, it } from 'vitest';
import { Chance } from '../../../infra/local/simulator/world/chance.ts';
import { makeBuyer } from '../../../infra/local/simulator/world/people.ts';
import { World } from '../../../infra/local/simulator/world/world.ts';

it('a buyer of an offer that is over gets what its successor costs, and counts there', () => {
  const { trade } = new World(1);
  const buyer = makeBuyer(new Chance(1), { id: 40, sellerId: 1, countryId: 1 });
  trade.ledger.addBuyer(buyer);
  const offer = trade.offers.open({
    sellerId: 1,
    countryId: 1,
    title: 'Koc',
    priceMinor: 1000,
    hasVariants: false,
  });
  const buy = (quantity: number) => trade.buy({ offer, buyerId: buyer.id, quantity, percentOff: 10 });
  expect(buy(offer.startQuantity - 1)).toMatchObject({ offerId: offer.id, listMinor: 1000, unitMinor: 900 });
  const successor = trade.ledger.offer(buy(2).offerId);
  expect(successor).toMatchObject({ relisted: true, soldQuantity: 2, title: 'Koc' });
  trade.offers.changePrices(successor, { priceMinor: 2000, startingMinor: 0, reserveMinor: 0 });
  expect(buy(5)).toMatchObject({ offerId: successor.id, listMinor: 2000, unitMinor: 1800, discounted: true });
  expect(offer.endedAt).toBeUndefined();
  expect(buy(1).offerId).toBe(offer.id);
  expect(offer.endedAt).toBeDefined();
  expect(trade.ledger.firstListingsOf(1)).toEqual([offer]);
});
