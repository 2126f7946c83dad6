const LISTED = [
  'searchValue:string?',
  'categoryId:int?',
  'itemIds:long[]?',
  'pageSize:int?',
  'pageNumber:int?',
] as const;

/** The operations on offers: see `operations.ts`. */
export const OFFER_OPERATIONS = {
  doGetSiteJournal: {
    request: ['sessionHandle:string', 'startingPoint:long?', 'infoType:int?'],
    reply: ['siteJournalArray:SiteJournal[]?'],
  },
  doGetSiteJournalInfo: {
    request: ['sessionHandle:string', 'startingPoint:long?', 'infoType:int?'],
    reply: ['siteJournalInfo:SiteJournalInfo'],
  },
  doGetMySellItems: {
    request: [
      'sessionId:string',
      'sortOptions:SortOptionsStruct?',
      'filterOptions:SellFilterOptionsStruct?',
      ...LISTED,
    ],
    reply: ['sellItemsCounter:int', 'sellItemsList:SellItemStruct[]?'],
  },
  doGetMySoldItems: {
    request: [
      'sessionId:string',
      'sortOptions:SortOptionsStruct?',
      'filterOptions:SoldFilterOptionsStruct?',
      ...LISTED,
    ],
    reply: ['soldItemsCounter:int', 'soldItemsList:SoldItemStruct[]?'],
  },
  doGetMyNotSoldItems: {
    request: [
      'sessionId:string',
      'sortOptions:SortOptionsStruct?',
      'filterOptions:NotSoldFilterOptionsStruct?',
      ...LISTED,
    ],
    reply: ['notSoldItemsCounter:int', 'notSoldItemsList:NotSoldItemStruct[]?'],
  },
  doGetItemsInfo: {
    request: [
      'sessionHandle:string',
      'itemsIdArray:long[]?',
      'getDesc:int?',
      'getImageUrl:int?',
      'getAttribs:int?',
      'getPostageOptions:int?',
      'getCompanyInfo:int?',
      'getProductInfo:int?',
    ],
    reply: [
      'arrayItemListInfo:ItemInfoStruct[]?',
      'arrayItemsNotFound:long[]?',
      'arrayItemsAdminKilled:long[]?',
    ],
  },
  doChangeQuantityItem: {
    request: ['sessionHandle:string', 'itemId:long', 'newItemQuantity:int'],
    reply: ['itemId:long', 'itemInfo:string', 'itemQuantityLeft:int', 'itemQuantitySold:int'],
  },
  doChangePriceItem: {
    request: [
      'sessionHandle:string',
      'itemId:long',
      'newStartingPrice:float?',
      'newReservePrice:float?',
      'newBuyNowPrice:float?',
    ],
    reply: ['itemInfo:string', 'itemId:long'],
  },
  doFinishItems: {
    request: ['sessionHandle:string', 'finishItemsList:FinishItemsStruct[]?'],
    reply: ['finishItemsSucceed:long[]?', 'finishItemsFailed:FinishFailureStruct[]?'],
  },
} as const satisfies Record<string, { request: readonly string[]; reply: readonly string[] }>;
