import { z } from 'zod';
import { isDead, type Sale, SPOILS } from '../world/goods.ts';
import type { World } from '../world/world.ts';
import type { Stage } from './control.ts';
import { ControlError, type Route, route, sellersFrom } from './control-kit.ts';

const spoil = z.strictObject({
  kind: z.enum(SPOILS).nullable(),
  element: z.string().min(1).max(100).optional(),
});
type SpoilRequest = z.infer<typeof spoil>;

const spoilNewest = spoil.extend({ count: z.int().min(1).max(10_000), seller: z.string().optional() });

/** Routes that make the service show a sale wrong, until the sale's spoil is null again. */
export const SALE_ROUTES: readonly Route<Stage>[] = [
  route(
    'POST /_sim/sales/:id/spoil',
    ({ stage: { world }, params: { id }, body }) => {
      const sale = world.trade.ledger.findSale(Number(id));
      if (sale === undefined) throw new ControlError(404, `no sale has the id ${id}`);
      return { saleIds: spoilAll([sale], body) };
    },
    { body: spoil },
  ),
  route(
    'POST /_sim/sales/spoil',
    ({ stage: { world }, body: { count, seller, ...request } }) => ({
      saleIds: spoilAll(newest(world, { seller, isMended: request.kind === null }).slice(0, count), request),
    }),
    { body: spoilNewest },
  ),
];

function spoilAll(sales: readonly Sale[], { kind, element }: SpoilRequest): string[] {
  for (const sale of sales) sale.spoil = kind === null ? undefined : { kind, element };
  return sales.map(({ id }) => String(id));
}

/**
 * The newest live sales. For mending, sales that are shown wrong come first: newer sales must not crowd them
 * out.
 */
function newest(
  world: World,
  { seller, isMended }: { seller: string | undefined; isMended: boolean },
): Sale[] {
  const isFirst = ({ spoil }: Sale) => Number(isMended && spoil !== undefined);
  return sellersFrom(world, seller)
    .flatMap(({ id }) => world.trade.ledger.salesOf(id))
    .filter((sale) => !isDead(sale) || isFirst(sale) === 1)
    .sort((one, other) => isFirst(other) - isFirst(one) || other.id - one.id);
}
