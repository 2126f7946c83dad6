import type { RequestOf } from '../wire/operations.ts';
import { BadRequest } from '../wire/xml.ts';
import type { Sale } from '../world/goods.ts';
import { Refusal } from '../world/refusal.ts';
import type { Session } from '../world/sessions.ts';
import type { World } from '../world/world.ts';
import { type CallContext, idsOf, type Method, sessionOf } from './context.ts';
import { contradicts, staleSale } from './contradict.ts';
import { formData, paymentWord, surchargeData } from './form-data.ts';
import { spoiled } from './spoil.ts';

const MOST_FORMS = 25;
const LISTED_SECONDS = 31 * 86_400;
const MOST_IDS = 1_000;

/**
 * Answers with forms by id. Ids that are unknown or another seller's are skipped; an id sent twice is
 * answered twice.
 */
export const doGetPostBuyFormsDataForSellers: Method<'doGetPostBuyFormsDataForSellers'> = (
  { sessionId, transactionsIdsArray },
  context,
) => {
  const session = sessionOf(sessionId, context);
  const ids = idsOf(transactionsIdsArray, MOST_FORMS);
  for (const id of ids) {
    const { spoil } = context.world.trade.ledger.findSale(id) ?? {};
    if (spoil?.kind === 'refused') throw new Refusal(spoil.element ?? 'ERR_INTERNAL_SYSTEM_ERROR');
  }
  return { postBuyFormData: ids.flatMap((id) => dataOf(context, { id, session })) };
};

function dataOf({ world }: CallContext, { id, session }: { id: number; session: Session }) {
  const sale = world.trade.ledger.findSale(id);
  if (sale !== undefined) return isVisible(world, { sale, session }) ? [shown(world, sale)] : [];
  const found = world.trade.ledger.findSurcharge(id);
  if (found === undefined || !isVisible(world, { sale: found.sale, session })) return [];
  return [surchargeData(world, found)];
}

function shown(world: World, sale: Sale) {
  const data = contradicts(world) ? staleSale(world, sale, formData(world, sale)) : formData(world, sale);
  return sale.spoil === undefined ? data : spoiled(data, sale.spoil);
}

/** Ids of the forms of the last month, newest first, cancelled ones and surcharges too. */
export const doGetPostBuyFormsIds: Method<'doGetPostBuyFormsIds'> = (request, context) => {
  const { resultSize = 100, resultOffset = 0, filterOptions = [] } = request;
  const { world } = context;
  const session = sessionOf(request.sessionId, context);
  if (resultSize < 1 || resultSize > MOST_IDS || resultOffset < 0) {
    throw new Refusal('ERR_INPUT_OFFSET_OR_PACKAGE_SIZE_ERROR');
  }
  const since = world.clock.now() - LISTED_SECONDS;
  const isWanted = wantedBy(filterOptions);
  const ids = world.trade.ledger
    .salesOf(session.sellerId)
    .filter((sale) => sale.filledAt >= since && isVisible(world, { sale, session }) && isWanted(sale))
    .flatMap((sale) => [sale.id, ...sale.surcharges.map(({ id }) => id)])
    .sort((a, b) => b - a);
  return {
    formsCount: ids.length,
    formsIds: ids.slice(resultOffset, resultOffset + resultSize).map(String),
    filtersList: [],
  };
};

type Filters = NonNullable<RequestOf<'doGetPostBuyFormsIds'>['filterOptions']>;

const PAYMENT_WORDS: Readonly<Record<string, string>> = {
  started: 'Rozpoczęta',
  finished: 'Zakończona',
  cancelled: 'Anulowana',
};

/**
 * A condition from the filters. Without the caller's role the service finds nothing, as in production; other
 * filters only narrow the result.
 */
function wantedBy(filters: Filters): (sale: Sale) => boolean {
  const valuesOf = (name: string) =>
    filters.filter(({ filterId }) => filterId === name).flatMap(({ filterValueId = [] }) => filterValueId);
  const stranger = filters.find(({ filterId }) => !['userRole', 'paymentStatus'].includes(filterId));
  if (stranger !== undefined) throw new BadRequest(`no source names the filter ${stranger.filterId}`);
  if (!valuesOf('userRole').includes('seller')) return () => false;
  const words = valuesOf('paymentStatus').map((name) => PAYMENT_WORDS[name]);
  return (sale) => words.length === 0 || words.includes(paymentWord(sale));
}

/** Whether the session may see the form: only the seller's own, in the country of the session. */
export function isVisible(
  { trade: { ledger } }: World,
  { sale, session }: { sale: Sale; session: Session },
): boolean {
  const [purchaseId] = sale.purchaseIds;
  if (purchaseId === undefined || sale.sellerId !== session.sellerId) return false;
  return ledger.offer(ledger.purchase(purchaseId).offerId).countryId === session.countryId;
}
