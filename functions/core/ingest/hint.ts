import type { DealEvent } from '../marketplace/sales.ts';
import { dealOrderId, formOrderId, parseOrderId } from '../orders/order.ts';
import type { HintId } from './store.ts';

/** The order that an event hints at, or the event itself where it names none. */
export function orderOf({ id, formId, dealId }: Pick<DealEvent, 'id' | 'formId' | 'dealId'>): HintId {
  if (formId !== undefined) return formOrderId(formId);
  return dealId === '' ? `event:${id}` : dealOrderId(dealId);
}

const EVENT = /^event:\S{1,200}$/;

/** Whether a text is the id of an order, or of an event that names none. */
export const isHintId = (text: string): text is HintId =>
  parseOrderId(text) !== undefined || EVENT.test(text);
