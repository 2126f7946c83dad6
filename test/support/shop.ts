import { randomUUID } from 'node:crypto';
import type { DealEvent, DealEventKind, Form, Marketplace } from '../../functions/core/marketplace.ts';
import { Secret } from '../../functions/core/secret.ts';
import type { OpenSession } from '../../functions/core/session/session.ts';
import { openBook } from '../../functions/core/sync/bad-orders.ts';
import { openDoubt } from '../../functions/core/sync/doubt.ts';
import type { DrainDeps } from '../../functions/core/sync/drain.ts';
import { openFeed } from '../../functions/core/sync/land.ts';
import { epochSeconds } from '../../functions/core/time.ts';
import { NOW } from './accounts.ts';
import { SETTINGS } from './forms.ts';
import { type MemoryJournal, memoryJournal } from './memory-journal.ts';
import type { MemoryOrders } from './memory-orders.ts';

/** A marketplace whose state a test sets by hand; what the core asks of it is counted. */
export interface Shop {
  readonly marketplace: Marketplace;
  readonly forms: Map<string, Form>;
  readonly journal: DealEvent[];
  readonly calls: string[];
  /** Called before each call; may throw. */
  onCall: (operation: string) => void;
  event(
    kind: DealEventKind,
    dealId: string,
    formId?: string,
    of?: Partial<Pick<DealEvent, 'offerId' | 'buyerId'>>,
  ): DealEvent;
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
  const marketplace: Marketplace = {
    settings,
    logIn: () => Promise.reject(new Error('not here')),
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
      const open = [...new Set(journal.map(({ dealId }) => dealId))].filter((dealId) => !held.has(dealId));
      const amount = { minor: 1_050, currency: settings.currency };
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
  const self: Shop = {
    marketplace,
    forms,
    journal,
    calls,
    onCall: () => undefined,
    event(kind, dealId, formId, of = {}) {
      const id = String(5_100_000_000 + (journal.length + 1) * 17);
      const event = {
        id,
        kind,
        atSeconds: epochSeconds(1_790_000_000),
        dealId,
        formId,
        offerId: '8000000001',
        buyerId: '77',
        quantity: 1,
        ...of,
      };
      journal.push(event);
      return event;
    },
  };
  return self;
}

const isLive = ({ cancelledAt }: Form): boolean => cancelledAt === undefined;

export const plainSession: OpenSession = {
  call: (operation) => operation(new Secret('handle'), { timeoutMillis: 1_000 }),
};

/** What one run of a drain needs, over memory; the saved cursors are kept in `saved`. */
export function drainDeps(use: {
  shop: Shop;
  orders: MemoryOrders;
  journal?: MemoryJournal;
  /** A form that was readable lately. */
  goodFormId?: string;
}): DrainDeps & { readonly saved: string[] } {
  const { goodFormId, journal = memoryJournal() } = use;
  const { marketplace } = use.shop;
  const saved: string[] = [];
  const accountId = 'a1';
  const clock = () => NOW;
  const log = { info: () => undefined, warn: () => undefined };
  const probe = () =>
    plainSession
      .call((handle, options) => marketplace.forms(handle, [goodFormId ?? ''], options))
      .then(
        ({ forms }) => forms.length > 0,
        () => false,
      );
  const forms = openDoubt(goodFormId === undefined ? undefined : probe);
  return {
    accountId,
    marketplace,
    session: plainSession,
    orders: use.orders,
    feed: openFeed(use.orders, accountId),
    clock,
    newId: randomUUID,
    log,
    outOfTime: () => false,
    journal,
    doubts: { forms, deals: openDoubt(() => forms.isUp(), { decides: goodFormId !== undefined }) },
    book: openBook({ journal, clock, log }, { accountId, expected: journal.bad.size }),
    saveCursor: async (cursor) => {
      saved.push(cursor);
    },
    saved,
  };
}
