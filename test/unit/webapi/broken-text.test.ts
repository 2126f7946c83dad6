import { describe, expect, it } from 'vitest';
import { epochSeconds } from '../../../functions/core/base/time.ts';
import { offerContent } from '../../../functions/core/offers/offer.ts';
import { withFlags } from '../../../functions/core/orders/flags.ts';
import { orderOfPurchase } from '../../../functions/core/orders/order-of-purchase.ts';
import { createWebapi, keptVersionKey, logInTo } from '../../support/webapi.ts';
import { credentials, envelope, HANDLE, SOON, serveCanned, settingsFor, VERSION_KEY } from './support.ts';

/** Texts that no document may contain, and the text that is read in their place. */
const BROKEN = [
  ['a control character', '\u000B', '\uFFFD'],
  ['a control character by its number', '&#11;', '\uFFFD'],
  ['half a character by its number', '&#55357;', '\uFFFD'],
  ['a character that is none, by its number', '&#65535;', '\uFFFD'],
  ['a number beyond all characters', '&#x110000;', '\uFFFD'],
  ['a number without an end in sight', `&#${'9'.repeat(40)};`, '\uFFFD'],
  ['both halves of a character by their numbers', '&#55357;&#56832;', '😀'],
  ['the same in hexadecimal', '&#xD83D;&#xde00;', '😀'],
  ['halves in the wrong order', '&#56832;&#55357;', '\uFFFD\uFFFD'],
] as const;

const asks = async (body: string) => {
  const { endpoint } = await serveCanned({ body: envelope(body) });
  return createWebapi(settingsFor(endpoint), { cache: keptVersionKey(VERSION_KEY) });
};

const sellItem = (index: number, title: string) =>
  `<n:item><n:itemId>${index}</n:itemId><n:itemTitle>${title}</n:itemTitle></n:item>`;

const person = (id: number, name: string) =>
  `<n:item><n:userData><n:userId>${id}</n:userId><n:userLogin>k${id}</n:userLogin><n:userEmail>k@example.com</n:userEmail>` +
  `<n:userFirstName>${name}</n:userFirstName><n:userCountryId>1</n:userCountryId></n:userData></n:item>`;

describe.each(BROKEN)('%s', (_, wire, read) => {
  const isBroken = read.includes('\uFFFD');

  it('in one title of nine hides no offer, and is flagged where it is lost', async () => {
    const items = Array.from({ length: 9 }, (_item, index) =>
      sellItem(index + 1, index === 4 ? `Klamka ${wire}` : 'Klamka'),
    );
    const webapi = await asks(
      `<n:doGetMySellItemsResponse><n:sellItemsCounter>9</n:sellItemsCounter><n:sellItemsList>${items.join('')}</n:sellItemsList></n:doGetMySellItemsResponse>`,
    );
    const { offers, count } = await webapi.offers.offersIn(HANDLE, { list: 'for-sale', page: 0 }, SOON);
    expect(count).toBe(9);
    expect(offers.map(({ title }) => title)).toEqual(
      Array.from({ length: 9 }, (_title, index) => (index === 4 ? `Klamka ${read}` : 'Klamka')),
    );
    const flags = offers.map(
      (offer) => offerContent(offer, 'for-sale').flags?.includes('broken-text') ?? false,
    );
    expect(flags).toEqual(offers.map((_offer, index) => isBroken && index === 4));
  });

  it('in one first name leaves the other buyers of the offer their contact data', async () => {
    const webapi = await asks(
      `<n:doGetPostBuyDataResponse><n:itemsPostBuyData><n:item><n:itemId>8</n:itemId><n:usersPostBuyData>` +
        `${person(1, 'Łucja')}${person(2, `Jan${wire}`)}</n:usersPostBuyData></n:item></n:itemsPostBuyData></n:doGetPostBuyDataResponse>`,
    );
    const found = await webapi.openPurchases.buyers(HANDLE, { offerIds: ['8'], buyerIds: ['1', '2'] }, SOON);
    expect(found.map(({ contactAddress }) => contactAddress?.fullName)).toEqual(['Łucja', `Jan${read}`]);
    const purchase = { purchaseId: '5', offerId: '8', buyerId: '2', quantity: 1 };
    const order = withFlags(orderOfPurchase(purchase, { unpaid: undefined, contact: found[1] }));
    expect(order.flags?.includes('broken-text') ?? false).toBe(isBroken);
  });

  it('in the list of sold offers hides none of them', async () => {
    const webapi = await asks(
      `<n:doGetMySoldItemsResponse><n:soldItemsCounter>2</n:soldItemsCounter><n:soldItemsList>` +
        `${sellItem(1, `Klamka ${wire}`)}${sellItem(2, 'Gałka')}</n:soldItemsList></n:doGetMySoldItemsResponse>`,
    );
    const query = { list: 'sales-by-offer', from: epochSeconds(0), to: epochSeconds(1) } as const;
    expect((await webapi.lists.salePage(HANDLE, query, SOON)).next).toContain('1,2');
  });
});

const loggedIn = (handle: string) =>
  asks(
    `<n:doLoginEncResponse><n:sessionHandlePart>${handle}</n:sessionHandlePart><n:userId>1</n:userId><n:serverTime>1</n:serverTime></n:doLoginEncResponse>`,
  );

describe('a session handle', () => {
  it.each([
    ['that is broken', 'abc\u000Bdef'],
    ['of 5 MB', 'a'.repeat(5_000_000)],
  ])('%s is no handle', async (_, handle) => {
    const login = logInTo(await loggedIn(handle), credentials('tajne-haslo-123'), SOON);
    await expect(login).rejects.toMatchObject({ reason: 'no-readable-reply', outcome: 'unclear' });
  });

  it('may have 4,096 characters, and no more', async () => {
    const webapi = await loggedIn('a'.repeat(4_096));
    const login = await logInTo(webapi, credentials('tajne-haslo-123'), SOON);
    expect(login.session.reveal()).toHaveLength(4_096);
  });
});
