import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offerReader } from '../../../functions/adapters/offers.ts';
import { orderReader } from '../../../functions/adapters/orders.ts';
import { startOneTable } from '../../support/one-table.ts';

type Store = Awaited<ReturnType<typeof startOneTable>>;
interface ListPage {
  readonly ids: readonly string[];
  readonly next: string | undefined;
}
type List = (accountId: string, page: { limit: number; after: string | undefined }) => Promise<ListPage>;

/** A text so long that three such items fill an answer of the store, which holds a megabyte. */
const LONG = 'x'.repeat(330_000);
const MOST_REQUESTS = 8;

interface Kind {
  readonly sortKey: string;
  /** An item that readers see, or one that the list hides. */
  readonly item: (place: number, shown: { isShown: boolean; text: string }) => Record<string, unknown>;
  readonly listOf: (store: Store) => List;
}

const idOf = (place: number) => String(10_000 + place);

const ORDERS: Kind = {
  sortKey: 'orderId',
  item: (place, { isShown, text }) => ({
    orderId: `purchase:${idOf(place)}`,
    content: { state: isShown ? 'paid' : 'replaced', message: text },
  }),
  listOf: (store) => {
    const reader = orderReader(store);
    return async (accountId, page) => {
      const { orders, next } = await reader.list(accountId, page);
      return { ids: orders.map(({ orderId }) => orderId.replace('purchase:', '')), next };
    };
  },
};

const OFFERS: Kind = {
  sortKey: 'offerId',
  item: (place, { isShown, text }) => ({
    offerId: idOf(place),
    state: isShown ? 'active' : 'ended',
    title: text,
  }),
  listOf: (store) => {
    const reader = offerReader(store);
    return async (accountId, page) => {
      const { offers, next } = await reader.list(accountId, { ...page, state: 'active' });
      return { ids: offers.map(({ offerId }) => offerId), next };
    };
  },
};

describe.each([
  ['orders', ORDERS],
  ['offers of one state', OFFERS],
] as const)('a list of %s', (_, kind) => {
  let store: Store;
  let list: List;
  let accounts = 0;
  beforeAll(async () => {
    store = await startOneTable(kind.sortKey);
    list = kind.listOf(store);
  });
  afterAll(() => store.close());

  async function accountWith(shown: readonly boolean[], text = ''): Promise<string> {
    accounts += 1;
    const accountId = `account-${accounts}`;
    await store.putAll(
      shown.map((isShown, place) => ({ accountId, ...kind.item(place, { isShown, text }) })),
    );
    return accountId;
  }

  const idsOf = (shown: readonly boolean[]) =>
    shown.flatMap((isShown, place) => (isShown ? [idOf(place)] : []));

  async function allPages(accountId: string, limit: number): Promise<ListPage[]> {
    const pages: ListPage[] = [];
    let after: string | undefined;
    do {
      const before = store.requests();
      const page = await list(accountId, { limit, after });
      expect(store.requests() - before).toBeLessThanOrEqual(MOST_REQUESTS);
      pages.push(page);
      after = page.next;
    } while (after !== undefined);
    return pages;
  }

  it('has full pages, each item once, whatever the list hides', async () => {
    const rows = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean()), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 20 }), async (shown, limit) => {
        const pages = await allPages(await accountWith(shown), limit);
        expect(pages.flatMap(({ ids }) => ids)).toEqual(idsOf(shown));
        for (const { ids } of pages.slice(0, -1)) expect(ids).toHaveLength(limit);
        if (pages.length > 1) expect(pages.at(-1)?.ids).not.toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('finds one item behind 1,500 that it hides, at one per page', async () => {
    const shown = [true, ...Array<boolean>(1_500).fill(false), true];
    const pages = await allPages(await accountWith(shown), 1);
    expect(pages.map(({ ids }) => ids)).toEqual(idsOf(shown).map((id) => [id]));
  });

  it('gives up a page after its requests, and goes on from there', async () => {
    const shown = [...Array<boolean>(36).fill(false), true, true];
    const pages = await allPages(await accountWith(shown, LONG), 2);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flatMap(({ ids }) => ids)).toEqual(idsOf(shown));
  });

  it('ends a page before it is too long for an answer, but not without an item', async () => {
    const shown = Array<boolean>(15).fill(true);
    const pages = await allPages(await accountWith(shown, LONG), 100);
    expect(pages.flatMap(({ ids }) => ids)).toEqual(idsOf(shown));
    for (const { ids } of pages) {
      expect(ids.length).toBeGreaterThan(0);
      expect(ids.length * LONG.length).toBeLessThanOrEqual(4_000_000);
    }
  });
});
