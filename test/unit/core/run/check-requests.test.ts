import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../functions/core/account/account.ts';
import { checkAsked } from '../../../../functions/core/account/requests.ts';
import { MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { emptyTally } from '../../../../functions/core/ingest/process-orders.ts';
import { overlap, overlapDue } from '../../../../functions/core/journal/overlap.ts';
import { journalDue, listingDue } from '../../../../functions/core/offers/keep-offers.ts';
import { isPutOff } from '../../../../functions/core/reconcile/read-lists.ts';
import { isCheckDue, reconcile } from '../../../../functions/core/reconcile/reconcile.ts';
import type { Listing } from '../../../../functions/core/reconcile/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { offerRuns } from '../../../support/offer-runs.ts';
import { drainDeps, shop } from '../../../support/shop.ts';
import { connected, house, saleSold } from '../reconcile/listing-kit.ts';

const { sales: journal } = shop().marketplace;

/** A worker whose clock is ahead by less than stored times may be. */
const AHEAD = plus(NOW, 4 * MINUTE);
const trouble = { reason: 'feature-unknown', operation: 'test', atMillis: AHEAD } as const;
const listing = { againAtMillis: plus(AHEAD, 60 * MINUTE) } as Listing;

describe('a request for a check', () => {
  const check = { atMillis: AHEAD, list: 'all-sales', since: '', lost: 0, untold: 0 } as const;
  const done = connected({
    check,
    firstCursor: '100',
    dailyOverlapAtMillis: AHEAD,
    hourlyOverlapAtMillis: AHEAD,
    offers: { listedAtMillis: AHEAD, firstListedAtMillis: AHEAD, readAtMillis: AHEAD },
  });
  const inTrouble = connected({ offers: { listingTrouble: trouble, journalTrouble: trouble } });
  const zone = { now: NOW, timeZone: 'Europe/Warsaw' };

  it.each<[string, Account, (account: Account) => boolean]>([
    ['the check', done, (one) => isCheckDue(one, zone)],
    ['the daily overlap', done, (one) => overlapDue(one, { now: NOW, journal })?.kind === 'daily'],
    ['the listing of offers', done, (one) => listingDue(one, NOW)],
    ['the journal of offers', done, (one) => journalDue(one, NOW)],
    ['a list in trouble', done, (one) => !isPutOff(listing, { account: one, now: NOW })],
    ['a listing of offers in trouble', inTrouble, (one) => listingDue(one, NOW)],
    ['a journal of offers in trouble', inTrouble, (one) => journalDue(one, NOW)],
  ])('makes %s due, though the clock of the worker before was ahead', (_, account, isDue) => {
    expect(isDue(account)).toBe(false);
    expect(isDue({ ...account, checkAskedAtMillis: NOW })).toBe(true);
  });

  it('differs from every request before, whatever the clocks of the two hosts say', () => {
    expect(checkAsked({}, NOW)).toEqual({ checkAskedAtMillis: NOW });
    expect(checkAsked({ checkAskedAtMillis: NOW }, NOW)).toEqual({ checkAskedAtMillis: plus(NOW, 1) });
    expect(checkAsked({ checkAskedAtMillis: AHEAD }, NOW)).toEqual({ checkAskedAtMillis: plus(AHEAD, 1) });
  });

  it('that comes while a check is interrupted is answered by a check of its own', async () => {
    const at = house();
    at.sold(...Array.from({ length: 12 }, (_, index) => saleSold(`${index + 1}`, [`d${index}`])));
    let account = connected({ checkAskedAtMillis: NOW });
    const steps = [false, true];
    await at.run(reconcile, account, { outOfTime: () => steps.shift() ?? true });
    account = { ...account, ...checkAsked(account, NOW) };
    const first = await at.run(reconcile, account);
    expect(first.done?.facts.check).toMatchObject({ requestMillis: NOW });
    account = { ...account, ...first.done?.facts };
    expect(isCheckDue(account, zone)).toBe(true);
    const second = await at.run(reconcile, account);
    expect(second.done?.facts.check).toMatchObject({ requestMillis: plus(NOW, 1) });
    expect(isCheckDue({ ...account, ...second.done?.facts }, zone)).toBe(false);
  });

  it('that comes while the journal is read again is answered by another reading', async () => {
    const market = shop();
    const { id: cursor } = market.event('purchased', 'd1');
    const run = { cursor, tally: emptyTally(), save: async () => {} };
    const deps = drainDeps({ shop: market, orders: memoryOrders() });
    let account = connected({ firstCursor: '100', checkAskedAtMillis: NOW });
    for (const outOfTime of [true, false]) {
      const read = await overlap({ ...deps, outOfTime: () => outOfTime }, { ...run, account });
      account = { ...account, ...read?.facts, ...checkAsked(account, NOW) };
    }
    expect(account.dailyOverlapRequestMillis).toBe(NOW);
    expect(overlapDue(account, { now: NOW, journal })?.kind).toBe('daily');
  });

  it('that comes while offers are listed is answered by another listing', async () => {
    const { market, run, askForCheck } = offerRuns();
    market.pageSize = 10;
    for (let index = 0; index < 15; index += 1) market.start(index);
    market.journal.length = 0;
    expect(await run({ checks: 2 })).toEqual(['for-sale page 0']);
    askForCheck();
    expect(await run()).toEqual(['for-sale page 1', 'offerEvents']);
    expect(await run()).toEqual(['for-sale page 0', 'for-sale page 1']);
    expect(await run()).toEqual([]);
  });

  it('does not make a list in trouble be read by every run', async () => {
    const at = house();
    at.sold(saleSold('1', ['d1']));
    const account = connected({ checkAskedAtMillis: NOW });
    at.market.onCall = (call) => {
      const fault = { reason: 'unknown-answer', outcome: 'answered', operation: 'list' } as const;
      if (call.startsWith('salePage')) throw new MarketplaceFault(fault);
    };
    await at.run(reconcile, account);
    expect(await at.run(reconcile, account)).toMatchObject({ done: undefined });
    at.market.onCall = () => undefined;
    const again = await at.run(reconcile, { ...account, ...checkAsked(account, NOW) });
    expect(again.done?.facts.check).toMatchObject({ list: 'all-sales', lost: 1 });
  });
});
