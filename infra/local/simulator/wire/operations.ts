import type { Message } from './notation.ts';
import { OFFER_OPERATIONS } from './operations-offers.ts';

const LOGIN_REPLY = ['sessionHandlePart:string', 'userId:long', 'serverTime:long'] as const;

/** Every operation that the simulator answers: its request and reply, in the notation of `structs.ts`. */
export const OPERATIONS = {
  doQuerySysStatus: {
    request: ['sysvar:int', 'countryId:int', 'webapiKey:string'],
    reply: ['info:string', 'verKey:long'],
  },
  doQueryAllSysStatus: {
    request: ['countryId:int', 'webapiKey:string'],
    reply: ['sysCountryStatus:SysStatusType[]?'],
  },
  doLogin: {
    request: [
      'userLogin:string',
      'userPassword:string',
      'countryCode:int',
      'webapiKey:string',
      'localVersion:long',
    ],
    reply: LOGIN_REPLY,
  },
  doLoginEnc: {
    request: [
      'userLogin:string',
      'userHashPassword:string',
      'countryCode:int',
      'webapiKey:string',
      'localVersion:long',
    ],
    reply: LOGIN_REPLY,
  },
  doLoginWithAccessToken: {
    request: ['accessToken:string', 'countryCode:int', 'webapiKey:string'],
    reply: LOGIN_REPLY,
  },
  doGetUserID: {
    request: ['countryId:int', 'userLogin:string', 'userEmail:string?', 'webapiKey:string'],
    reply: ['userId:int'],
  },
  doGetCountries: {
    request: ['countryCode:int', 'webapiKey:string'],
    reply: ['countryArray:CountryInfoType[]?'],
  },
  doGetSystemTime: { request: ['countryId:int', 'webapiKey:string'], reply: ['serverTime:long'] },
  doGetSiteJournalDeals: {
    request: ['sessionId:string', 'journalStart:long?'],
    reply: ['siteJournalDeals:SiteJournalDealsStruct[]?'],
  },
  doGetSiteJournalDealsInfo: {
    request: ['sessionId:string', 'journalStart:long?'],
    reply: ['siteJournalDealsInfo:SiteJournalDealsInfoStruct'],
  },
  doGetPostBuyFormsDataForSellers: {
    request: ['sessionId:string', 'transactionsIdsArray:long[]?'],
    reply: ['postBuyFormData:PostBuyFormDataStruct[]?'],
  },
  doGetPostBuyFormsIds: {
    request: [
      'sessionId:string',
      'filterOptions:FilterOptionsType[]?',
      'resultSize:int?',
      'resultOffset:int?',
    ],
    reply: ['formsCount:int', 'formsIds:long[]?', 'filtersList:FiltersListType[]?'],
  },
  doGetDeals: {
    request: ['sessionHandle:string', 'itemId:long', 'buyerId:int'],
    reply: ['dealsList:DealsStruct[]?'],
  },
  doGetPostBuyData: {
    request: ['sessionHandle:string', 'itemsArray:long[]?', 'buyerFilterArray:long[]?'],
    reply: ['itemsPostBuyData:ItemPostBuyDataStruct[]?'],
  },
  doGetShipmentData: {
    request: ['countryId:int', 'webapiKey:string'],
    reply: ['shipmentDataList:ShipmentDataStruct[]?', 'localVersion:long'],
  },
  doGetTransactionsIDs: {
    request: ['sessionHandle:string', 'itemsIdArray:long[]?', 'userRole:string', 'shipmentIdArray:long[]?'],
    reply: ['transactionsIdsArray:long[]?'],
  },
  doGetFilledPostBuyForms: {
    request: [
      'sessionId:string',
      'paymentType:int?',
      'userRole:int',
      'fillingTimeFrom:long?',
      'fillingTimeTo:long?',
    ],
    reply: ['filledPostBuyForms:FilledPostBuyFormsStruct'],
  },
  doGetMyIncomingPayments: {
    request: [
      'sessionHandle:string',
      'buyerId:int?',
      'itemId:long?',
      'transRecvDateFrom:long?',
      'transRecvDateTo:long?',
      'transPageLimit:int?',
      'transOffset:int?',
    ],
    reply: ['payTransIncome:UserIncomingPaymentStruct[]?'],
  },
  doGetPaymentMethods: {
    request: ['sessionId:string', 'itemIds:long[]?'],
    reply: ['paymentMethods:PaymentMethodStruct[]?'],
  },
  doAddPackageInfoToPostBuyForm: {
    request: ['sessionId:string', 'transactionId:long', 'packageInfo:PackageInfoStruct[]?'],
    reply: ['postBuyFormPackageInfo:PostBuyFormPackageInfoStruct'],
  },
  ...OFFER_OPERATIONS,
} as const satisfies Record<string, { request: readonly string[]; reply: readonly string[] }>;

export type OperationName = keyof typeof OPERATIONS;
export type RequestOf<Name extends OperationName> = Message<(typeof OPERATIONS)[Name]['request']>;
export type ReplyOf<Name extends OperationName> = Message<(typeof OPERATIONS)[Name]['reply']>;

export const isOperation = (name: string): name is OperationName => Object.hasOwn(OPERATIONS, name);
