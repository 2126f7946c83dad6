import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../functions/core/account/account.ts';
import type { SyncFacts } from '../../../../functions/core/account/sync-facts.ts';
import { DAY, HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { type FaultReason, MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { OwnStop } from '../../../../functions/core/faults/own-stop.ts';
import { emptyTally } from '../../../../functions/core/ingest/process-orders.ts';
import type { Sale } from '../../../../functions/core/marketplace/sales.ts';
import { mendGap } from '../../../../functions/core/reconcile/gap.ts';
import { isCheckDue, reconcile } from '../../../../functions/core/reconcile/reconcile.ts';
import { NOW } from '../../../support/accounts.ts';
import { cancelledSince, connected, house, saleSold } from './listing-kit.ts';

/** Answers of a list method; none may fail the run. */
const OF_A_LIST = [
  'marketplace-unavailable',
  'account-blocked',
  'account-closed',
  'country-not-allowed',
  'key-licence',
  'key-refused',
  'address-blocked',
  'unreachable',
  'business',
] as const;

/** A journal that has forgotten its first events, and an account that last read it ten days ago. */
function afterPause({ forgotten = 0, days = 10 } = {}) {
  const at = house();
  for (const purchase of ['d1', 'd2', 'd3']) at.market.event('purchased', purchase);
  const cursor = at.market.journal[0]?.id ?? '';
  at.market.journal.splice(0, forgotten);
  let account: Account = connected({ cursor, lastSuccessAtMillis: plus(NOW, -days * DAY) });
  const saved: Partial<SyncFacts>[] = [];
  const save = async (facts: Partial<SyncFacts>) => {
    saved.push(facts);
    account = { ...account, ...facts };
  };
  const mend = (changes: object = {}) =>
    mendGap(at.deps(changes), { account, cursor, tally: emptyTally(), save, ...changes });
  const check = async ({
    account: of = account,
    ...others
  }: {
    account?: Account;
    outOfTime?: () => boolean;
  } = {}) => {
    const { done } = await at.run(reconcile, of, others);
    account = { ...account, ...done?.facts };
  };
  const refuse = (reason: FaultReason, list = '') => {
    at.market.onCall = (call) => {
      if (call.startsWith(`salePage ${list}`))
        throw new MarketplaceFault({ reason, outcome: 'answered', operation: 'list' });
    };
  };
  return { ...at, cursor, mend, check, refuse, saved, account: () => account };
}

describe('after a pause', () => {
  it('a gap is told as unfilled at once where the marketplace has no lists, and the drain goes on', async () => {
    const at = afterPause({ forgotten: 1 });
    const { lists: _, ...marketplace } = at.market.marketplace;
    expect(await at.mend({ marketplace })).toBeUndefined();
    expect(at.market.calls).toEqual(['saleEvents']);
    expect(at.account().gap?.found?.state).toBe('unfilled');
    expect(at.account().checkAskedAtMillis).toBeUndefined();
    expect((await at.run(reconcile, at.account(), { marketplace })).done).toBeUndefined();
  });

  it('nothing is a gap while the journal still has the event of the cursor', async () => {
    const at = afterPause();
    expect(await at.mend()).toBeUndefined();
    expect(at.market.calls).toEqual(['saleEvents']);
    expect(at.account().gap).toEqual({ lookedAtMillis: NOW, found: undefined });
    await at.mend();
    expect(at.market.calls).toEqual(['saleEvents']);
  });

  it('a page that holds mostly older sales is read in as many runs as it takes', async () => {
    const at = afterPause({ forgotten: 2, days: 2 });
    for (let index = 1; index <= 30; index += 1)
      at.sold(saleSold(`${index}`, [`x${index}`], { hoursAgo: 24 * 9 }));
    at.sold(saleSold('31', ['x31'], { hoursAgo: 24 }));
    const ids = [...at.market.sales.keys()];
    const salePage = async () => ({ saleIds: ids, share: 1 });
    const { lists, ...others } = at.market.marketplace;
    const marketplace = { ...others, lists: { ...lists, salePage } };
    let runs = 0;
    for (let outcome: string | undefined = 'first'; outcome !== undefined && runs < 20; runs += 1) {
      let asked = 0;
      const outOfTime = () => {
        asked += 1;
        return asked > 2;
      };
      outcome = (await at.mend({ marketplace, outOfTime }))?.outcome;
      if (at.account().gap?.found?.listedAtMillis !== undefined) break;
    }
    expect(runs).toBeLessThan(20);
    expect(at.live()).toEqual(['order:31']);
  });

  it('a pause of less than a day, or one before the first event, is not looked into', async () => {
    const short = afterPause({ forgotten: 2, days: 0.9 });
    expect(await short.mend()).toBeUndefined();
    const beginning = afterPause({ forgotten: 2 });
    await beginning.mend({ cursor: '0' });
    expect([...short.market.calls, ...beginning.market.calls]).toEqual([]);
  });

  it('a gap is filled from the list, named, and followed by a check', async () => {
    const at = afterPause({ forgotten: 2 });
    at.sold(
      saleSold('1', ['x1'], { hoursAgo: 24 * 12 }),
      saleSold('2', ['x2'], { hoursAgo: 24 * 9 }),
      saleSold('3', ['x3'], { hoursAgo: 2 }),
    );
    expect(await at.mend()).toBeUndefined();
    expect(at.live()).toEqual(['order:2', 'order:3']);
    expect(at.account()).toMatchObject({
      checkAskedAtMillis: NOW,
      gap: { found: { state: 'filling', fromMillis: plus(NOW, -11 * DAY), importId: `gap-${at.cursor}` } },
    });
    expect(at.listed.readings.get(`gap-${at.cursor}`)).toMatchObject({ kind: 'gap', state: 'done' });
    at.market.calls.length = 0;
    await at.mend();
    expect(at.market.calls).toEqual([]);
    await at.check();
    expect(at.account().gap?.found).toMatchObject({ state: 'filled', fromMillis: plus(NOW, -11 * DAY) });
    expect(isCheckDue(at.account(), { now: NOW, timeZone: 'Europe/Warsaw' })).toBe(false);
  });

  it('a gap that was interrupted is filled on, whatever was read meanwhile', async () => {
    const at = afterPause({ forgotten: 2 });
    const sales = Array.from({ length: 60 }, (_, index) => saleSold(`${index + 1}`, [`x${index}`]));
    at.sold(...sales);
    const steps = [false, false, true];
    const first = await at.mend({ outOfTime: () => steps.shift() ?? true });
    expect(first).toMatchObject({ outcome: 'interrupted', moved: true });
    expect(at.account().gap?.found?.state).toBe('filling');
    at.at(plus(NOW, HOUR));
    expect(await at.mend()).toBeUndefined();
    expect(at.live()).toHaveLength(60);
    expect(at.account().gap?.found).toMatchObject({ listedAtMillis: plus(NOW, HOUR), isRead: true });
  });

  it('is filled only once everything that was known before was read again', async () => {
    const at = afterPause({ forgotten: 2 });
    const known = Array.from({ length: 30 }, (_, index) =>
      saleSold(`${index + 1}`, [`x${index + 1}`], { hoursAgo: 24 * (11 + (index % 3)) }),
    );
    at.sold(...known);
    await at.check({ account: connected() });
    for (const sale of known) at.market.event('purchased', `x${sale.id}`);
    // During the pause eight sales are cancelled and the money of four goes back.
    at.sold(...known.slice(0, 8).map((sale) => cancelledSince(sale, 24 * 6)));
    const withdrawn = (sale: Sale): Sale => ({ ...sale, payment: { ...sale.payment, status: 'withdrawn' } });
    at.sold(...known.slice(8, 12).map(withdrawn));
    await at.mend();
    for (let runs = 0; at.account().gap?.found?.state === 'filling' && runs < 10; runs += 1) {
      let asked = 0;
      const outOfTime = () => {
        asked += 1;
        return asked > 8;
      };
      await at.check({ outOfTime });
    }
    expect(at.account().gap?.found?.state).toBe('filled');
    const stateOf = ({ id }: Sale) => at.orders.rows.get(`order:${id}`)?.content?.state;
    expect(known.slice(0, 8).map(stateOf)).toEqual(Array(8).fill('released'));
    expect(known.slice(8, 12).map(stateOf)).toEqual(Array(4).fill('payment-withdrawn'));
    expect(at.live()).toHaveLength(30);
  });

  it('is named as unfilled where no list can be read, and the orders go on', async () => {
    const at = afterPause({ forgotten: 2 });
    at.refuse('feature-unknown');
    expect(await at.mend()).toBeUndefined();
    await at.check();
    expect(at.account().gap?.found?.state).toBe('unfilled');
  });

  it.each(OF_A_LIST)(
    '%s of every list stops nothing, and the gap is filled once one can be read',
    async (reason) => {
      const at = afterPause({ forgotten: 2 });
      at.sold(saleSold('1', ['x1'], { hoursAgo: 24 * 9 }));
      at.refuse(reason);
      for (let minute = 0; minute < 90; minute += 10) {
        at.at(plus(NOW, minute * MINUTE));
        expect(await at.mend()).toBeUndefined();
      }
      // Three lists, each asked now and an hour later.
      expect(at.market.calls.filter((call) => call.startsWith('salePage'))).toHaveLength(6);
      expect(at.account().gap?.found).toMatchObject({ state: 'filling' });
      at.market.onCall = () => undefined;
      at.at(plus(NOW, 2 * HOUR));
      await at.mend();
      expect(at.live()).toEqual(['order:1']);
    },
  );

  it('is not put off by trouble that a clock met which was a day ahead', async () => {
    const at = afterPause({ forgotten: 2 });
    at.sold(saleSold('1', ['x1'], { hoursAgo: 24 * 9 }));
    at.refuse('unknown-answer');
    at.at(plus(NOW, DAY));
    await at.mend();
    at.market.onCall = () => undefined;
    at.at(plus(NOW, MINUTE));
    await at.mend();
    expect(at.live()).toEqual(['order:1']);
  });

  it('is followed by a check that is continued, though a clock a day ahead read its lists', async () => {
    const at = afterPause({ forgotten: 2 });
    at.sold(...Array.from({ length: 60 }, (_, index) => saleSold(`${index + 1}`, [`x${index}`])));
    at.at(plus(NOW, DAY));
    await at.mend();
    at.at(NOW);
    let runs = 0;
    for (; runs < 20 && at.account().gap?.found?.state === 'filling'; runs += 1) {
      const steps = [false, false, true];
      await at.check({ outOfTime: () => steps.shift() ?? true });
    }
    expect(at.account().gap?.found?.state).toBe('filled');
    expect(runs).toBeLessThan(10);
  });

  it('does without the list that is in trouble', async () => {
    const at = afterPause({ forgotten: 2 });
    at.sold(saleSold('1', ['x1'], { hoursAgo: 24 * 9 }));
    at.refuse('account-blocked', 'all-sales');
    await at.mend();
    expect(at.live()).toEqual(['order:1']);
    expect(at.account().gap?.found).toMatchObject({ isRead: true });
  });

  it('is not waited for when a lock, an ended session or our own limits stop everything', async () => {
    for (const reason of ['account-locked', 'session-ended'] as const) {
      const at = afterPause({ forgotten: 2 });
      at.refuse(reason);
      await expect(at.mend()).rejects.toMatchObject({ reason });
    }
    const at = afterPause({ forgotten: 2 });
    at.market.onCall = (call) => {
      if (call.startsWith('salePage')) throw new OwnStop('calls-budget');
    };
    await expect(at.mend()).rejects.toMatchObject({ reason: 'calls-budget' });
  });
});
