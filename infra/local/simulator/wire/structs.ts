import { OFFER_STRUCTS } from './structs-offers.ts';
import { ORDER_STRUCTS } from './structs-orders.ts';

/**
 * Every structure of the WebAPI that some message holds. Fields read `name:type`, with `?` behind the type of
 * an optional field and `[]` behind that of a list. Names, types and order are those of the published WSDLs;
 * both dialects share them, except for the few names in `rpc-names.ts`.
 */
export const STRUCTS = {
  SysStatusType: [
    'countryId:int',
    'programVersion:string',
    'catsVersion:string',
    'apiVersion:string',
    'attribVersion:string',
    'formSellVersion:string',
    'siteVersion:string',
    'verKey:long',
  ],
  CountryInfoType: ['countryId:int', 'countryName:string'],
  ...ORDER_STRUCTS,
  ...OFFER_STRUCTS,
} as const satisfies Record<string, readonly string[]>;

export type StructName = keyof typeof STRUCTS;
