import type { Given, Read } from './schema.ts';

/** What a login operation answers with. */
const SESSION = { sessionHandlePart: 'string', userId: 'long', serverTime: 'long' } as const;

/** The one table of operations, in the words of schema.ts. A dialect only spells it. */
export const OPERATIONS = {
  doQuerySysStatus: {
    request: { sysvar: 'int', countryId: 'int', webapiKey: 'string' },
    response: { info: 'string-', verKey: 'long' },
  },
  doLogin: {
    request: {
      userLogin: 'string',
      userPassword: 'string',
      countryCode: 'int',
      webapiKey: 'string',
      localVersion: 'long',
    },
    response: SESSION,
  },
  doLoginEnc: {
    request: {
      userLogin: 'string',
      userHashPassword: 'string',
      countryCode: 'int',
      webapiKey: 'string',
      localVersion: 'long',
    },
    response: SESSION,
  },
  doGetSiteJournalDeals: {
    request: { sessionId: 'string', journalStart: 'long?' },
    response: { siteJournalDeals: 'SiteJournalDealsStruct[]?' },
  },
  doGetSiteJournalDealsInfo: {
    request: { sessionId: 'string', journalStart: 'long?' },
    response: { siteJournalDealsInfo: 'SiteJournalDealsInfoStruct' },
  },
  doGetPostBuyFormsDataForSellers: {
    request: { sessionId: 'string', transactionsIdsArray: 'long[]?' },
    response: { postBuyFormData: 'PostBuyFormDataStruct[]?' },
  },
  doGetDeals: {
    request: { sessionHandle: 'string', itemId: 'long', buyerId: 'int' },
    response: { dealsList: 'DealsStruct[]?' },
  },
  doGetPostBuyData: {
    request: { sessionHandle: 'string', itemsArray: 'long[]?', buyerFilterArray: 'long[]?' },
    response: { itemsPostBuyData: 'ItemPostBuyDataStruct[]?' },
  },
} as const;

export type OperationName = keyof typeof OPERATIONS;
export type Request<N extends OperationName> = Given<(typeof OPERATIONS)[N]['request']>;
export type Response<N extends OperationName> = Read<(typeof OPERATIONS)[N]['response']>;

/** What an operation proves itself with; faults and the choice of connection depend on it. */
export type Proof = 'password' | 'key' | 'session';

export function proofOf(operation: OperationName): Proof {
  const fields = OPERATIONS[operation].request;
  if ('sessionId' in fields || 'sessionHandle' in fields) return 'session';
  return 'userLogin' in fields ? 'password' : 'key';
}
