import { z } from 'zod';
import { type Form, isDead, SPOILS } from '../world/goods.ts';
import type { World } from '../world/world.ts';
import type { Stage } from './control.ts';
import { ControlError, type Route, route, sellersFrom } from './control-kit.ts';

const spoil = z.strictObject({
  kind: z.enum(SPOILS).nullable(),
  element: z.string().min(1).max(100).optional(),
});
type SpoilRequest = z.infer<typeof spoil>;

const spoilNewest = spoil.extend({ count: z.int().min(1).max(10_000), seller: z.string().optional() });

/** Routes that make the service show a form wrong, until the form's spoil is null again. */
export const FORM_ROUTES: readonly Route<Stage>[] = [
  route(
    'POST /_sim/forms/:id/spoil',
    ({ stage: { world }, params: { id }, body }) => {
      const form = world.trade.ledger.findForm(Number(id));
      if (form === undefined) throw new ControlError(404, `no form has the id ${id}`);
      return { formIds: spoilAll([form], body) };
    },
    { body: spoil },
  ),
  route(
    'POST /_sim/forms/spoil',
    ({ stage: { world }, body: { count, seller, ...request } }) => ({
      formIds: spoilAll(newest(world, { seller, isMended: request.kind === null }).slice(0, count), request),
    }),
    { body: spoilNewest },
  ),
];

function spoilAll(forms: readonly Form[], { kind, element }: SpoilRequest): string[] {
  for (const form of forms) form.spoil = kind === null ? undefined : { kind, element };
  return forms.map(({ id }) => String(id));
}

/**
 * The newest live forms. For mending, forms that are shown wrong come first: newer forms must not crowd them
 * out.
 */
function newest(
  world: World,
  { seller, isMended }: { seller: string | undefined; isMended: boolean },
): Form[] {
  const isFirst = ({ spoil }: Form) => Number(isMended && spoil !== undefined);
  return sellersFrom(world, seller)
    .flatMap(({ id }) => world.trade.ledger.formsOf(id))
    .filter((form) => !isDead(form) || isFirst(form) === 1)
    .sort((one, other) => isFirst(other) - isFirst(one) || other.id - one.id);
}
