import type { DealEvent } from '../marketplace/sales.ts';
import { dealOrderId, formOrderId } from '../orders/order.ts';
import type { HintId } from './store.ts';

/** The order that an event hints at, or the event itself where it names none. */
export function orderOf({ id, formId, dealId }: Pick<DealEvent, 'id' | 'formId' | 'dealId'>): HintId {
  if (formId !== undefined) return formOrderId(formId);
  return dealId === '' ? `event:${id}` : dealOrderId(dealId);
}
