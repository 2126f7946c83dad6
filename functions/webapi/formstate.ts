import type { Sale, SaleState } from '../core/marketplace/sales.ts';

/** The state of a form by its own contents; events only tell when to look. The first match wins. */
export function saleState({ payment, cancelledAt }: Pick<Sale, 'payment' | 'cancelledAt'>): SaleState {
  const { method, status } = payment;
  if (cancelledAt !== undefined || status === 'cancelled' || status === 'rejected') return 'released';
  if (status === 'withdrawn') return 'payment-withdrawn';
  if (method === 'cash-on-delivery') return 'ready-to-ship';
  if (status === 'finished') return 'paid';
  if (method === 'bank-transfer' || method === 'not-specified') return 'awaiting-manual-payment';
  return 'awaiting-payment';
}
