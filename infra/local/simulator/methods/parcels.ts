import { Refusal } from '../world/refusal.ts';
import { idOf, type Method, sessionOf } from './context.ts';
import { isVisible } from './forms.ts';

const MOST_PARCELS = 20;
const CARRIERS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]);

/**
 * Adds parcels to a form. Bad parcels come back in lists of their own, not as a fault; a parcel sent twice is
 * stored twice.
 */
export const doAddPackageInfoToPostBuyForm: Method<'doAddPackageInfoToPostBuyForm'> = (request, context) => {
  const { world } = context;
  const session = sessionOf(request.sessionId, context);
  const sale = world.trade.ledger.findSale(idOf(request.transactionId));
  if (sale === undefined || !isVisible(world, { sale, session })) {
    throw new Refusal('ERR_INCORRECT_TRANSACTION_ID');
  }
  const { packageInfo = [] } = request;
  if (packageInfo.length === 0) throw new Refusal('ERR_INPUT_ARRAY_EMPTY');
  if (sale.parcels.length + packageInfo.length > MOST_PARCELS) throw new Refusal('ERR_ITEMS_ARRAY_OVERSIZED');
  const parcels = Map.groupBy(packageInfo, ({ operatorId, packageId }) => {
    if (!CARRIERS.has(operatorId)) return 'wrong carrier';
    return /^[\w-]{4,40}$/.test(packageId) ? 'right' : 'wrong number';
  });
  const added = parcels.get('right') ?? [];
  for (const { operatorId, packageId } of added) {
    world.trade.addParcel(sale, { carrierId: operatorId, number: packageId });
  }
  const numbers = (list: typeof packageInfo = []) => list.map(({ packageId }) => packageId);
  return {
    postBuyFormPackageInfo: {
      packageIdsAdded: numbers(added),
      packageIdsNotAddedIncorrectOperatorId: numbers(parcels.get('wrong carrier')),
      packageIdsNotAddedIncorrectPackageId: numbers(parcels.get('wrong number')),
    },
  };
};
