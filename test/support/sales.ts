import type { Address, Sale } from '../../functions/core/marketplace/sales.ts';
import type { MarketplaceSettings } from '../../functions/core/marketplace/settings.ts';
import { MARKETPLACE_PRESETS } from '../../functions/webapi/presets.ts';

/**
 * A marketplace that is known to fill its pages, so that tests can count calls exactly; other marketplaces
 * have tests of their own.
 */
export const SETTINGS: MarketplaceSettings = { ...MARKETPLACE_PRESETS.allegro, fillsJournalPages: true };

const zloty = (minor: number) => ({ minor, currency: 'PLN' });

const ADDRESS: Address = {
  fullName: 'Zażółć Gęślą',
  company: '',
  street: 'Jaśminowa 7',
  postcode: '00-001',
  city: 'Łódź',
  country: 'PL',
  phone: '+48 600 000 001',
  taxId: '',
};

/** A paid sale that holds these purchases, one piece each, with the changes of the test. */
export function saleOf(id: string, purchaseIds: readonly string[], changes: Partial<Sale> = {}): Sale {
  const boughtAt = { iso: '2026-11-20T10:00:00+01:00', text: '2026-11-20T10:00:00+01:00' };
  const unitPrice = zloty(1_050);
  return {
    id,
    state: 'paid',
    buyer: { id: '77', login: 'kupiec', email: 'kupiec@example.com' },
    lines: [
      {
        offerId: '8000000001',
        title: 'Klamka mosiężna',
        quantity: purchaseIds.length,
        unitPrice,
        amount: zloty(1_050 * purchaseIds.length),
        purchases: purchaseIds.map((purchaseId) => ({
          purchaseId,
          quantity: 1,
          unitPrice,
          discounted: false,
          boughtAt,
        })),
      },
    ],
    total: zloty(1_050 * purchaseIds.length + 999),
    deliveryCost: zloty(999),
    paidOnline: zloty(1_050 * purchaseIds.length + 999),
    payment: {
      method: 'online',
      status: 'finished',
      methodText: 'co',
      statusText: 'Zakończona',
      id: '5',
      startedAt: undefined,
      receivedAt: undefined,
    },
    cancelledAt: undefined,
    deliveryMethod: { id: '3' },
    shipmentAddress: ADDRESS,
    pickupPoint: undefined,
    pickupInfo: '',
    invoiceWanted: false,
    invoiceAddress: undefined,
    message: '',
    sentBySeller: false,
    parcels: [],
    surchargeIds: [],
    ...changes,
  };
}

export const cancelled = (sale: Sale): Sale => ({
  ...sale,
  cancelledAt: { iso: '2026-11-21T10:00:00+01:00', text: '2026-11-21 10:00:00' },
  payment: { ...sale.payment, status: 'cancelled', statusText: 'Anulowana' },
});
