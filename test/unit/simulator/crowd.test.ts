import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSeller, normalised } from '../../../infra/local/simulator/world/sellers.ts';
import { countLiveOrders, type TrueOrder, trueOrders } from '../../../infra/local/simulator/world/truth.ts';
import { World } from '../../../infra/local/simulator/world/world.ts';

function makeWorld(seed: number): World {
  const world = new World(seed);
  for (const [id, countryId] of [
    [1, 1],
    [2, 1],
    [3, 56],
  ] as const) {
    const seller = makeSeller({ login: `s${id}`, id, countryId, twoStep: true });
    world.sellers.set(normalised(seller.login), seller);
  }
  return world;
}

const dealIds = ({ lines }: TrueOrder) =>
  lines.flatMap(({ purchases }) => purchases.map(({ purchaseId }) => purchaseId));

describe('the crowd of buyers', () => {
  it('ends in exactly the orders asked for, each deal in exactly one live order', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
        (seed, rounds) => {
          const world = makeWorld(seed);
          for (const orders of rounds) world.crowd.send([...world.sellers.values()], orders);
          world.crowd.finish();
          const all = trueOrders(world);
          const live = all.filter((order) => order.live);
          const expected = rounds.reduce((sum, orders) => sum + orders, 0);
          expect(live).toHaveLength(expected);
          expect(countLiveOrders(world)).toBe(expected);
          expect(live.flatMap(dealIds).toSorted()).toEqual([...new Set(all.flatMap(dealIds))].toSorted());
          for (const order of all.filter(({ deliveryCost }) => deliveryCost !== null)) {
            const goods = order.lines.reduce((sum, line) => sum + line.amount.minor, 0);
            expect(order.total.minor).toBe(goods + (order.deliveryCost?.minor ?? 0));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the same for the same seed, however its steps are spread, and differs for another seed', () => {
    const run = (seed: number, cut: number) => {
      const world = makeWorld(seed);
      const sellers = [...world.sellers.values()];
      world.crowd.send(sellers, 30);
      for (let steps = 0; steps < cut; steps += 1) world.crowd.step();
      const saved = JSON.parse(JSON.stringify(world.snapshot()));
      const continued = new World(0, saved);
      continued.crowd.finish();
      return trueOrders(continued);
    };
    expect(run(7, 20)).toEqual(run(7, 0));
    expect(run(8, 0)).not.toEqual(run(7, 0));
  });

  it('has ids above 32 bits where the protocol carries longs, and buyers that fit an int', () => {
    const world = makeWorld(1);
    world.crowd.send([...world.sellers.values()], 20);
    world.crowd.finish();
    for (const order of trueOrders(world)) {
      expect(Number(order.orderId.split(':')[1])).toBeGreaterThan(2 ** 32);
      expect(Number(order.lines[0]?.offerId)).toBeGreaterThan(2 ** 32);
      expect(Number(order.buyer.id)).toBeLessThan(2 ** 31);
    }
  });
});
