import { askAside } from '../access/aside.ts';
import type { OpenSession } from '../access/session.ts';
import { chunks } from '../base/batches.ts';
import type { Log } from '../base/log.ts';
import { type Clock, DAY, type EpochMillis, plus, toMillis, toSeconds } from '../base/time.ts';
import { MarketplaceFault } from '../faults/fault.ts';
import type { Purchase } from '../marketplace/journal.ts';
import type { ListKind, SaleLists } from '../marketplace/lists.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { Sale } from '../marketplace/sales.ts';
import { heldIn, isLive, orderIdOfSale, purchaseIdsOf } from '../orders/order.ts';
import { filledAt } from '../orders/sale-times.ts';
import type { OrderStore } from '../orders/store.ts';
import { readSales } from './read-sales.ts';

/** Longest time by which a journal tells of a purchase later than the list of sales shows its sale. */
const TOLD_WITHIN = DAY;

/** Most batches of sales that are read; the nightly check finds the others. */
const BATCHES = 40;

/** Lists with the newest sales first or with times of filling. Other lists would have to be read whole. */
const LISTS: ReadonlySet<ListKind> = new Set<ListKind>(['filled-sales', 'all-sales']);

type SaleDeps = Parameters<typeof readSales>[0];

interface Deps extends SaleDeps {
  readonly accountId: string;
  readonly marketplace: Marketplace;
  readonly session: OpenSession;
  readonly orders: Pick<OrderStore, 'readMany'>;
  readonly clock: Clock;
  readonly log: Log;
}

type ListDeps = Deps & { readonly source: SaleLists };

/** Sales that were filled about the time of the connect, and whose own events were not read. */
export interface EarlierSales {
  /** Whether a sale from before the connect may hold a purchase of this time; an undefined time is not known. */
  mayHold(boughtAt: EpochMillis | undefined): boolean;
  /**
   * Live sales that hold one of these purchases, which have no order yet. Such a sale may be stored, if a worker died
   * before it came to the purchase. Reads the lists once per run.
   */
  holding(purchaseIds: readonly string[]): Promise<string[]>;
}

/**
 * Opens the sales from before the connect, in the first day of an account. The journal may tell a purchase
 * after the connect whose sale it told before; without these sales the purchase would be shown as an open order for
 * ever. Undefined later, and if no list can be used.
 */
export function openEarlierSales(
  deps: Deps,
  { connectedAtMillis }: { connectedAtMillis: EpochMillis },
): EarlierSales | undefined {
  const { lists: source } = deps.marketplace;
  const lists = source?.saleLists.filter((list) => LISTS.has(list)) ?? [];
  if (source === undefined || lists.length === 0 || deps.clock() >= plus(connectedAtMillis, DAY))
    return undefined;
  // Times of sales are whole seconds.
  const connected = toMillis(toSeconds(connectedAtMillis));
  let found: ReturnType<typeof lookFor> | undefined;
  return {
    mayHold: (boughtAt) => boughtAt === undefined || boughtAt <= connected,
    holding: async (purchaseIds) => {
      const wanted = new Set(purchaseIds);
      found ??= lookFor(
        { ...deps, source },
        { lists, since: plus(connectedAtMillis, -TOLD_WITHIN), until: connected },
      );
      return [...(await found)].filter(([, held]) => held.some((id) => wanted.has(id))).map(([id]) => id);
    },
  };
}

/**
 * Live sales that were filled within this time, and stored ones, with the purchases that they hold. Later sales are
 * told by the journal; those that it loses are counted by the nightly check. Trouble of a list is ignored. Throws
 * MarketplaceFault.
 */
async function lookFor(
  deps: ListDeps,
  { lists, since, until }: { lists: readonly ListKind[]; since: EpochMillis; until: EpochMillis },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const asked = new Set<string>();
  let batches = 0;
  const isEarlier = (sale: Sale) => isLive(sale.state) && (filledAt(sale) ?? until) <= until;
  const isLate = () => batches >= BATCHES || (batches > 0 && deps.outOfTime());
  /** Reads sales of the list; false when the list has come to older sales. */
  const takeIn = async (ids: readonly string[]): Promise<boolean> => {
    for (const batch of chunks(ids, deps.marketplace.settings.saleBatchSize)) {
      if (isLate()) return false;
      batches += 1;
      const { sales } = await readSales(deps, batch);
      for (const sale of sales) if (isEarlier(sale)) found.set(sale.id, purchaseIdsOf(sale));
      if (sales.length > 0 && sales.every((sale) => (filledAt(sale) ?? since) < since)) return false;
    }
    return true;
  };
  for (const list of lists) {
    for (let position: string | undefined, more = true; more; ) {
      const page = await pageOfList(deps, { list, since, position });
      const ids = (page?.saleIds ?? []).filter((id) => !asked.has(id));
      for (const id of ids) asked.add(id);
      const rows = await deps.orders.readMany(deps.accountId, ids.map(orderIdOfSale));
      const contentOf = (id: string) => rows.get(orderIdOfSale(id))?.content;
      for (const id of ids) {
        const content = contentOf(id);
        if (content !== undefined) found.set(id, purchaseIdsIn(heldIn(content)));
      }
      const unknown = ids.filter((id) => contentOf(id) === undefined);
      more = (await takeIn(unknown)) && page?.next !== undefined;
      position = page?.next;
    }
  }
  return found;
}

const purchaseIdsIn = (purchases: readonly Purchase[]): string[] =>
  purchases.map(({ purchaseId }) => purchaseId);

async function pageOfList(
  deps: ListDeps,
  { list, since, position }: { list: ListKind; since: EpochMillis; position: string | undefined },
) {
  const { accountId } = deps;
  const query = { list, from: toSeconds(since), to: toSeconds(deps.clock()), position };
  const page = await askAside(deps.session, (handle, options) =>
    deps.source.salePage(handle, query, options),
  );
  if (!(page instanceof MarketplaceFault)) return page;
  deps.log.warn('list-refused', { accountId, list, reason: page.reason, code: page.code });
  return undefined;
}
