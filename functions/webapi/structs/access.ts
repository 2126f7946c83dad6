/**
 * Compound types of version keys, countries, journals and delivery methods. In the words of schema.ts, order and types
 * as the WSDL has them.
 */
export const ACCESS_STRUCTS = {
  SysStatusType: {
    countryId: 'int',
    programVersion: 'string',
    catsVersion: 'string',
    apiVersion: 'string',
    attribVersion: 'string',
    formSellVersion: 'string',
    siteVersion: 'string',
    verKey: 'long',
  },
  CountryInfoType: {
    countryId: 'int',
    countryName: 'string',
  },
  SiteJournal: {
    rowId: 'long',
    itemId: 'long',
    changeType: 'string',
    changeDate: 'long',
    currentPrice: 'float',
    itemSellerId: 'long',
  },
  SiteJournalInfo: {
    itemsNumber: 'int',
    lastItemDate: 'long',
  },
  SiteJournalDealsStruct: {
    dealEventId: 'long',
    dealEventType: 'int',
    dealEventTime: 'long',
    dealId: 'long',
    dealTransactionId: 'long',
    dealSellerId: 'int-',
    dealItemId: 'long',
    dealBuyerId: 'int',
    dealQuantity: 'int',
  },
  SiteJournalDealsInfoStruct: {
    dealEventsCount: 'int',
    dealLastEventTime: 'long-',
  },
  ShipmentTimeStruct: {
    shipmentTimeFrom: 'int',
    shipmentTimeTo: 'int',
  },
  ShipmentDataStruct: {
    shipmentId: 'int',
    shipmentName: 'string',
    shipmentType: 'int',
    shipmentTime: 'ShipmentTimeStruct~',
  },
} as const;
