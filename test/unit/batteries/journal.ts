import { beforeEach, expect, it } from 'vitest';
import { plus } from '../../../functions/core/base/time.ts';
import type { FailedOrder, JournalStore } from '../../../functions/core/ingest/store.ts';
import type { OfferContent } from '../../../functions/core/offers/offer.ts';
import type { OfferRow, OfferStore } from '../../../functions/core/offers/store.ts';
import type { ListedPart, ListedStore, Listing } from '../../../functions/core/reconcile/store.ts';
import { NOW } from '../../support/accounts.ts';

/** Tests for every store of the journal's events. */
export function journalBattery(fresh: () => Promise<JournalStore>): void {
  const bad = (orderId: FailedOrder['orderId'], tries = 1): FailedOrder => ({
    orderId,
    reason: 'order-missing',
    detail: 'postBuyFormId',
    firstAtMillis: NOW,
    lastAtMillis: NOW,
    tries,
  });
  /** A sort key as drivers with numeric ids make it. */
  const keyOf = (id: string) => id.padStart(20, '0');
  const noted = (...ids: readonly string[]) => ({
    ids,
    first: keyOf(ids.at(0) ?? ''),
    last: keyOf(ids.at(-1) ?? ''),
  });
  let store: JournalStore;
  beforeEach(async () => {
    store = await fresh();
  });
  const seen = async (first: string, last: string, among: readonly string[]) => {
    const found = await store.seen('a1', { first: keyOf(first), last: keyOf(last) });
    return among.filter((id) => found.has(id));
  };

  it('keeps each order that failed once, as it was put last, until it is removed', async () => {
    await store.putFailedOrder('a1', bad('order:2'));
    await store.putFailedOrder('a1', bad('order:1'));
    await store.putFailedOrder('a1', bad('order:2', 2));
    expect(await store.failedOrders('a1')).toEqual([bad('order:1'), bad('order:2', 2)]);
    await store.removeFailedOrder('a1', 'order:1');
    await store.removeFailedOrder('a1', 'order:9');
    expect(await store.failedOrders('a1')).toEqual([bad('order:2', 2)]);
  });

  it('tells which events are done with, also those whose ids have more digits', async () => {
    await store.markSeen('a1', noted('8', '9'));
    await store.markSeen('a1', noted('10', '12'));
    expect(await seen('8', '12', ['7', '8', '9', '10', '11', '12'])).toEqual(['8', '9', '10', '12']);
    expect(await seen('10', '11', ['10', '11'])).toEqual(['10']);
    expect(await seen('13', '20', ['8', '12', '13'])).not.toContain('13');
  });

  it('tells of those too that came late, between others', async () => {
    await store.markSeen('a1', noted('10', '30'));
    await store.markSeen('a1', noted('20'), { late: true });
    expect(await seen('15', '25', ['20', '25'])).toEqual(['20']);
  });

  it('keeps ids beyond 2^53 exact', async () => {
    await store.markSeen('a1', noted('9007199254740993'));
    const among = ['9007199254740992', '9007199254740993'];
    expect(await seen('9007199254740992', '9007199254740993', among)).toEqual(['9007199254740993']);
  });

  it('forgets the events and keeps the orders, or removes all', async () => {
    await store.markSeen('a1', noted('1'));
    await store.putFailedOrder('a1', bad('order:1'));
    await store.forgetSeen('a1');
    expect(await seen('1', '1', ['1'])).toEqual([]);
    expect(await store.failedOrders('a1')).toHaveLength(1);
    await store.markSeen('a1', noted('1'));
    await store.removeAll('a1');
    expect(await seen('1', '1', ['1'])).toEqual([]);
    expect(await store.failedOrders('a1')).toEqual([]);
  });
}

