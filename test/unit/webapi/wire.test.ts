import { describe, expect, it } from 'vitest';
import { saleEvents } from '../../../functions/webapi/dealevents.ts';
import { fetchVersionKey } from '../../../functions/webapi/login.ts';
import { logInTo } from '../../support/webapi.ts';
import { play, pln } from './play.ts';
import { credentials, HANDLE, KEY, SOON } from './support.ts';

describe('version key and login', () => {
  it('fetches a version key wider than a double', async () => {
    const known = await play('doQuerySysStatus__gives_the_version_key', (_, door) =>
      fetchVersionKey(door, KEY, SOON),
    );
    expect(known).toBe('9007199254740993');
  });

  it.each([
    ['doLoginEnc__sends_the_hash_of_an_ascii_password', 'tajne-haslo-123'],
    ['doLogin__sends_a_non_ascii_password_itself', `zażółć<&>"' x`],
  ])('%s', async (name, password) => {
    const login = await play(name, (webapi) => logInTo(webapi, credentials(password), SOON));
    expect(login.session.reveal()).toBe(HANDLE.reveal());
    expect(login).toMatchObject({ userId: '10000001', serverTimeSeconds: 1_500_000_000 });
  });

  it('reads a refusal', async () => {
    const login = play('doLoginEnc__password_refused', (webapi) =>
      logInTo(webapi, credentials('tajne-haslo-123'), SOON),
    );
    await expect(login).rejects.toMatchObject({
      name: 'MarketplaceFault',
      reason: 'password-refused',
      outcome: 'answered',
      operation: 'doLoginEnc',
      code: 'ERR_USER_PASSWD',
      message: expect.stringContaining('Are application passwords on?'),
    });
  });
});

describe('the deal journal', () => {
  const common = { purchaseId: '2150000001', offerId: '8000000001', buyerId: '30000003' };

  it('reads a page in ascending order, whatever order it came in', async () => {
    const { events } = await play('doGetSiteJournalDeals__one_sale_out_of_order', (webapi) =>
      webapi.sales.page(HANDLE, '9007199254740993', SOON),
    );
    const saleId = '950000009';
    const sale = { purchases: [{ ...common, quantity: 2 }] };
    expect(events).toEqual([
      { id: '9007199254740995', kind: 'purchased', atSeconds: 1500000100, saleId: undefined, ...sale },
      { id: '9007199254740997', kind: 'sale-created', atSeconds: 1500000160, saleId, ...sale },
      { id: '9007199254740998', kind: 'released', atSeconds: 1500000161, saleId, ...sale },
      { id: '9007199254741999', kind: 'payment-finished', atSeconds: 1500000230, saleId, ...sale },
      { id: '9007199254742000', kind: 'unknown', atSeconds: 1500000300, saleId, ...sale },
    ]);
  });

  it('starts at the oldest event when there is no cursor, and reads a list of one', async () => {
    const events = await play('doGetSiteJournalDeals__a_single_event', (_webapi, door) =>
      saleEvents(door, { handle: HANDLE, after: undefined }, SOON),
    );
    expect(events).toEqual([
      {
        id: '5100000017',
        kind: 'purchased',
        atSeconds: 1500000100,
        saleId: undefined,
        purchases: [{ ...common, quantity: 1 }],
      },
    ]);
  });

  it('reads an empty page', async () => {
    const { events } = await play('doGetSiteJournalDeals__nothing_new', (webapi) =>
      webapi.sales.page(HANDLE, '5100000000', SOON),
    );
    expect(events).toEqual([]);
  });

  it('tells that the session is gone', async () => {
    const events = play('doGetSiteJournalDeals__session_gone', (webapi) =>
      webapi.sales.page(HANDLE, '5100000000', SOON),
    );
    await expect(events).rejects.toMatchObject({ reason: 'session-ended', outcome: 'answered' });
  });

  it('counts, to look for its end on the better side', async () => {
    const step = await play('doGetSiteJournalDealsInfo__counts', (webapi) =>
      webapi.sales.newest(HANDLE, '5000000000-5200000000', SOON),
    );
    expect(step).toEqual({ resume: '5100000000-5200000000' });
  });
});

describe('deals without a form', () => {
  it('reads unpaid purchases', async () => {
    const deals = await play('doGetDeals__one_unpaid', (webapi) =>
      webapi.openPurchases.unpaid(HANDLE, { offerId: '8000000001', buyerId: '30000003' }, SOON),
    );
    expect(deals).toEqual([
      {
        purchaseId: '2150000001',
        boughtAtSeconds: 1500000100,
        quantity: 2,
        amount: pln(1990),
        discounted: true,
      },
    ]);
  });

  it('reads buyers', async () => {
    const found = await play('doGetPostBuyData__two_buyers_of_one_offer', (webapi) =>
      webapi.openPurchases.buyers(
        HANDLE,
        { offerIds: ['8000000001', '8000000002'], buyerIds: ['30000003', '30000004'] },
        SOON,
      ),
    );
    const jan = { fullName: 'Jan Testowy', company: 'Przykład S.A.', taxId: '' };
    expect(found).toEqual([
      {
        offerId: '8000000001',
        buyer: { id: '30000003', login: 'kupujacy_test', email: 'zaneta@example.com' },
        contactAddress: {
          fullName: 'Żaneta Próbna',
          company: '',
          street: 'ul. Testowa 1',
          postcode: '00-001',
          city: 'Łódź',
          country: 'PL',
          phone: '000 000 000',
          taxId: '',
        },
        shipmentAddress: undefined,
      },
      {
        offerId: '8000000001',
        buyer: { id: '30000004', login: 'kupujacy_dwa', email: 'jan@example.com' },
        contactAddress: {
          ...jan,
          street: 'ul. Próbna 5',
          postcode: '30-001',
          city: 'Kraków',
          country: 'PL',
          phone: '',
        },
        shipmentAddress: {
          ...jan,
          street: 'Teststr. 1',
          postcode: '10115',
          city: 'Berlin',
          country: 'DE',
          phone: '',
        },
      },
    ]);
  });
});
