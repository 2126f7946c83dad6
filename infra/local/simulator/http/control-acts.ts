import { z } from 'zod';
import { isDead, type PayType, type Purchase, type Sale } from '../world/goods.ts';
import type { Trade } from '../world/trade.ts';
import type { World } from '../world/world.ts';
import type { Stage } from './control.ts';
import { ControlError, type Route, route, sellerOf } from './control-kit.ts';

const PAY_TYPES = {
  online: 'co',
  'bank-transfer': 'wire_transfer',
  'cash-on-delivery': 'collect_on_delivery',
} as const satisfies Readonly<Record<string, PayType>>;

type PayBy = keyof typeof PAY_TYPES;

const filling = z.strictObject({
  purchaseId: z.string(),
  payBy: z.enum(Object.keys(PAY_TYPES) as [PayBy, ...PayBy[]]).default('online'),
});

interface Act {
  readonly may: (sale: Sale) => boolean;
  readonly act: (trade: Trade, sale: Sale) => void;
  readonly refusal: string;
}

/** Acts on a sale that can be requested, each with the state that allows it. */
const ACTS: Readonly<Record<string, Act>> = {
  pay: {
    may: ({ payment }) => payment === 'started',
    act: (trade, sale) => trade.finishPayment(sale),
    refusal: 'has no payment to finish',
  },
  reject: {
    may: ({ payment }) => payment === 'started',
    act: (trade, sale) => trade.rejectPayment(sale),
    refusal: 'has no payment to reject',
  },
  cancel: {
    may: ({ payment }) => payment === 'started' || payment === 'none',
    act: (trade, sale) => trade.cancel(sale),
    refusal: 'is paid',
  },
  withdraw: {
    may: ({ payment }) => payment === 'finished',
    act: (trade, sale) => trade.withdrawPayment(sale),
    refusal: 'is not paid',
  },
};

/** Routes that let a single buyer do one thing now. */
export const ACT_ROUTES: readonly Route<Stage>[] = [
  route(
    'POST /_sim/purchases',
    ({ stage: { world }, body: { seller } }) => {
      const purchase = world.crowd.buy(sellerOf(world, seller));
      return { purchaseId: String(purchase.id), orderId: `purchase:${purchase.id}` };
    },
    { body: z.strictObject({ seller: z.string() }) },
  ),
  route(
    'POST /_sim/sales',
    ({ stage: { world }, body: { purchaseId, payBy } }) => {
      const { id, sellerId } = freePurchase(world, purchaseId);
      const seller = [...world.sellers.values()].find((one) => one.id === sellerId);
      if (seller === undefined) throw new ControlError(404, 'the seller of this purchase is gone');
      const sale = world.crowd.fill(seller, id, PAY_TYPES[payBy]);
      return { saleId: String(sale.id), orderId: `order:${sale.id}` };
    },
    { body: filling },
  ),
  ...Object.entries(ACTS).map(([name, { may, act, refusal }]) =>
    route<Stage>(`POST /_sim/sales/:id/${name}`, ({ stage: { world }, params: { id = '' } }) => {
      const sale = world.trade.ledger.findSale(Number(id));
      if (sale === undefined) throw new ControlError(404, `no sale has the id ${id}`);
      if (world.crowd.isBusyWith({ saleId: sale.id })) throw busy();
      if (isDead(sale)) throw new ControlError(409, `sale ${id} is over`);
      if (!may(sale)) throw new ControlError(409, `sale ${id} ${refusal}`);
      act(world.trade, sale);
      return { saleId: id, orderId: `order:${id}` };
    }),
  ),
];

/** A life whose next step finds its sale dead, or its purchase in another sale, would end the simulator. */
const busy = () => new ControlError(409, 'a buyer of the crowd is not done with it yet');

function freePurchase({ trade: { ledger }, crowd }: World, id: string): Purchase {
  const purchase = ledger.findPurchase(Number(id));
  if (purchase === undefined) throw new ControlError(404, `no purchase has the id ${id}`);
  if (crowd.isBusyWith({ purchaseId: purchase.id })) throw busy();
  if (purchase.saleId !== undefined)
    throw new ControlError(409, `sale ${purchase.saleId} holds purchase ${id}`);
  return purchase;
}
