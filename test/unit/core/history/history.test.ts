import { describe, expect, it } from 'vitest';
import { type Account, withChanges } from '../../../../functions/core/account/account.ts';
import type { AccountAdmin } from '../../../../functions/core/account/store.ts';
import type { WorkMessage } from '../../../../functions/core/account/work-queue.ts';
import { DAY, epochMillis, HOUR, plus } from '../../../../functions/core/base/time.ts';
import { askForCheck, completenessOf, yesterday } from '../../../../functions/core/history/completeness.ts';
import { askForImport, importOf, importsOf } from '../../../../functions/core/history/imports.ts';
import { unseenBy } from '../../../../functions/core/history/unseen.ts';
import type { OrderId } from '../../../../functions/core/orders/order.ts';
import type { FeedEntry, FeedPage } from '../../../../functions/core/orders/store.ts';
import type { ListedSale } from '../../../../functions/core/reconcile/store.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { memoryConsumers } from '../../../support/memory-feed.ts';
import { memoryListed } from '../../../support/memory-listed.ts';
import { memoryFeed } from '../../../support/memory-orders.ts';

const timeZone = 'Europe/Warsaw';
const TODAY = '2026-09-21';
const YESTERDAY = '2026-09-20';

/** A feed with this number of entries. */
const feedOf = (count: number, atMillis = NOW): FeedPage[] => {
  const entry = (_: unknown, index: number): FeedEntry => ({
    number: index + 1,
    orderId: 'order:1',
    revision: 1,
    changes: ['changed'],
    atMillis,
  });
  return count === 0
    ? []
    : [{ first: 1, count, entries: Array.from({ length: count }, entry), batchId: 'b' }];
};

async function checked(
  sales: readonly Omit<ListedSale, 'day'>[],
  fed: Record<string, number>,
  pages: readonly FeedPage[] = feedOf(9),
) {
  const listed = memoryListed();
  const part = { day: YESTERDAY, part: 0, list: 'all-sales', writtenAtMillis: plus(NOW, -DAY) } as const;
  await listed.putPart('a1', { ...part, sales: sales.map((sale) => ({ ...sale, day: YESTERDAY })) });
  const consumers = memoryConsumers();
  for (const [name, number] of [['erp', 7] as const, ['magazyn', 0] as const]) {
    const place = { number, ...(number > 0 && { atMillis: NOW }) };
    await consumers.move('a1', { name, ...place, acknowledgedAtMillis: NOW }, { back: false });
  }
  const marks = async (_accountId: string, ids: readonly OrderId[]) =>
    new Map(ids.flatMap((id) => (id in fed ? [[id, { fedNumber: fed[id] ?? 0 }] as const] : [])));
  return { listed, consumers, orders: { marks }, feed: memoryFeed(pages) };
}

const CHECK = { atMillis: NOW, list: 'all-sales', since: '2026-08-23', lost: 0, untold: 0 } as const;

