import { describe, expect, it } from 'vitest';
import type { SavedFacts } from '../../../../functions/core/account/store.ts';
import { ClaimLost } from '../../../../functions/core/feed/row-writer.ts';
import { emptyTally } from '../../../../functions/core/ingest/process-orders.ts';
import { Claimed } from '../../../../functions/core/run/claimed.ts';
import { Run } from '../../../../functions/core/run/one-run.ts';
import { STEPS } from '../../../../functions/core/run/steps.ts';
import { openWork } from '../../../../functions/core/run/work.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { memoryAccount } from '../../../support/memory-account.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryListed } from '../../../support/memory-listed.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { memoryRunDeps } from '../../../support/memory-run.ts';
import { uuidMarket } from '../../../support/uuid-market.ts';

/** A run whose saves are kept; `isClaimed`: whether the claim still stands. */
async function runOf(changes: Parameters<typeof account>[0], isClaimed = true) {
  const one = account({ marketplaceId: 'uuid-market', ...changes });
  const stores = {
    accounts: memoryAccount(one),
    orders: memoryOrders(),
    journal: memoryJournal(),
    listed: memoryListed(),
  };
  const market = uuidMarket(() => NOW);
  const deps = memoryRunDeps(stores, { marketplace: market.marketplace, clock: () => NOW });
  const saved: (SavedFacts & { readonly claimToken: string })[] = [];
  const saveFacts = async (_id: string, facts: (typeof saved)[number]) => {
    if (isClaimed) saved.push(facts);
    return isClaimed;
  };
  const accounts = { ...stores.accounts, saveFacts };
  const claimed = new Claimed({ ...deps, accounts }, { account: one, token: 'claim' });
  const work = await openWork({ ...deps, outOfTime: () => false }, claimed);
  return { saved, run: new Run(claimed, work) };
}

const drained = (cursor: string, outcome: 'done' | 'interrupted') => ({
  ...emptyTally(),
  cursor,
  outcome,
  clean: true,
});

describe('a run', () => {
  it('remembers what each step found, and of the same fact the later one', async () => {
    const { run } = await runOf({ cursor: '1' });
    expect(run.findings).toMatchObject({ facts: {}, moved: false });
    run.remember({ facts: { search: undefined, hourlyOverlapAtMillis: NOW }, moved: true });
    run.remember({ facts: { search: 'on' }, moved: false });
    expect(run.findings).toMatchObject({
      facts: { search: 'on', hourlyOverlapAtMillis: NOW },
      moved: true,
    });
  });

  it('has a backlog only where the drain itself was interrupted', async () => {
    const { run } = await runOf({ cursor: '1' });
    run.hasReadNewest('9');
    run.putsOffDrain();
    expect(run.findings).toMatchObject({ drained: { cursor: '1', outcome: 'interrupted' } });
    expect(run.findings.backlog).toBeUndefined();
    run.hasDrained(drained('5', 'interrupted'));
    expect(run.findings.backlog).toEqual({ newestAfter: '9' });
    expect(run.cursor).toBe('5');
  });

  it('begins where a first connect says, and saves it under its claim', async () => {
    const { run, saved } = await runOf({});
    expect(run.hasBegun).toBe(false);
    await run.begin({ cursor: '7', firstCursor: '3' });
    expect([run.hasBegun, run.cursor]).toEqual([true, '7']);
    expect(saved).toEqual([{ claimToken: 'claim', cursor: '7', firstCursor: '3', connectedAtMillis: NOW }]);
  });

  it('stops at the first save after its claim was lost', async () => {
    const { run } = await runOf({ cursor: '1' }, false);
    await expect(run.save({ cursor: '2' })).rejects.toThrow(ClaimLost);
  });

  it('takes its steps in an order in which nothing is drained before a gap is filled', () => {
    expect(STEPS.map(({ name }) => name)).toEqual([
      'firstConnect',
      'fillGap',
      'newestFirst',
      'readJournal',
      'readAgain',
      'periodicTasks',
    ]);
  });
});
