import { describe, expect, it } from 'vitest';
import { dayAfter, dayOf } from '../../../../functions/core/base/days.ts';
import { epochMillis, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { mayStillBeTold } from '../../../../functions/core/reconcile/kinds.ts';
import { openListed } from '../../../../functions/core/reconcile/listed-index.ts';
import type { ListedSale } from '../../../../functions/core/reconcile/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryListed } from '../../../support/memory-listed.ts';

const DAY = '2026-09-20';
const sale = (id: string, changes: Partial<ListedSale> = {}): ListedSale => ({
  id,
  kind: 'live',
  day: DAY,
  ...changes,
});

async function index() {
  const listed = memoryListed();
  const writes: string[] = [];
  listed.onWrite = (what) => writes.push(what);
  const open = () =>
    openListed({ listed, clock: () => NOW }, { accountId: 'a1', from: DAY, to: dayAfter(DAY, 5) });
  return { listed, writes, open, opened: await open() };
}

describe('the index of listed sales', () => {
  it('splits a day that is too large for an item, and writes what has changed only', async () => {
    const { listed, writes, open, opened } = await index();
    for (let id = 0; id < 12_000; id += 1) opened.note(sale(`${id}`));
    await opened.save('all-sales');
    expect([...listed.written.values()].map(({ sales }) => sales.length)).toEqual([5_000, 5_000, 2_000]);
    const again = await open();
    writes.length = 0;
    again.note(sale('7'));
    again.note(sale('6000', { kind: 'cancelled' }));
    again.note(sale('new'));
    await again.save('all-sales');
    expect(writes).toHaveLength(2);
    expect([...(await open()).all()]).toHaveLength(12_001);
  });

  it('forgets no loss, and moves a sale whose day was unknown', async () => {
    const { listed, opened } = await index();
    opened.note(sale('1', { kind: 'unread', day: dayAfter(DAY), lost: true, untold: ['paid'] }));
    await opened.save('all-sales');
    opened.note(sale('1', { untold: ['released', 'paid'] }));
    await opened.save('all-sales');
    expect(opened.get('1')).toEqual(sale('1', { lost: true, untold: ['paid', 'released'] }));
    expect([...listed.written.values()].map(({ day, sales }) => [day, sales.length])).toEqual([
      [dayAfter(DAY), 0],
      [DAY, 1],
    ]);
  });
});

describe('days', () => {
  it('are those of the marketplace, through changes of its clocks', () => {
    const at = (text: string) => dayOf(epochMillis(Date.parse(text)), 'Europe/Warsaw');
    expect(at('2026-10-24T22:30:00Z')).toBe('2026-10-25');
    expect(at('2026-10-25T22:30:00Z')).toBe('2026-10-25');
    expect(at('2026-10-25T23:30:00Z')).toBe('2026-10-26');
    expect(dayAfter('2026-03-28', 2)).toBe('2026-03-30');
    expect(dayAfter('2026-03-01', -1)).toBe('2026-02-28');
  });
});

describe('a change that the journal may still tell', () => {
  it('is younger than its newest event and than ten minutes', () => {
    const times = { toldUntil: plus(NOW, -MINUTE), now: NOW };
    expect(mayStillBeTold(NOW, times)).toBe(true);
    expect(mayStillBeTold(plus(NOW, -MINUTE), times)).toBe(false);
    expect(mayStillBeTold(plus(NOW, -11 * MINUTE), { now: NOW, toldUntil: undefined })).toBe(false);
    expect(mayStillBeTold(undefined, times)).toBe(false);
  });
});
