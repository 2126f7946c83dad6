import type { DealEvent } from '../marketplace/sales.ts';
import { dealOrderId, formOrderId } from '../orders/order.ts';
import type { HintId } from './store.ts';

type Named = Pick<DealEvent, 'id' | 'formId' | 'purchases'>;

/** The orders that an event hints at, or the event itself if it names none. */
export function hintsOf({ id, formId, purchases }: Named): readonly HintId[] {
  if (formId !== undefined) return [formOrderId(formId)];
  return purchases.length === 0 ? [`event:${id}`] : purchases.map(({ dealId }) => dealOrderId(dealId));
}
