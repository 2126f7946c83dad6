import type { OpenSession } from '../../functions/core/access/session.ts';
import { Secret } from '../../functions/core/base/secret.ts';
import { type Clock, epochSeconds } from '../../functions/core/base/time.ts';
import type { RowWriter } from '../../functions/core/feed/row-writer.ts';
import { type Condition, openOutageDetector } from '../../functions/core/ingest/outage-detector.ts';
import { openQuarantine } from '../../functions/core/ingest/quarantine.ts';
import type { DrainDeps } from '../../functions/core/journal/drain.ts';
import type { Purchase, SaleEvent, SaleEventKind } from '../../functions/core/marketplace/journal.ts';
import type { SalePage, SalePageQuery } from '../../functions/core/marketplace/lists.ts';
import type { Marketplace } from '../../functions/core/marketplace/marketplace.ts';
import type { OpenPurchases, Sale } from '../../functions/core/marketplace/sales.ts';
import type { CallOptions } from '../../functions/core/marketplace/settings.ts';
import { type SaleBatch, salesIn } from '../../functions/webapi/formbatch.ts';
import { saleState } from '../../functions/webapi/formstate.ts';
import { type JournalSource, journalOf } from '../../functions/webapi/journal.ts';
import { NOW } from './accounts.ts';
import { type MemoryJournal, memoryJournal } from './memory-journal.ts';
import { claimRows, type MemoryOrders } from './memory-orders.ts';
import { SETTINGS } from './sales.ts';

/** The calls of the WebAPI that the shop answers. */
interface Source extends JournalSource, OpenPurchases {
  sales(handle: Secret, ids: readonly string[], options: CallOptions): Promise<SaleBatch>;
}

/** A marketplace whose state a test sets by hand; calls of the core are recorded. */
export interface Shop {
  readonly marketplace: Required<Marketplace>;
  /** The answers of the shop's journal; a test may replace them. */
  readonly source: Source;
  readonly sales: Map<string, Sale>;
  readonly journal: SaleEvent[];
  readonly calls: string[];
  /** Called before each call; may throw. */
  onCall: (operation: string) => void;
  event(kind: SaleEventKind, purchaseId: string, saleId?: string, of?: Partial<Purchase>): SaleEvent;
}

export function shop(settings = SETTINGS): Shop {
  const sales = new Map<string, Sale>();
  const journal: SaleEvent[] = [];
  const calls: string[] = [];
  const called = (operation: string) => {
    calls.push(operation);
    self.onCall(operation);
  };
  const heldPurchases = () =>
    new Set(
      [...sales.values()]
        .filter(isLive)
        .flatMap(({ lines }) =>
          lines.flatMap(({ purchases }) => purchases.map(({ purchaseId }) => purchaseId)),
        ),
    );
  const source: Source = {
    async saleEvents(_handle, after) {
      called('saleEvents');
      return journal.filter(({ id }) => BigInt(id) > BigInt(after ?? '0')).slice(0, settings.journalPageSize);
    },
    async countSaleEvents(_handle, after) {
      called('countSaleEvents');
      return journal.filter(({ id }) => BigInt(id) > BigInt(after ?? '0')).length;
    },
    async sales(_handle, ids) {
      called(`sales ${ids.length}`);
      return { sales: ids.flatMap((id) => sales.get(id) ?? []), unreadable: [] };
    },
    async unpaid(_handle, { buyerId }) {
      called('unpaid');
      const held = heldPurchases();
      const open = [
        ...new Set(journal.flatMap(({ purchases }) => purchases.map(({ purchaseId }) => purchaseId))),
      ].filter((purchaseId) => !held.has(purchaseId));
      const amount = { minor: 1_050, currency: 'PLN' };
      return open.map((purchaseId) => ({
        purchaseId,
        buyerId,
        boughtAtSeconds: epochSeconds(1_790_000_000),
        quantity: 1,
        amount,
        discounted: false,
      }));
    },
    async buyers(_handle, { offerIds, buyerIds }) {
      called('buyers');
      const of = (offerId: string) =>
        buyerIds.map((id) => ({
          offerId,
          buyer: { id, login: 'kupiec', email: 'kupiec@example.com' },
          contactAddress: undefined,
          shipmentAddress: undefined,
        }));
      return offerIds.flatMap(of);
    },
  };
  const marketplace: Required<Marketplace> = {
    settings,
    access: {
      probeKey: () => Promise.reject(new Error('not here')),
      prepareLogin: () => Promise.reject(new Error('not here')),
    },
    sales: {
      ...journalOf(source, settings),
      async read(handle, ids, options) {
        const batch = await source.sales(handle, ids, options);
        const stated = batch.sales.map((sale) => ({ ...sale, state: saleState(sale) }));
        return salesIn({ ...batch, sales: stated }, ids);
      },
    },
    openPurchases: {
      unpaid: (...query) => source.unpaid(...query),
      buyers: (...query) => source.buyers(...query),
    },
    lists: {
      saleLists: ['all-sales', 'filled-sales', 'sales-by-offer'],
      async salePage(_handle, query) {
        called(`salePage ${query.list} ${query.position ?? ''}`.trim());
        return listPage(sales, query);
      },
    },
    offers: {
      offerEvents: async (_handle, after = '0') => ({ events: [], next: after, isEnd: true }),
      offersIn: async () => ({ offers: [], unreadable: [], count: 0 }),
    },
  };
  const self: Shop = {
    marketplace,
    source,
    sales,
    journal,
    calls,
    onCall: () => undefined,
    event(kind, purchaseId, saleId, of = {}) {
      const id = String(5_100_000_000 + (journal.length + 1) * 17);
      const event = {
        id,
        kind,
        atSeconds: epochSeconds(1_790_000_000 + journal.length),
        saleId,
        purchases: [{ offerId: '8000000001', buyerId: '77', quantity: 1, ...of, purchaseId }],
      };
      journal.push(event);
      return event;
    },
  };
  return self;
}

