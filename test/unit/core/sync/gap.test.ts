import { describe, expect, it } from 'vitest';
import type { Account, SyncFacts } from '../../../../functions/core/account.ts';
import { MarketplaceFault } from '../../../../functions/core/faults.ts';
import { mendGap } from '../../../../functions/core/sync/gap.ts';
import { emptyTally } from '../../../../functions/core/sync/settle.ts';
import { DAY, HOUR, plus } from '../../../../functions/core/time.ts';
import { NOW } from '../../../support/accounts.ts';
import { connected, formSold, house } from './listing-kit.ts';

/** A journal of which the first so many events are forgotten, and an account that last read it ten days ago. */
function afterPause({ forgotten = 0, days = 10 } = {}) {
  const at = house();
  for (const deal of ['d1', 'd2', 'd3']) at.market.event('deal-created', deal);
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
  return { ...at, cursor, mend, saved, account: () => account };
}

describe('after a pause', () => {
  it('nothing is a gap while the journal still has the event of the cursor', async () => {
    const at = afterPause();
    expect(await at.mend()).toBeUndefined();
    expect(at.market.calls).toEqual(['dealEvents']);
    expect(at.account().gap).toEqual({ lookedAtMillis: NOW, found: undefined });
    await at.mend();
    expect(at.market.calls).toEqual(['dealEvents']);
  });

  it('a page that holds mostly older forms is read in as many runs as it takes', async () => {
    const at = afterPause({ forgotten: 2, days: 2 });
    for (let index = 1; index <= 30; index += 1)
      at.sold(formSold(`${index}`, [`x${index}`], { hoursAgo: 24 * 9 }));
    at.sold(formSold('31', ['x31'], { hoursAgo: 24 }));
    const ids = [...at.market.forms.keys()];
    const formPage = async () => ({ formIds: ids, share: 1 });
    const marketplace = { ...at.market.marketplace, formPage };
    let runs = 0;
    for (let outcome: string | undefined = 'first'; outcome !== undefined && runs < 20; runs += 1) {
      let asked = 0;
      const outOfTime = () => {
        asked += 1;
        return asked > 2;
      };
      outcome = (await at.mend({ marketplace, outOfTime }))?.outcome;
      if (at.account().gap?.found?.state === 'filled') break;
    }
    expect(runs).toBeLessThan(20);
    expect(at.live()).toEqual(['form:31']);
  });

  it('of less than a day, or before the first event, nobody looks', async () => {
    const short = afterPause({ forgotten: 2, days: 0.9 });
    expect(await short.mend()).toBeUndefined();
    const beginning = afterPause({ forgotten: 2 });
    await beginning.mend({ cursor: '0' });
    expect([...short.market.calls, ...beginning.market.calls]).toEqual([]);
  });

  it('a gap is filled from the list, named, and followed by a check', async () => {
    const at = afterPause({ forgotten: 2 });
    at.sold(
      formSold('1', ['x1'], { hoursAgo: 24 * 12 }),
      formSold('2', ['x2'], { hoursAgo: 24 * 9 }),
      formSold('3', ['x3'], { hoursAgo: 2 }),
    );
    expect(await at.mend()).toBeUndefined();
    expect(at.live()).toEqual(['form:2', 'form:3']);
    expect(at.account()).toMatchObject({
      checkAskedAtMillis: NOW,
      gap: { found: { state: 'filled', fromMillis: plus(NOW, -11 * DAY), importId: `gap-${at.cursor}` } },
    });
    expect(at.listed.readings.get(`gap-${at.cursor}`)).toMatchObject({ kind: 'gap', state: 'done' });
    at.market.calls.length = 0;
    await at.mend();
    expect(at.market.calls).toEqual([]);
  });

  it('a gap that was interrupted is filled on, whatever was read meanwhile', async () => {
    const at = afterPause({ forgotten: 2 });
    const forms = Array.from({ length: 60 }, (_, index) => formSold(`${index + 1}`, [`x${index}`]));
    at.sold(...forms);
    const steps = [false, false, true];
    const first = await at.mend({ outOfTime: () => steps.shift() ?? true });
    expect(first).toMatchObject({ outcome: 'interrupted', moved: true });
    expect(at.account().gap?.found?.state).toBe('filling');
    at.at(plus(NOW, HOUR));
    expect(await at.mend()).toBeUndefined();
    expect(at.live()).toHaveLength(60);
    expect(at.account().gap?.found?.state).toBe('filled');
  });

  it('is named as unfilled where no list can be read, and the orders go on', async () => {
    for (const reason of ['feature-unknown', 'unknown-answer'] as const) {
      const at = afterPause({ forgotten: 2 });
      at.market.onCall = (call) => {
        if (call.startsWith('formPage'))
          throw new MarketplaceFault({ reason, outcome: 'answered', operation: 'list' });
      };
      expect(await at.mend()).toBeUndefined();
      expect(at.account().gap?.found?.state).toBe('unfilled');
    }
  });
});
