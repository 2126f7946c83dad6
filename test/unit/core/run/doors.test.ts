import { describe, expect, expectTypeOf, it } from 'vitest';
import type { AccessDoors } from '../../../../functions/core/access/session.ts';
import type { TaskDeps } from '../../../../functions/core/ingest/periodic-task.ts';
import type { ProcessDeps } from '../../../../functions/core/ingest/process-orders.ts';
import { Claimed } from '../../../../functions/core/run/claimed.ts';
import type { RunDeps } from '../../../../functions/core/run/run.ts';
import { type OpenWork, openWork, type WorkDeps } from '../../../../functions/core/run/work.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { memoryAccount } from '../../../support/memory-account.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { memoryRunDeps } from '../../../support/memory-run.ts';
import { shop } from '../../../support/shop.ts';

/** Keys that may be left out. */
type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

describe('the doors of a run', () => {
  it('can none be forgotten: each is required by the compiler', () => {
    expectTypeOf<Optional<RunDeps>>().toBeNever();
    expectTypeOf<Optional<WorkDeps>>().toBeNever();
    expectTypeOf<Optional<AccessDoors>>().toBeNever();
    const complete = { ...memoryRunDeps(stores(), market), outOfTime: () => false };
    const { limits: _limits, ...unlimited } = complete;
    // @ts-expect-error Without limits the marketplace would be called as fast as it answers.
    unlimited satisfies RunDeps;
    const { journal: _journal, ...forgetful } = complete;
    // @ts-expect-error Without a journal store nothing would be quarantined for longer than a run.
    forgetful satisfies RunDeps;
    const { listed: _listed, ...unlisted } = complete;
    // @ts-expect-error Without a store of lists no loss of the journal would be found.
    unlisted satisfies RunDeps;
    const { offers: _offers, ...offerless } = complete;
    // @ts-expect-error Without a store of offers none would be kept.
    offerless satisfies RunDeps;
  });

  it('lead from what stores orders to no password, for the compiler', () => {
    expectTypeOf<Extract<keyof OpenWork, keyof AccessDoors | 'access' | 'accounts'>>().toBeNever();
    expectTypeOf<Extract<keyof ProcessDeps, keyof AccessDoors | 'access' | 'accounts'>>().toBeNever();
    expectTypeOf<Extract<keyof TaskDeps, keyof AccessDoors | 'access' | 'accounts'>>().toBeNever();
  });

  it('lead from what stores orders to no password, in the object that it is given either', async () => {
    const deps = { ...memoryRunDeps(stores(), market), outOfTime: () => false };
    const claimed = new Claimed(deps, { account: account(), token: 'c' });
    const work = await openWork(deps, claimed);
    const ofAccess = Object.keys(deps.access);
    expect(ofAccess).toContain('passwords');
    expect(Object.keys(work).filter((key) => [...ofAccess, 'access', 'accounts'].includes(key))).toEqual([]);
  });
});

const market = { marketplace: shop().marketplace, clock: () => NOW };
const stores = () => ({
  accounts: memoryAccount(account()),
  orders: memoryOrders(),
  journal: memoryJournal(),
});
