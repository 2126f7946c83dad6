import { ACCESS_STRUCTS } from './structs/access.ts';
import { DEALS_STRUCTS } from './structs/deals.ts';
import { FORMS_STRUCTS } from './structs/forms.ts';
import { OFFERS_STRUCTS } from './structs/offers.ts';
import { TABS_STRUCTS } from './structs/tabs.ts';

/**
 * The compound types of the WebAPI: names, fields, order and types as the WSDL has them, in the words of
 * schema.ts. Which fields we read, and which we can do without, is told there too.
 */
export const STRUCTS = {
  ...ACCESS_STRUCTS,
  ...FORMS_STRUCTS,
  ...DEALS_STRUCTS,
  ...TABS_STRUCTS,
  ...OFFERS_STRUCTS,
} as const;

export type StructName = keyof typeof STRUCTS;