const LISTED_A_PAGE = 10;

/** A page of the lists, newest first, with the surcharges that sales name. */
function listPage(sales: ReadonlyMap<string, Sale>, { list, position = '0' }: SalePageQuery): SalePage {
  const shown = [...sales.values()].filter((sale) => list === 'all-sales' || isLive(sale)).reverse();
  const ids = shown.flatMap(({ id, surchargeIds }) => [id, ...surchargeIds]);
  const listed = [...new Set(ids)];
  const end = Number(position) + LISTED_A_PAGE;
  const share = listed.length === 0 ? 1 : Math.min(1, end / listed.length);
  return {
    saleIds: listed.slice(Number(position), end),
    share,
    ...(end < listed.length && { next: String(end) }),
  };
}

const DEAD = new Set(['cancelled', 'rejected']);

const isLive = ({ cancelledAt, payment }: Sale): boolean =>
  cancelledAt === undefined && !DEAD.has(payment.status);

export const plainSession: OpenSession = {
  call: (operation) => operation(new Secret('handle'), { timeoutMillis: 1_000 }),
};

/** The orders of a worker, which takes over the claim before its first read or write. */
function claimed(orders: MemoryOrders, clock: Clock): Pick<DrainDeps, 'orders' | 'rows'> {
  let rows: Promise<RowWriter> | undefined;
  const claim = (): Promise<RowWriter> => {
    rows ??= claimRows(orders, { clock });
    return rows;
  };
  return {
    orders: {
      readMany: async (...query) => {
        await claim();
        return await orders.readMany(...query);
      },
    },
    rows: {
      write: async (writes) => await (await claim()).write(writes),
      tellAgain: async (again) => await (await claim()).tellAgain(again),
      owed: async (some) => await (await claim()).owed(some),
      isDone: true,
      end: undefined,
    },
  };
}

/** Dependencies of a drain over memory; saved cursors are kept in `saved`. */
export function drainDeps({
  goodSaleId,
  journal = memoryJournal(),
  clock = () => NOW,
  shop,
  orders,
}: {
  shop: Shop;
  orders: MemoryOrders;
  journal?: MemoryJournal;
  /** A sale that could be read lately. */
  goodSaleId?: string;
  clock?: Clock;
}): DrainDeps & { readonly saved: string[] } {
  const { marketplace } = shop;
  const saved: string[] = [];
  const accountId = 'a1';
  const log = { info: () => undefined, warn: () => undefined };
  const probe = async (): Promise<Condition> => {
    const good = goodSaleId;
    if (good === undefined) return 'unknown';
    return await plainSession
      .call((handle, options) => marketplace.sales.read(handle, [good], options))
      .then(
        ([read]) => (read !== undefined && 'sale' in read ? 'up' : 'unknown'),
        () => 'down',
      );
  };
  const sales = openOutageDetector({ probe, witness: goodSaleId });
  const purchases = openOutageDetector({
    probe: sales.condition,
    probeNow: async () => ((await sales.isUpNow()) ? 'up' : 'down'),
  });
  return {
    accountId,
    marketplace,
    session: plainSession,
    ...claimed(orders, clock),
    clock,
    log,
    outOfTime: () => false,
    journal,
    detectors: { sales, purchases },
    quarantine: openQuarantine(
      { journal, clock, log },
      { accountId, expected: journal.bad.size, announce: async () => undefined },
    ),
    saveReached: async ({ cursor }) => {
      saved.push(cursor);
    },
    saved,
  };
}
