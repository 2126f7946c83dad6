import { describe, expect, it } from 'vitest';
import { Secret } from '../../../functions/core/base/secret.ts';
import type { DriverCache } from '../../../functions/core/marketplace/driver.ts';
import type { Marketplace } from '../../../functions/core/marketplace/marketplace.ts';
import { dialectOf } from '../../../functions/webapi/dialect.ts';
import type { Operations } from '../../../functions/webapi/driver.ts';
import { hashPassword } from '../../../functions/webapi/login.ts';
import { OPERATIONS, type OperationName, type Request } from '../../../functions/webapi/operations.ts';
import { memoryCache } from '../../support/memory-cache.ts';
import { createOperations, createWebapi, logInTo } from '../../support/webapi.ts';
import { type Play, play } from '../simulator/kit.ts';
import { DIALECTS, KEY, SOON, settingsFor } from './support.ts';

const SERVICES = {
  'document-literal': { path: 'service.php', namespace: 'urn:SandboxWebApi' },
  'rpc-encoded': { path: 'uploader.php', namespace: 'urn:AllegroWebApi' },
};

async function drained(webapi: Marketplace, handle: Secret) {
  const events = [...(await webapi.sales.page(handle, undefined, SOON)).events];
  for (let size = events.length; size === webapi.settings.journalPageSize; ) {
    const { events: page } = await webapi.sales.page(handle, events.at(-1)?.id, SOON);
    events.push(...page);
    size = page.length;
  }
  return events;
}

/** The parameters of the operations besides a session, from the present world. */
async function requestsFor(simulator: Play, { operations, webapi, cache }: Doors) {
  const applicationPassword = await simulator.seller('sklep');
  const { accessToken } = await simulator.control<{ accessToken: string }>(
    'POST sellers/sklep/access-tokens',
    {},
  );
  await simulator.control('POST buyers', { orders: 60 });
  const credentials = {
    login: 'sklep',
    applicationPassword: new Secret(applicationPassword),
    integrationKey: KEY,
  };
  const { session: sessionHandle } = await logInTo(webapi, credentials, SOON);
  const events = await drained(webapi, sessionHandle);
  const handle = sessionHandle.reveal();
  const keyed = { webapiKey: KEY.reveal() };
  const login = {
    userLogin: 'sklep',
    countryCode: '1',
    ...keyed,
    localVersion: await cache.get('version-key'),
  };
  const byId = { sessionId: handle };
  const byHandle = { sessionHandle: handle };
  const [event] = events;
  const bought = event?.purchases[0];
  const offer = { itemId: bought?.offerId };
  const sales = [...new Set(events.flatMap(({ saleId }) => saleId ?? []))].slice(0, 25);
  const { sellItemsList } = await operations.call('doGetMySellItems', byId, SOON);
  const onSale = sellItemsList.find((item) => item.itemBiddersCounter === '0') ?? sellItemsList.at(-1);
  const requests: Record<OperationName, object> = {
    doQuerySysStatus: { ...keyed, sysvar: '4', countryId: '1' },
    doQueryAllSysStatus: { ...keyed, countryId: '1' },
    doLogin: { ...login, userPassword: applicationPassword },
    doLoginEnc: { ...login, userHashPassword: hashPassword(applicationPassword) },
    doLoginWithAccessToken: { accessToken, countryCode: '1', ...keyed },
    doGetCountries: { ...keyed, countryCode: '1' },
    doGetUserID: { ...keyed, countryId: '1', userLogin: login.userLogin },
    doGetSystemTime: { ...keyed, countryId: '1' },
    doGetSiteJournal: { ...byHandle, startingPoint: '0', infoType: '0' },
    doGetSiteJournalInfo: byHandle,
    doGetSiteJournalDeals: byId,
    doGetSiteJournalDealsInfo: { ...byId, journalStart: event?.id },
    doGetDeals: { ...byHandle, ...offer, buyerId: bought?.buyerId },
    doGetTransactionsIDs: { ...byHandle, itemsIdArray: [bought?.offerId], userRole: 'seller' },
    doGetPostBuyFormsDataForSellers: { ...byId, transactionsIdsArray: sales },
    doGetPostBuyFormsIds: { ...byId, resultSize: '10' },
    doGetFilledPostBuyForms: { ...byId, userRole: '1' },
    doGetPostBuyData: { ...byHandle, itemsArray: [bought?.offerId] },
    doGetMyIncomingPayments: byHandle,
    doGetPaymentMethods: { ...byId, itemIds: [bought?.offerId] },
    doGetShipmentData: { ...keyed, countryId: '1' },
    doGetMySellItems: { ...byId, sortOptions: { sortType: '1', sortOrder: '2' }, pageSize: '5' },
    doGetMySoldItems: { ...byId, filterOptions: { filterFormat: '0' } },
    doGetMyNotSoldItems: byId,
    doGetItemsInfo: {
      ...byHandle,
      itemsIdArray: [bought?.offerId, '1'],
      getDesc: '1',
      getPostageOptions: '1',
    },
    doChangeQuantityItem: { ...byHandle, itemId: onSale?.itemId, newItemQuantity: '900' },
    doChangePriceItem: {
      ...byHandle,
      itemId: onSale?.itemId,
      newStartingPrice: '0',
      newReservePrice: '0',
      newBuyNowPrice: '131072.01',
    },
    doAddPackageInfoToPostBuyForm: {
      ...byId,
      transactionId: sales[0],
      packageInfo: [{ operatorId: '5', packageId: '00000000000000000001' }],
    },
    doFinishItems: {
      ...byHandle,
      finishItemsList: [{ finishItemId: onSale?.itemId }, { finishItemId: '1' }],
    },
  };
  return { requests, events };
}

interface Doors {
  readonly operations: Operations;
  readonly webapi: Marketplace;
  readonly cache: DriverCache;
}

describe.each(DIALECTS)('at the simulated marketplace, in %s', (dialect) => {
  it('every operation is understood on both sides', async () => {
    const simulator = await play();
    const { path, namespace } = SERVICES[dialect];
    const settings = { ...settingsFor(`${simulator.url}/${path}`, dialect), namespace };
    const cache = memoryCache();
    const doors = {
      operations: createOperations(settings),
      webapi: createWebapi(settings, { cache }),
      cache,
    };
    const { requests, events } = await requestsFor(simulator, doors);
    expect(events.length).toBeGreaterThan(100);

    const { lacks } = dialectOf(settings);
    const names = (Object.keys(OPERATIONS) as OperationName[]).filter((name) => !lacks(name));
    for (const name of names) {
      const reply = await doors.operations.call(name, requests[name] as Request<OperationName>, SOON);
      expect(JSON.stringify(reply), name).not.toBe('{}');
    }
    expect((await simulator.stats()).malformed).toBe(0);
  });
});
