import type { DecodedCall } from '../wire/dialect.ts';
import type { OperationName } from '../wire/operations.ts';
import * as access from './access.ts';
import type { CallContext, Method } from './context.ts';
import * as deals from './deals.ts';
import { doGetPostBuyFormsDataForSellers, doGetPostBuyFormsIds } from './forms.ts';
import * as journal from './journal.ts';
import * as changes from './offer-changes.ts';
import { doGetItemsInfo } from './offer-info.ts';
import * as offerJournal from './offer-journal.ts';
import * as offerLists from './offer-lists.ts';
import { doAddPackageInfoToPostBuyForm } from './parcels.ts';
import * as payments from './payments.ts';
import * as transactions from './transactions.ts';

const METHODS: { readonly [Name in OperationName]: Method<Name> } = {
  ...access,
  ...journal,
  ...deals,
  doGetPostBuyFormsDataForSellers,
  doGetPostBuyFormsIds,
  ...transactions,
  ...payments,
  doAddPackageInfoToPostBuyForm,
  ...offerJournal,
  ...offerLists,
  doGetItemsInfo,
  ...changes,
};

/**
 * Runs a decoded call; the decoder has made sure that the request fits its operation. Throws `Refusal` or `BadRequest`.
 */
export function runMethod({ operation, request }: DecodedCall, context: CallContext): object {
  const method = METHODS[operation] as (request: object, context: CallContext) => object;
  return method(request, context);
}
