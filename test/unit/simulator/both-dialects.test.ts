import { expect, it } from 'vitest';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { DIALECTS, listOf, type Row, shop, speak } from './dialects.ts';
import { items, type Node } from './kit.ts';

const ACCESS: readonly Row[] = [
  ['countryId', 1],
  ['webapiKey', 'k0000test1'],
];

/** Every operation that only reads, without the logins, which open a session each. */
const reads = (
  session: string,
  { offers, forms, buyer }: { offers: string[]; forms: string[]; buyer: string },
) =>
  ({
    doQuerySysStatus: [['sysvar', 3], ...ACCESS],
    doQueryAllSysStatus: ACCESS,
    doGetCountries: [
      ['countryCode', 56],
      ['webapiKey', 'k0000test1'],
    ],
    doGetShipmentData: ACCESS,
    doGetSiteJournal: [['sessionHandle', session]],
    doGetSiteJournalInfo: [['sessionHandle', session]],
    doGetSiteJournalDeals: [['sessionId', session]],
    doGetSiteJournalDealsInfo: [['sessionId', session]],
    doGetDeals: [
      ['sessionHandle', session],
      ['itemId', offers[0] ?? ''],
      ['buyerId', buyer],
    ],
    doGetTransactionsIDs: [
      ['sessionHandle', session],
      ['itemsIdArray', listOf(...offers)],
      ['userRole', 'seller'],
    ],
    doGetPostBuyFormsDataForSellers: [
      ['sessionId', session],
      ['transactionsIdsArray', listOf(...forms)],
    ],
    doGetFilledPostBuyForms: [
      ['sessionId', session],
      ['userRole', 1],
    ],
    doGetPostBuyData: [
      ['sessionHandle', session],
      ['itemsArray', listOf(...offers)],
    ],
    doGetMyIncomingPayments: [['sessionHandle', session]],
    doGetPaymentMethods: [
      ['sessionId', session],
      ['itemIds', listOf(...offers)],
    ],
    doGetMySellItems: [
      ['sessionId', session],
      ['sortOptions', [['sortType', 2]]],
    ],
    doGetMySoldItems: [
      ['sessionId', session],
      ['pageSize', 3],
      ['pageNumber', 1],
    ],
    doGetMyNotSoldItems: [['sessionId', session]],
    doGetItemsInfo: [
      ['sessionHandle', session],
      ['itemsIdArray', listOf(...offers, '5')],
      ['getDesc', 1],
      ['getImageUrl', 1],
      ['getPostageOptions', 1],
    ],
  }) as const satisfies Record<string, readonly Row[]>;

const ONLY_DOCLIT = ['dealVariant', 'itIsFulfillmentTimeActive'];

function withoutOnlyDoclit({ text, children }: Node): Node {
  const kept = Object.entries(children).filter(([name]) => !ONLY_DOCLIT.includes(name));
  return {
    text,
    children: Object.fromEntries(kept.map(([name, list]) => [name, list.map(withoutOnlyDoclit)])),
  };
}

it('every operation that reads says the same in both dialects', async () => {
  const { simulator, session } = await shop('rpc');
  const { orders } = await simulator.control<{ orders: TrueOrder[] }>('GET orders');
  const formOrders = orders.filter(({ orderId }) => orderId.startsWith('order:')).slice(0, 25);
  const offers = [...new Set(formOrders.map(({ lines }) => lines[0]?.offerId ?? ''))];
  const forms = formOrders.map(({ orderId }) => orderId.slice(6));
  const requests = reads(session, { offers, forms, buyer: formOrders[0]?.buyer.id ?? '' });
  for (const [operation, rows] of Object.entries(requests)) {
    const [doclit, rpc] = await Promise.all(
      DIALECTS.map(async (dialect) => (await speak(dialect, simulator).say(operation, rows)).body),
    );
    expect(rpc, operation).toEqual(doclit && withoutOnlyDoclit(doclit));
    expect(Object.keys(rpc?.children ?? {}).length, operation).toBeGreaterThan(0);
  }
  const { body } = await speak('doclit', simulator).say('doGetItemsInfo', requests.doGetItemsInfo);
  expect(items(body.children.arrayItemsNotFound?.[0] ?? body).map(({ text }) => text)).toEqual(['5']);
  expect((await simulator.stats()).malformed).toBe(0);
});
