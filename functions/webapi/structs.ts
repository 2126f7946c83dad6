import { ACCESS_STRUCTS } from './structs/access.ts';
import { DEALS_STRUCTS } from './structs/deals.ts';
import { FORMS_STRUCTS } from './structs/forms.ts';
import { OFFERS_STRUCTS } from './structs/offers.ts';
import { TABS_STRUCTS } from './structs/tabs.ts';

/**
 * The compound types of the WebAPI: names, fields, order and types of the WSDL, in the notation of schema.ts,
 * which also marks the fields that are not read or may be missing.
 */
export const STRUCTS = {
  ...ACCESS_STRUCTS,
  ...FORMS_STRUCTS,
  ...DEALS_STRUCTS,
  ...TABS_STRUCTS,
  ...OFFERS_STRUCTS,
} as const;

export type StructName = keyof typeof STRUCTS;
