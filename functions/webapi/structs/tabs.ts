const ENDED_FILTER = {
  filterFormat: 'int?',
  filterFromEnd: 'int?',
  filterAutoListing: 'int?',
  filterPrice: 'FilterPriceStruct?',
  filterDurationType: 'int?',
} as const;

/** An offer in the lists of running and of sold ones. */
const OFFER_FOR_SALE = {
  itemId: 'long',
  itemTitle: 'string',
  itemThumbnailUrl: 'string',
  itemPrice: 'ItemPriceStruct[]?',
  itemStartQuantity: 'int',
  itemSoldQuantity: 'int',
  itemQuantityType: 'int',
  itemStartTime: 'long',
  itemEndTime: 'long',
  itemEndTimeLeft: 'string',
  itemBiddersCounter: 'int',
  itemHighestBidder: 'UserInfoStruct~',
  itemCategoryId: 'int',
  itemWatchersCounter: 'int',
  itemViewsCounter: 'int',
  itemNote: 'string',
  itemSpecialInfo: 'int',
  itemShopInfo: 'int',
  itemProductInfo: 'long',
  itemPayuInfo: 'int',
  itemDurationInfo: 'DurationInfoStruct?',
} as const;

/**
 * Compound types of the tabs of offers, and of changes to offers. In the words of schema.ts, order and types as the
 * WSDL has them.
 */
export const TABS_STRUCTS = {
  SortOptionsStruct: {
    sortType: 'int?',
    sortOrder: 'int?',
  },
  FilterPriceStruct: {
    filterPriceFrom: 'float?',
    filterPriceTo: 'float?',
  },
  SellFilterOptionsStruct: {
    filterFormat: 'int?',
    filterBids: 'int?',
    filterToEnd: 'int?',
    filterFromStart: 'int?',
    filterAutoListing: 'int?',
    filterPrice: 'FilterPriceStruct?',
    filterDurationType: 'int?',
  },
  SoldFilterOptionsStruct: ENDED_FILTER,
  NotSoldFilterOptionsStruct: ENDED_FILTER,
  ItemPriceStruct: {
    priceType: 'int',
    priceValue: 'float',
  },
  UserInfoStruct: {
    userId: 'int',
    userLogin: 'string',
    userRating: 'int',
    userIcons: 'int',
    userCountry: 'int',
  },
  DurationInfoStruct: {
    durationType: 'int?',
  },
  SellItemStruct: OFFER_FOR_SALE,
  SoldItemStruct: OFFER_FOR_SALE,
  NotSoldItemStruct: {
    itemId: 'long',
    itemTitle: 'string',
    itemThumbnailUrl: 'string',
    itemPrice: 'ItemPriceStruct[]?',
    itemStartQuantity: 'int',
    itemQuantityType: 'int',
    itemStartTime: 'long',
    itemEndTime: 'long',
    itemBiddersCounter: 'int',
    itemHighestBidder: 'UserInfoStruct~',
    itemCategoryId: 'int',
    itemWatchersCounter: 'int',
    itemViewsCounter: 'int',
    itemNote: 'string',
    itemSpecialInfo: 'int',
    itemShopInfo: 'int',
    itemProductInfo: 'long',
    itemPayuInfo: 'int',
  },
  FinishItemsStruct: {
    finishItemId: 'long',
    finishCancelAllBids: 'int?',
    finishCancelReason: 'string?',
  },
  FinishFailureStruct: {
    finishItemId: 'long',
    finishErrorCode: 'string',
    finishErrorMessage: 'string',
  },
} as const;
