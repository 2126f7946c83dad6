import { describe, expect, it } from 'vitest';
import { createWebapi } from '../../support/webapi.ts';
import { envelope, HANDLE, SOON, serveCanned, settingsFor } from './support.ts';

const WHOLE = {
  dealEventId: '5100000002',
  dealEventType: '2',
  dealEventTime: '1500000100',
  dealId: '71',
  dealTransactionId: '81',
  dealSellerId: '5',
  dealItemId: '8000000001',
  dealBuyerId: '77',
  dealQuantity: '1',
};

/** The purchase as the port names it. */
const BOUGHT = { purchaseId: '71', offerId: '8000000001', buyerId: '77', quantity: 1 };

const xml = (fields: Readonly<Record<string, string | undefined>>): string =>
  Object.entries({ ...WHOLE, ...fields })
    .map(([name, value]) => (value === undefined ? '' : `<n:${name}>${value}</n:${name}>`))
    .join('');

/** A page with the events in question between two others. */
async function page(...events: Readonly<Record<string, string | undefined>>[]) {
  const items = events.map((fields) => `<n:item>${xml(fields)}</n:item>`).join('');
  const body = envelope(
    `<n:doGetSiteJournalDealsResponse><n:siteJournalDeals>${items}</n:siteJournalDeals></n:doGetSiteJournalDealsResponse>`,
  );
  const { endpoint } = await serveCanned({ body });
  return (await createWebapi(settingsFor(endpoint)).sales.page(HANDLE, '5100000000', SOON)).events;
}
const between = async (fields: Readonly<Record<string, string | undefined>>) =>
  (await page({ dealEventId: '5100000001' }, fields, { dealEventId: '5100000003' }))[1];

describe('an event of which something cannot be read', () => {
  it.each([
    ['an empty quantity', { dealQuantity: '' }, { purchases: [{ ...BOUGHT, quantity: 1 }] }],
    ['an empty time', { dealEventTime: '' }, { atSeconds: undefined }],
    ['a missing offer', { dealItemId: undefined }, { purchases: [{ ...BOUGHT, offerId: '' }] }],
    ['a missing buyer', { dealBuyerId: undefined }, { purchases: [{ ...BOUGHT, buyerId: '' }] }],
    ['a type that is text', { dealEventType: 'sale' }, { kind: 'unknown' }],
    ['a deal that is text', { dealId: 'x' }, { purchases: [] }],
    ['an id above 2^63', { dealEventId: '9223372036854775808' }, { id: '5100000001' }],
    ['a negative id', { dealEventId: '-4' }, { id: '5100000001' }],
  ])('is used for its form: %s', async (_, fields, expected) => {
    const event = await between(fields);
    expect(event).toMatchObject({ saleId: '81', ...expected });
    expect(event).not.toHaveProperty('unreadable');
  });

  it.each([
    ['a form that is text', { dealTransactionId: 'x' }, 'dealTransactionId: not a whole number'],
    ['a form that is missing', { dealTransactionId: undefined }, 'dealTransactionId: missing'],
    ['a purchase without its offer', { dealTransactionId: '0', dealItemId: '' }, 'dealItemId: missing'],
    ['a purchase without its buyer', { dealTransactionId: '0', dealBuyerId: '0' }, 'not an id'],
    ['a purchase without its deal', { dealTransactionId: '0', dealId: '' }, 'dealId: missing'],
  ])('is reported where nobody can tell what to read: %s', async (_, fields, why) => {
    const event = await between(fields);
    expect(event).toMatchObject({ id: '5100000002', unreadable: expect.stringContaining(why) });
  });

  it('is used for its purchase where its type says that there is no form yet', async () => {
    expect(await between({ dealEventType: '1', dealTransactionId: 'x' })).toMatchObject({
      purchases: [BOUGHT],
    });
  });

  it('does not hide that nothing at all can be read', async () => {
    const nothing = { dealEventId: 'x', dealTransactionId: 'x', dealId: 'x' };
    await expect(page(nothing, nothing)).rejects.toMatchObject({ reason: 'no-readable-reply' });
  });
});

describe('an entry of the offer journal of which something cannot be read', () => {
  const entries = async (...rows: readonly string[]) => {
    const items = rows.map((row) => `<n:item>${row}</n:item>`).join('');
    const body = envelope(
      `<n:doGetSiteJournalResponse><n:siteJournalArray>${items}</n:siteJournalArray></n:doGetSiteJournalResponse>`,
    );
    const { endpoint } = await serveCanned({ body });
    return (await createWebapi(settingsFor(endpoint)).offers.offerEvents(HANDLE, '1', SOON)).events;
  };
  const row = (id: string, offer: string, at: string) =>
    `<n:rowId>${id}</n:rowId><n:itemId>${offer}</n:itemId><n:changeDate>${at}</n:changeDate>`;

  it('hides no other, and is used without its time', async () => {
    expect(
      await entries(
        row('2', '801', ''),
        row('x', '802', '1500000000'),
        row('4', '', '1500000000'),
        row('5', '803', '1500000000'),
      ),
    ).toEqual([
      { id: '2', offerId: '801', atSeconds: undefined },
      { id: '5', offerId: '803', atSeconds: 1_500_000_000 },
    ]);
  });

  it('does not hide that nothing at all can be read', async () => {
    await expect(entries(row('x', 'y', 'z'))).rejects.toMatchObject({ reason: 'no-readable-reply' });
  });
});