/** Tests for every store of the marketplace's lists. */
export function listedBattery(fresh: () => Promise<ListedStore>): void {
  const part = (day: string, number: number, sales: ListedPart['sales'] = []): ListedPart => ({
    day,
    part: number,
    list: 'all-sales',
    writtenAtMillis: NOW,
    sales,
  });
  const listing = (id: string, changes: Partial<Listing> = {}): Listing => ({
    id,
    kind: 'import',
    state: 'waiting',
    askedAtMillis: NOW,
    fromMillis: NOW,
    toMillis: NOW,
    lists: ['all-sales'],
    read: [],
    firstOnly: true,
    share: 0,
    counts: { named: 0, imported: 0, surcharges: 0, outside: 0, unread: 0 },
    ...changes,
  });
  let store: ListedStore;
  beforeEach(async () => {
    store = await fresh();
  });

  it('gives the parts of some days, both included, by day and number', async () => {
    for (const [day, number] of [
      ['2026-11-22', 10],
      ['2026-11-22', 9],
      ['2026-11-21', 0],
      ['2026-11-23', 0],
    ] as const)
      await store.putPart('a1', part(day, number));
    const parts = await store.parts('a1', { from: '2026-11-21', to: '2026-11-22' });
    expect(parts.map((one) => [one.day, one.part])).toEqual([
      ['2026-11-21', 0],
      ['2026-11-22', 9],
      ['2026-11-22', 10],
    ]);
  });

  it('gives back what a part says of each sale, as it was put last', async () => {
    const day = '2026-11-22';
    await store.putPart('a1', part(day, 0, [{ id: '1', kind: 'unread', day }]));
    const sales = [
      { id: '1', kind: 'live', day, lost: true },
      { id: '2', kind: 'open', day, untold: ['paid'] },
    ] as const;
    await store.putPart('a1', part(day, 0, sales));
    expect(await store.parts('a1', { from: day, to: day })).toEqual([part(day, 0, sales)]);
  });

  it('replaces and removes readings, and lists imports and gaps, the newest first', async () => {
    await store.putListing('a1', listing('i1', { askedAtMillis: plus(NOW, 1) }));
    await store.putListing('a1', listing('i2', { askedAtMillis: plus(NOW, 3), kind: 'gap' }));
    await store.putListing('a1', listing('i3', { askedAtMillis: plus(NOW, 2) }));
    await store.putListing('a1', listing('check', { askedAtMillis: plus(NOW, 4), kind: 'check' }));
    await store.putListing('a1', listing('i1', { askedAtMillis: plus(NOW, 1), state: 'running' }));
    expect(await store.listing('a1', 'i1')).toMatchObject({ state: 'running' });
    expect((await store.listings('a1', 9)).map(({ id }) => id)).toEqual(['i2', 'i3', 'i1']);
    expect((await store.listings('a1', 2)).map(({ id }) => id)).toEqual(['i2', 'i3']);
    await store.removeListing('a1', 'i3');
    expect(await store.listing('a1', 'i3')).toBeUndefined();
    expect(await store.listing('a1', 'check')).toMatchObject({ kind: 'check' });
  });
}

/** Tests for every store of offers. */
export function offerBattery(fresh: () => Promise<OfferStore>): void {
  const row = (offerId: string, changes: Partial<OfferRow> & Partial<OfferContent> = {}): OfferRow => ({
    offerId,
    title: 'Żółta łódź',
    state: 'active',
    firstSeenAtMillis: NOW,
    readAtMillis: NOW,
    ...changes,
  });
  const page = (number: number, offerIds = [String(number)]) => ({
    page: number,
    startedAtMillis: NOW,
    offerIds,
  });
  let store: OfferStore;
  beforeEach(async () => {
    store = await fresh();
  });
  const active = async () => {
    const ids: string[] = [];
    for await (const some of store.active('a1')) ids.push(...some);
    return ids.sort();
  };

  it('writes what was read, unless a newer reading is there', async () => {
    await store.put('a1', row('1'));
    await store.put('a1', row('1', { title: 'newer', readAtMillis: plus(NOW, 2) }));
    await store.put('a1', row('1', { title: 'older', readAtMillis: plus(NOW, 1) }));
    await store.put('a1', row('1', { title: 'of the same reading', readAtMillis: plus(NOW, 2) }));
    const found = await store.readMany('a1', ['1', '2']);
    expect(found).toEqual(
      new Map([['1', row('1', { title: 'of the same reading', readAtMillis: plus(NOW, 2) })]]),
    );
  });

  it('tells which offers are active, whatever listing is under way', async () => {
    for (const offerId of ['1', '2', '9007199254740993']) await store.put('a1', row(offerId));
    await store.put('a1', row('3', { state: 'ended' }));
    await store.keepListed('a1', page(0));
    expect(await active()).toEqual(['1', '2', '9007199254740993']);
  });

  it('keeps the pages of a listing, each as it was read last, in order, until it ends', async () => {
    for (const number of [10, 9, 0]) await store.keepListed('a1', page(number));
    await store.keepListed('a1', page(9, ['again']));
    expect(await store.listing('a1')).toMatchObject([page(0), page(9, ['again']), page(10)]);
    await store.put('a1', row('1'));
    await store.endListing('a1');
    expect(await store.listing('a1')).toEqual([]);
    expect(await active()).toEqual(['1']);
  });

  it('removes all', async () => {
    await store.put('a1', row('1'));
    await store.keepListed('a1', page(0));
    await store.removeAll('a1');
    expect([await active(), await store.listing('a1')]).toEqual([[], []]);
  });
}
