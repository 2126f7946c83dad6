import type { DecodedCall } from '../wire/dialect.ts';
import type { OperationName } from '../wire/operations.ts';
import {
  doGetShipmentData,
  doGetSystemTime,
  doLogin,
  doLoginEnc,
  doQueryAllSysStatus,
  doQuerySysStatus,
} from './access.ts';
import type { CallContext, Method } from './context.ts';
import { doGetDeals, doGetPostBuyData } from './deals.ts';
import { doGetPostBuyFormsDataForSellers, doGetPostBuyFormsIds } from './forms.ts';
import { doGetSiteJournalDeals, doGetSiteJournalDealsInfo } from './journal.ts';

const METHODS: { readonly [Name in OperationName]: Method<Name> } = {
  doQuerySysStatus,
  doQueryAllSysStatus,
  doLogin,
  doLoginEnc,
  doGetSystemTime,
  doGetSiteJournalDeals,
  doGetSiteJournalDealsInfo,
  doGetPostBuyFormsDataForSellers,
  doGetPostBuyFormsIds,
  doGetDeals,
  doGetPostBuyData,
  doGetShipmentData,
};

/** Runs a decoded call; the decoder has made sure that the request fits its operation. Throws `Refusal` or `BadRequest`. */
export function runMethod({ operation, request }: DecodedCall, context: CallContext): object {
  const method = METHODS[operation] as (request: object, context: CallContext) => object;
  return method(request, context);
}
