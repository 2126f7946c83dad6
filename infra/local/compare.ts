import { isDeepStrictEqual } from 'node:util';
import { allPages, type Place, request } from './http-client.ts';
import { type AccountView, listAccounts } from './sellers.ts';

/** An order as the simulator knows it to be true. */
export interface TrueOrder {
  readonly orderId: string;
  readonly live: boolean;
  readonly state: string;
  readonly lines: readonly TrueLine[];
  readonly parcels?: readonly StoredParcel[];
  readonly [field: string]: unknown;
}

interface TrueLine {
  readonly title: string | null;
  readonly purchases: readonly { readonly purchaseId: string }[];
  readonly [field: string]: unknown;
}

type StoredOrder = TrueOrder;

export interface Comparison {
  readonly made: number;
  readonly stored: number;
  readonly missing: number;
  readonly doubled: number;
  readonly different: number;
  /** A few of the differences, for a person to look into. */
  readonly examples: readonly string[];
}

/** Fields that have to agree; absent, null and undefined count as equal. */
const FIELDS = [
  'state',
  'buyer',
  'total',
  'shipmentAddress',
  'pickupPoint',
  'invoiceAddress',
  'invoiceWanted',
  'message',
];

/** Compares the orders that the HTTP API shows with the true list of the simulated marketplace. */
export async function compareAll(places: { api: Place; simulator: string }): Promise<Comparison> {
  const comparisons: Comparison[] = [];
  for (const account of await listAccounts(places.api))
    comparisons.push(await compareAccount(places, account));
  const sum = (pick: (one: Comparison) => number) => comparisons.reduce((total, one) => total + pick(one), 0);
  return {
    made: sum(({ made }) => made),
    stored: sum(({ stored }) => stored),
    missing: sum(({ missing }) => missing),
    doubled: sum(({ doubled }) => doubled),
    different: sum(({ different }) => different),
    examples: comparisons.flatMap(({ examples }) => examples).slice(0, 5),
  };
}

async function compareAccount(
  places: { api: Place; simulator: string },
  account: AccountView,
): Promise<Comparison> {
  const stored = await storedOrders(places.api, account.accountId);
  const path = `/_sim/orders?seller=${encodeURIComponent(account.login)}`;
  const { orders: truth } = await request<{ orders: TrueOrder[] }>(places.simulator, { path });
  return compare(truth, stored);
}

export const storedOrders = (api: Place, accountId: string): Promise<StoredOrder[]> =>
  allPages(api, `/accounts/${accountId}/orders`, 'orders');

/** State of the order that is stored in place of a live one, e.g. "replaced". */
const asStored = (stored: StoredOrder | undefined): string =>
  stored === undefined ? '' : `, and stored as ${stored.state}`;

/**
 * Compares stored orders with the true ones. Missing: a true live order without a stored live one. Doubled: a
 * purchase in two stored live orders. Different: an order stored with other values, or stored as live without a
 * true live order. `isOurs` picks the orders that have to be stored: not those from before the first connect.
 */
export function compare(
  truth: readonly TrueOrder[],
  stored: readonly StoredOrder[],
  isOurs: (order: TrueOrder) => boolean = () => true,
): Comparison {
  const byId = new Map(stored.map((order) => [order.orderId, order]));
  const trueLive = truth.filter((order) => order.live && isOurs(order));
  const storedLive = stored.filter(({ live }) => live);
  const missing = trueLive.filter(({ orderId }) => byId.get(orderId)?.live !== true);
  const doubled = repeated(
    storedLive.flatMap(({ lines }) =>
      lines.flatMap(({ purchases }) => purchases.map(({ purchaseId }) => purchaseId)),
    ),
  );
  const differences = truth.flatMap((order) => {
    const ours = byId.get(order.orderId);
    const fields = ours === undefined ? [] : differingFields(order, ours);
    return fields.length === 0 ? [] : [`${order.orderId} differs in ${fields.join(', ')}`];
  });
  const trueIds = new Set(truth.map(({ orderId }) => orderId));
  const invented = storedLive.filter(({ orderId }) => !trueIds.has(orderId));
  return {
    made: trueLive.length,
    stored: storedLive.length,
    missing: missing.length,
    doubled: doubled.length,
    different: differences.length + invented.length,
    examples: [
      ...missing.map(({ orderId }) => `${orderId} is missing${asStored(byId.get(orderId))}`),
      ...doubled.map((purchaseId) => `purchase ${purchaseId} is in two live orders`),
      ...differences,
      ...invented.map(({ orderId }) => `${orderId} is live and there is no such order`),
    ].slice(0, 5),
  };
}

function repeated(ids: readonly string[]): string[] {
  const once = new Set(ids);
  return ids.filter((id) => !once.delete(id));
}

interface StoredParcel {
  readonly carrier?: unknown;
  readonly number?: unknown;
}

interface StoredDelivery {
  readonly cost?: unknown;
  readonly method?: unknown;
  readonly parcels?: readonly StoredParcel[];
}

function differingFields(truth: TrueOrder, stored: StoredOrder): string[] {
  const fields = FIELDS.filter((field) => !isDeepStrictEqual(truth[field] ?? null, stored[field] ?? null));
  const { cost, method, parcels = [] } = (stored.delivery ?? {}) as StoredDelivery;
  if (!isDeepStrictEqual(truth.deliveryCost ?? null, cost ?? null)) fields.push('deliveryCost');
  if (!isDeepStrictEqual(truth.deliveryMethod ?? null, method ?? null)) fields.push('deliveryMethod');
  // No event tells of a parcel, so that some may be missing; none may be invented.
  const isTrue = ({ carrier, number }: StoredParcel) =>
    truth.parcels?.some((one) => isDeepStrictEqual(one, { carrier, number }));
  if (!parcels.every(isTrue)) fields.push('parcels');
  if (!isDeepStrictEqual(truth.lines.map(comparableLine), stored.lines.map(comparableLine)))
    fields.push('lines');
  return fields;
}

/**
 * A line without the fields that the simulator's truth lacks: purchase times, and the discount of purchases
 * without a sale.
 */
const comparableLine = ({ title, purchases, ...line }: TrueLine) => ({
  ...line,
  title: title ?? null,
  purchases: purchases.map((purchase) => {
    const {
      boughtAt: _at,
      variant: _variant,
      ...rest
    } = purchase as { purchaseId: string; boughtAt?: string; variant?: unknown };
    return rest;
  }),
});
