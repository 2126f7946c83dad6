import type { Given, Read } from './schema.ts';

/** The fields of the reply of a login operation. */
const SESSION = { sessionHandlePart: 'string', userId: 'long', serverTime: 'long' } as const;

/** The parameters of all three tabs of "My Allegro", except for their filter. */
const TAB_PAGE = {
  searchValue: 'string?',
  categoryId: 'int?',
  itemIds: 'long[]?',
  pageSize: 'int?',
  pageNumber: 'int?',
} as const;

/** The table of all operations, in the notation of schema.ts. A dialect only changes the spelling. */
export const OPERATIONS = {
  doQuerySysStatus: {
    request: { sysvar: 'int', countryId: 'int', webapiKey: 'string' },
    response: { info: 'string-', verKey: 'long' },
  },
  doQueryAllSysStatus: {
    request: { countryId: 'int', webapiKey: 'string' },
    response: { sysCountryStatus: 'SysStatusType[]?' },
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
  doLoginWithAccessToken: {
    request: { accessToken: 'string', countryCode: 'int', webapiKey: 'string' },
    response: SESSION,
  },
  doGetUserID: {
    request: { countryId: 'int', userLogin: 'string', userEmail: 'string?', webapiKey: 'string' },
    response: { userId: 'int' },
  },
  doGetCountries: {
    request: { countryCode: 'int', webapiKey: 'string' },
    response: { countryArray: 'CountryInfoType[]?' },
  },
  doGetSystemTime: {
    request: { countryId: 'int', webapiKey: 'string' },
    response: { serverTime: 'long' },
  },
  doGetSiteJournal: {
    request: { sessionHandle: 'string', startingPoint: 'long?', infoType: 'int?' },
    response: { siteJournalArray: 'SiteJournal[]?' },
  },
  doGetSiteJournalInfo: {
    request: { sessionHandle: 'string', startingPoint: 'long?', infoType: 'int?' },
    response: { siteJournalInfo: 'SiteJournalInfo' },
  },
  doGetSiteJournalDeals: {
    request: { sessionId: 'string', journalStart: 'long?' },
    response: { siteJournalDeals: 'SiteJournalDealsStruct[]?' },
  },
  doGetSiteJournalDealsInfo: {
    request: { sessionId: 'string', journalStart: 'long?' },
    response: { siteJournalDealsInfo: 'SiteJournalDealsInfoStruct' },
  },
  doGetDeals: {
    request: { sessionHandle: 'string', itemId: 'long', buyerId: 'int' },
    response: { dealsList: 'DealsStruct[]?' },
  },
  doGetTransactionsIDs: {
    request: {
      sessionHandle: 'string',
      itemsIdArray: 'long[]?',
      userRole: 'string',
      shipmentIdArray: 'long[]?',
    },
    response: { transactionsIdsArray: 'long[]?' },
  },
  doGetPostBuyFormsDataForSellers: {
    request: { sessionId: 'string', transactionsIdsArray: 'long[]?' },
    response: { postBuyFormData: 'PostBuyFormDataStruct[]?' },
  },
  doGetPostBuyFormsIds: {
    request: {
      sessionId: 'string',
      filterOptions: 'FilterOptionsType[]?',
      resultSize: 'int?',
      resultOffset: 'int?',
    },
    response: { formsCount: 'int', formsIds: 'long[]?', filtersList: 'FiltersListType[]?' },
  },
  doGetFilledPostBuyForms: {
    request: {
      sessionId: 'string',
      paymentType: 'int?',
      userRole: 'int',
      fillingTimeFrom: 'long?',
      fillingTimeTo: 'long?',
    },
    response: { filledPostBuyForms: 'FilledPostBuyFormsStruct' },
  },
  doGetPostBuyData: {
    request: { sessionHandle: 'string', itemsArray: 'long[]?', buyerFilterArray: 'long[]?' },
    response: { itemsPostBuyData: 'ItemPostBuyDataStruct[]?' },
  },
  doGetMyIncomingPayments: {
    request: {
      sessionHandle: 'string',
      buyerId: 'int?',
      itemId: 'long?',
      transRecvDateFrom: 'long?',
      transRecvDateTo: 'long?',
      transPageLimit: 'int?',
      transOffset: 'int?',
    },
    response: { payTransIncome: 'UserIncomingPaymentStruct[]?' },
  },
  doGetPaymentMethods: {
    request: { sessionId: 'string', itemIds: 'long[]?' },
    response: { paymentMethods: 'PaymentMethodStruct[]?' },
  },
  doGetShipmentData: {
    request: { countryId: 'int', webapiKey: 'string' },
    response: { shipmentDataList: 'ShipmentDataStruct[]?', localVersion: 'long' },
  },
  doGetMySellItems: {
    request: {
      sessionId: 'string',
      sortOptions: 'SortOptionsStruct?',
      filterOptions: 'SellFilterOptionsStruct?',
      ...TAB_PAGE,
    },
    response: { sellItemsCounter: 'int', sellItemsList: 'SellItemStruct[]?' },
  },
  doGetMySoldItems: {
    request: {
      sessionId: 'string',
      sortOptions: 'SortOptionsStruct?',
      filterOptions: 'SoldFilterOptionsStruct?',
      ...TAB_PAGE,
    },
    response: { soldItemsCounter: 'int', soldItemsList: 'SoldItemStruct[]?' },
  },
  doGetMyNotSoldItems: {
    request: {
      sessionId: 'string',
      sortOptions: 'SortOptionsStruct?',
      filterOptions: 'NotSoldFilterOptionsStruct?',
      ...TAB_PAGE,
    },
    response: { notSoldItemsCounter: 'int', notSoldItemsList: 'NotSoldItemStruct[]?' },
  },
  doGetItemsInfo: {
    request: {
      sessionHandle: 'string',
      itemsIdArray: 'long[]?',
      getDesc: 'int?',
      getImageUrl: 'int?',
      getAttribs: 'int?',
      getPostageOptions: 'int?',
      getCompanyInfo: 'int?',
      getProductInfo: 'int?',
    },
    response: {
      arrayItemListInfo: 'ItemInfoStruct[]?',
      arrayItemsNotFound: 'long[]?',
      arrayItemsAdminKilled: 'long[]?',
    },
  },
  doChangeQuantityItem: {
    request: { sessionHandle: 'string', itemId: 'long', newItemQuantity: 'int' },
    response: { itemId: 'long', itemInfo: 'string', itemQuantityLeft: 'int', itemQuantitySold: 'int' },
  },
  doChangePriceItem: {
    request: {
      sessionHandle: 'string',
      itemId: 'long',
      newStartingPrice: 'float?',
      newReservePrice: 'float?',
      newBuyNowPrice: 'float?',
    },
    response: { itemInfo: 'string', itemId: 'long' },
  },
  doFinishItems: {
    request: { sessionHandle: 'string', finishItemsList: 'FinishItemsStruct[]?' },
    response: { finishItemsSucceed: 'long[]?', finishItemsFailed: 'FinishFailureStruct[]?' },
  },
  doAddPackageInfoToPostBuyForm: {
    request: { sessionId: 'string', transactionId: 'long', packageInfo: 'PackageInfoStruct[]?' },
    response: { postBuyFormPackageInfo: 'PostBuyFormPackageInfoStruct' },
  },
} as const;

export type OperationName = keyof typeof OPERATIONS;
export type Request<N extends OperationName> = Given<(typeof OPERATIONS)[N]['request']>;
export type Response<N extends OperationName> = Read<(typeof OPERATIONS)[N]['response']>;
