import { describe, expect, it } from 'vitest';
import type { Marketplace } from '../../../functions/core/marketplace/marketplace.ts';
import { batchOf } from '../../support/reads.ts';
import { play, playIn, pln } from './play.ts';
import { HANDLE, SOON } from './support.ts';

const CART = {
  name: 'doGetPostBuyFormsDataForSellers__a_cart_paid_online',
  call: (webapi: Marketplace) =>
    batchOf(webapi.sales.read(HANDLE, ['9007199254740993', '9007199254740993'], SOON)),
};

describe('sales', () => {
  it('reads a cart that was paid online', async () => {
    const batch = await playIn('document-literal', CART);
    expect(batch.unreadable).toEqual([]);
    expect(batch.sales).toEqual([
      {
        id: '9007199254740993',
        state: 'paid',
        buyer: { id: '30000003', login: 'Client:30000003', email: 'kupujacy@example.com' },
        lines: [
          {
            offerId: '8000000001',
            title: '  Gęś & kaczka <b>"nowa"</b> 🦆 ',
            quantity: 3,
            unitPrice: pln(70),
            amount: pln(200),
            purchases: [
              {
                purchaseId: '2150000001',
                quantity: 1,
                unitPrice: pln(50),
                discounted: true,
                boughtAt: { iso: '2014-12-04T17:35:08+01:00', text: '2014-12-04T17:35:08+01:00' },
                variant: { name: 'Rozmiar', value: ' XL' },
              },
              {
                purchaseId: '2150000002',
                quantity: 2,
                unitPrice: pln(67),
                discounted: false,
                boughtAt: { iso: '2014-12-04T16:36:00Z', text: '2014-12-04T16:36:00Z' },
              },
            ],
          },
          {
            offerId: '8000000002',
            title: '',
            quantity: 1,
            unitPrice: pln(1_000_000_000),
            amount: pln(1_000_000_000),
            purchases: [
              {
                purchaseId: '2150000003',
                quantity: 1,
                unitPrice: pln(1_000_000_000),
                discounted: false,
                boughtAt: { iso: '2014-12-04T17:35:08+01:00', text: '2014-12-04T17:35:08+01:00' },
              },
            ],
          },
        ],
        total: pln(1_000_001_495),
        deliveryCost: pln(1295),
        paidOnline: pln(1_000_001_495),
        payment: {
          method: 'online',
          status: 'finished',
          methodText: 'co',
          statusText: 'Zakończona',
          id: '9007199254740995',
          startedAt: { iso: '2014-12-04T17:36:46+01:00', text: '2014-12-04 17:36:46' },
          receivedAt: { iso: '2014-07-04T17:37:36+02:00', text: '2014-07-04 17:37:36' },
        },
        cancelledAt: undefined,
        deliveryMethod: { id: '10019' },
        shipmentAddress: {
          fullName: 'Žofia Testová',
          company: '',
          street: 'Skúšobná 3',
          postcode: '811 01',
          city: 'Bratislava',
          country: 'SK',
          phone: '+421 000',
          taxId: '',
        },
        pickupPoint: {
          fullName: 'Paczkomat KRA00X',
          company: '',
          street: 'ul. Próbna 5',
          postcode: '30-001',
          city: 'Kraków',
          country: 'PL',
          phone: '',
          taxId: '',
        },
        pickupInfo: 'przy wejściu',
        invoiceWanted: true,
        invoiceAddress: {
          fullName: '',
          company: 'Przykład Sp. z o.o.',
          street: 'ul. Testowa 1/2',
          postcode: '00-001',
          city: 'Łódź',
          country: 'PL',
          phone: '',
          taxId: '0000000000',
        },
        message: 'Proszę o szybką wysyłkę\n <dzięki> ',
        sentBySeller: true,
        parcels: [{ carrier: { id: '7' }, number: '00000000000000000001', status: 'Nadana' }],
        surchargeIds: ['950000077', '950000078'],
      },
    ]);
  });

  it('reads the same cart from the older dialect, which knows no variants', async () => {
    const batch = await playIn('document-literal', CART);
    const older = await playIn('rpc-encoded', CART);
    expect(JSON.stringify(batch)).toContain('Rozmiar');
    const plain = JSON.stringify(batch, (name, value) => (name === 'variant' ? undefined : value));
    expect(JSON.stringify(older)).toBe(plain);
  });

  it('reads empty, missing and nil lists and addresses as none', async () => {
    const { sales } = await play('doGetPostBuyFormsDataForSellers__cash_on_delivery_cancelled', (webapi) =>
      batchOf(webapi.sales.read(HANDLE, ['950000009'], SOON)),
    );
    expect(sales[0]).toMatchObject({
      lines: [],
      parcels: [],
      surchargeIds: [],
      shipmentAddress: undefined,
      pickupPoint: undefined,
      invoiceAddress: undefined,
      invoiceWanted: false,
      sentBySeller: false,
      total: pln(643),
      payment: {
        method: 'cash-on-delivery',
        status: 'none',
        startedAt: undefined,
        receivedAt: undefined,
      },
      // An hour that does not exist, in the night when spring skips it.
      cancelledAt: { iso: '2014-03-30T03:30:00+02:00', text: '2014-03-30 02:30:00' },
    });
  });

  it('does not let one broken form hide the others', async () => {
    const { sales, unreadable } = await play(
      'doGetPostBuyFormsDataForSellers__one_of_three_is_broken',
      (webapi) => batchOf(webapi.sales.read(HANDLE, ['950000001', '950000002', '950000003'], SOON)),
    );
    expect(unreadable).toEqual([]);
    expect(sales.map(({ id, unread }) => [id, unread])).toEqual([
      ['950000001', undefined],
      ['950000002', ['postBuyFormShipmentId']],
      ['950000003', undefined],
    ]);
  });
});