describe('completeness', () => {
  it('names the list that was passed over because it named nothing', async () => {
    const deps = await checked([{ id: '1', kind: 'live' }], {});
    const check = { ...CHECK, list: 'filled-sales', blind: ['all-sales'] } as const;
    const { cannotSee } = await completenessOf(deps, account({ check }), { day: YESTERDAY, timeZone });
    expect(cannotSee.at(-1)?.en).toMatch(/only the list all-sales shows: .* empty/);
  });

  it('counts what the list named against what is stored and what was acknowledged', async () => {
    const deps = await checked(
      [
        { id: '1', kind: 'live' },
        { id: '2', kind: 'open', lost: true },
        { id: '3', kind: 'live', untold: ['paid'] },
        { id: '4', kind: 'unread' },
        { id: '5', kind: 'cancelled' },
        { id: '6', kind: 'surcharge' },
        { id: '7', kind: 'earlier' },
      ],
      { 'order:1': 5, 'order:2': 9, 'order:3': 7 },
    );
    const one = account({ check: CHECK });
    expect(await completenessOf(deps, one, { day: YESTERDAY, timeZone })).toMatchObject({
      day: YESTERDAY,
      checkedAtMillis: NOW,
      dayWasOver: true,
      list: 'all-sales',
      marketplace: 4,
      ours: 3,
      cancelled: 1,
      surcharges: 1,
      beforeConnect: 1,
      journalLoss: 1,
      changesNeverTold: 1,
      missing: ['order:4'],
      acknowledged: { erp: 2, magazyn: 0 },
    });
  });

  it('counts nothing as acknowledged by a consumer whose entry the feed has lost in a restore', async () => {
    const fed = { 'order:1': 5 };
    const acknowledged = async (pages: readonly FeedPage[]) => {
      const deps = await checked([{ id: '1', kind: 'live' }], fed, pages);
      return (await completenessOf(deps, account({ check: CHECK }), { day: YESTERDAY, timeZone }))
        .acknowledged;
    };
    expect(await acknowledged(feedOf(7))).toEqual({ erp: 1, magazyn: 0 });
    expect(await acknowledged(feedOf(6))).toEqual({ erp: 0, magazyn: 0 });
    expect(await acknowledged(feedOf(9, plus(NOW, HOUR)))).toEqual({ erp: 0, magazyn: 0 });
  });

  it('is empty for a day without sales, and not final for today', async () => {
    const deps = await checked([], {});
    const one = account({ check: CHECK });
    expect(await completenessOf(deps, one, { day: TODAY, timeZone })).toMatchObject({
      marketplace: 0,
      missing: [],
      dayWasOver: false,
    });
  });

  it('is not known of a day that no check was about', async () => {
    const deps = await checked([{ id: '1', kind: 'live' }], {});
    const of = (one: Account, day: string) => completenessOf(deps, one, { day, timeZone });
    await expect(of(account(), YESTERDAY)).rejects.toMatchObject({ code: 'not-found' });
    await expect(of(account({ check: CHECK }), '2026-07-01')).rejects.toMatchObject({ code: 'not-found' });
    const before = account({ check: { ...CHECK, atMillis: plus(NOW, -2 * DAY) } });
    await expect(of(before, YESTERDAY)).rejects.toMatchObject({ code: 'not-found' });
    const noList = account({ check: { ...CHECK, list: undefined } });
    await expect(of(noList, YESTERDAY)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is asked of yesterday, by the calendar of the marketplace', () => {
    const lateEvening = epochMillis(Date.parse('2026-11-22T23:30:00Z'));
    expect(yesterday(lateEvening, timeZone)).toBe('2026-11-22');
  });
});

/** An account with the condition of the real store, and the messages that are sent. */
function office(changes: Partial<Account> = {}) {
  let stored = account({ connectedAtMillis: plus(NOW, -DAY), dueAtMillis: plus(NOW, HOUR), ...changes });
  const sent: WorkMessage[] = [];
  const accounts: Pick<AccountAdmin, 'read' | 'amend'> = {
    read: async () => stored,
    async amend(_accountId, { revision, changes: wanted }) {
      if (stored.revision !== revision) return undefined;
      stored = { ...withChanges(stored, wanted), revision: revision + 1 };
      return stored;
    },
  };
  const listed = memoryListed();
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id${ids}`;
  };
  const queue = { send: async (message: WorkMessage) => void sent.push(message) };
  return { deps: { accounts, listed, queue, newId, clock: () => NOW }, listed, sent, stored: () => stored };
}

describe('asking for a check', () => {
  it('marks the account and sends it to work', async () => {
    const { deps, stored, sent } = office();
    await askForCheck(deps, stored());
    expect(stored()).toMatchObject({ checkAskedAtMillis: NOW, dueAtMillis: NOW });
    expect(sent).toEqual([{ accountId: 'a1', slotMillis: NOW, why: 'now' }]);
  });

  it('is refused before the first connect', async () => {
    const { deps, stored } = office({ connectedAtMillis: undefined });
    await expect(askForCheck(deps, stored())).rejects.toMatchObject({ code: 'wrong-state' });
  });
});

describe('asking for an import', () => {
  const range = { fromMillis: plus(NOW, -9 * DAY), toMillis: plus(NOW, -DAY) };

  it('stores it, marks the account, and refuses a second one', async () => {
    const { deps, stored, sent, listed } = office();
    const { id } = await askForImport(deps, stored(), range);
    expect(stored().importing).toBe(id);
    expect(sent).toHaveLength(1);
    await expect(askForImport(deps, stored(), range)).rejects.toMatchObject({
      code: 'already-exists',
      extra: { importId: id },
    });
    expect([...listed.readings.keys()]).toEqual([id]);
    expect(await importsOf(deps, stored())).toMatchObject([{ id, state: 'waiting' }]);
  });

  it('begins one where another ends in the same moment', async () => {
    const { deps, stored, listed } = office({ importing: 'other' });
    const end = async (accountId: string, id: string) => {
      await listed.removeListing(accountId, id);
      const { revision } = stored();
      await deps.accounts.amend('a1', { revision, writer: 'work', changes: { importing: undefined } });
    };
    const slow = { ...deps, listed: { ...listed, removeListing: end } };
    const { id } = await askForImport(slow, stored(), range);
    expect(stored().importing).toBe(id);
    expect([...listed.readings.keys()]).toEqual([id]);
  });

  it('shows one that was cut off as failed, and knows no others', async () => {
    const { deps, stored, listed } = office();
    const { id } = await askForImport(deps, stored(), range);
    const cutOff = { ...stored(), importing: undefined };
    expect(await importOf(deps, cutOff, { importId: id })).toMatchObject({ state: 'failed' });
    await listed.putListing('a1', {
      ...(await importOf(deps, stored(), { importId: id })),
      id: 'check',
      kind: 'check',
    });
    for (const importId of ['check', 'none']) {
      await expect(importOf(deps, stored(), { importId })).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  it('names what is wrong with the time', async () => {
    const { deps, stored } = office();
    const ask = (fromDays: number, toDays: number) =>
      askForImport(deps, stored(), {
        fromMillis: plus(NOW, -fromDays * DAY),
        toMillis: plus(NOW, -toDays * DAY),
      });
    await expect(ask(1, 1)).rejects.toMatchObject({ fields: [{ field: 'to' }] });
    await expect(ask(1, -1)).rejects.toMatchObject({ fields: [{ field: 'to' }] });
    await expect(ask(91, 1)).rejects.toMatchObject({ fields: [{ field: 'from' }] });
  });
});

describe('orders that lists do not show', () => {
  it('are those that none of the lists shows', () => {
    const english = (...lists: Parameters<typeof unseenBy>[0]) => unseenBy(lists).map(({ en }) => en);
    expect(english('all-sales')).toHaveLength(2);
    expect(english('all-sales', 'sales-by-offer')).toEqual([
      expect.stringContaining('not chosen delivery and payment'),
    ]);
    expect(english()).toEqual([]);
  });
});
