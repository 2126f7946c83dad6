import type { OpenSession } from '../../functions/core/access/session.ts';
import { Secret } from '../../functions/core/base/secret.ts';
import { type Clock, epochSeconds } from '../../functions/core/base/time.ts';
import type { RowWriter } from '../../functions/core/feed/row-writer.ts';
import { type Condition, openOutageDetector } from '../../functions/core/ingest/outage-detector.ts';
import { openQuarantine } from '../../functions/core/ingest/quarantine.ts';
import type { DrainDeps } from '../../functions/core/journal/drain.ts';
import type { FormPage, FormPageQuery } from '../../functions/core/marketplace/lists.ts';
import type { Marketplace } from '../../functions/core/marketplace/marketplace.ts';
import type {
  DealEvent,
  DealEventKind,
  Form,
  OpenPurchases,
  Purchase,
} from '../../functions/core/marketplace/sales.ts';
import type { CallOptions } from '../../functions/core/marketplace/settings.ts';
import { type FormBatch, salesIn } from '../../functions/webapi/formbatch.ts';
import { formState } from '../../functions/webapi/formstate.ts';
import { type JournalSource, journalOf } from '../../functions/webapi/journal.ts';
import { NOW } from './accounts.ts';
import { SETTINGS } from './forms.ts';
import { type MemoryJournal, memoryJournal } from './memory-journal.ts';
import { claimRows, type MemoryOrders } from './memory-orders.ts';

/** The calls of the WebAPI that the shop answers. */
interface Source extends JournalSource, OpenPurchases {
  forms(handle: Secret, ids: readonly string[], options: CallOptions): Promise<FormBatch>;
}

/** A marketplace whose state a test sets by hand; calls of the core are recorded. */
export interface Shop {
  readonly marketplace: Required<Marketplace>;
  /** The answers of the shop's journal; a test may replace them. */
  readonly source: Source;
  readonly forms: Map<string, Form>;
  readonly journal: DealEvent[];
  readonly calls: string[];
  /** Called before each call; may throw. */
  onCall: (operation: string) => void;
  event(kind: DealEventKind, dealId: string, formId?: string, of?: Partial<Purchase>): DealEvent;
}

export function shop(settings = SETTINGS): Shop {
  const forms = new Map<string, Form>();
  const journal: DealEvent[] = [];
  const calls: string[] = [];
  const called = (operation: string) => {
    calls.push(operation);
    self.onCall(operation);
  };
  const heldDeals = () =>
    new Set(
      [...forms.values()]
        .filter(isLive)
        .flatMap(({ lines }) => lines.flatMap(({ deals }) => deals.map(({ dealId }) => dealId))),
    );
  const source: Source = {
    async dealEvents(_handle, after) {
      called('dealEvents');
      return journal.filter(({ id }) => BigInt(id) > BigInt(after ?? '0')).slice(0, settings.journalPageSize);
    },
    async countDealEvents(_handle, after) {
      called('countDealEvents');
      return journal.filter(({ id }) => BigInt(id) > BigInt(after ?? '0')).length;
    },
    async forms(_handle, ids) {
      called(`forms ${ids.length}`);
      return { forms: ids.flatMap((id) => forms.get(id) ?? []), unreadable: [] };
    },
    async unpaidDeals(_handle, { buyerId }) {
      called('unpaidDeals');
      const held = heldDeals();
      const open = [
        ...new Set(journal.flatMap(({ purchases }) => purchases.map(({ dealId }) => dealId))),
      ].filter((dealId) => !held.has(dealId));
      const amount = { minor: 1_050, currency: 'PLN' };
      return open.map((dealId) => ({
        dealId,
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
        const batch = await source.forms(handle, ids, options);
        const stated = batch.forms.map((form) => ({ ...form, state: formState(form) }));
        return salesIn({ ...batch, forms: stated }, ids);
      },
    },
    openPurchases: {
      unpaidDeals: (...query) => source.unpaidDeals(...query),
      buyers: (...query) => source.buyers(...query),
    },
    lists: {
      formLists: ['form-ids', 'filled-forms', 'sold-offers'],
      async formPage(_handle, query) {
        called(`formPage ${query.list} ${query.position ?? ''}`.trim());
        return listPage(forms, query);
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
    forms,
    journal,
    calls,
    onCall: () => undefined,
    event(kind, dealId, formId, of = {}) {
      const id = String(5_100_000_000 + (journal.length + 1) * 17);
      const event = {
        id,
        kind,
        atSeconds: epochSeconds(1_790_000_000 + journal.length),
        formId,
        purchases: [{ offerId: '8000000001', buyerId: '77', quantity: 1, ...of, dealId }],
      };
      journal.push(event);
      return event;
    },
  };
  return self;
}

const LISTED_A_PAGE = 10;

/** A page of the lists, newest first, with the surcharges that forms name. */
function listPage(forms: ReadonlyMap<string, Form>, { list, position = '0' }: FormPageQuery): FormPage {
  const shown = [...forms.values()].filter((form) => list === 'form-ids' || isLive(form)).reverse();
  const ids = shown.flatMap(({ id, surchargeIds }) => [id, ...surchargeIds]);
  const listed = [...new Set(ids)];
  const end = Number(position) + LISTED_A_PAGE;
  const share = listed.length === 0 ? 1 : Math.min(1, end / listed.length);
  return {
    formIds: listed.slice(Number(position), end),
    share,
    ...(end < listed.length && { next: String(end) }),
  };
}

const DEAD = new Set(['cancelled', 'rejected']);

const isLive = ({ cancelledAt, payment }: Form): boolean =>
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
export function drainDeps(use: {
  shop: Shop;
  orders: MemoryOrders;
  journal?: MemoryJournal;
  /** A form that could be read lately. */
  goodFormId?: string;
  clock?: Clock;
}): DrainDeps & { readonly saved: string[] } {
  const { goodFormId, journal = memoryJournal(), clock = () => NOW } = use;
  const { marketplace } = use.shop;
  const saved: string[] = [];
  const accountId = 'a1';
  const log = { info: () => undefined, warn: () => undefined };
  const probe = async (): Promise<Condition> => {
    const good = goodFormId;
    if (good === undefined) return 'unknown';
    return await plainSession
      .call((handle, options) => marketplace.sales.read(handle, [good], options))
      .then(
        ([read]) => (read !== undefined && 'sale' in read ? 'up' : 'unknown'),
        () => 'down',
      );
  };
  const forms = openOutageDetector({ probe, witness: goodFormId });
  const deals = openOutageDetector({
    probe: forms.condition,
    probeNow: async () => ((await forms.isUpNow()) ? 'up' : 'down'),
  });
  return {
    accountId,
    marketplace,
    session: plainSession,
    ...claimed(use.orders, clock),
    clock,
    log,
    outOfTime: () => false,
    journal,
    detectors: { forms, deals },
    quarantine: openQuarantine(
      { journal, clock, log },
      { accountId, expected: journal.bad.size, announce: async () => undefined },
    ),
    saveCursor: async ({ cursor }) => {
      saved.push(cursor);
    },
    saved,
  };
}
