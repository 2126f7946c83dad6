import { describe, expectTypeOf, it } from 'vitest';
import type { AccountChanges, LoginFacts, SyncFacts } from '../../../../functions/core/account/account.ts';
import type { AccountStore, SavedFacts, SyncChanges } from '../../../../functions/core/account/store.ts';
import type { Chore, ChoreDone, ChoreFacts, ChoreUse } from '../../../../functions/core/ingest/chore.ts';

type Guard = keyof LoginFacts;

describe('the facts that periodic tasks can write, for the compiler', () => {
  it('is what they remember of their own work', () => {
    expectTypeOf<{ overlap: undefined; hourlyOverlapAtMillis: undefined }>().toExtend<ChoreFacts>();
    expectTypeOf<Awaited<ReturnType<Chore>>>().toEqualTypeOf<ChoreDone | undefined>();
    expectTypeOf<ChoreDone['facts']>().toEqualTypeOf<ChoreFacts>();
  });

  it('is no fact that guards a login, from a literal or from a wider change', () => {
    // A wider change that is held in a variable would fit a mere Partial.
    expectTypeOf<AccountChanges>().toExtend<Partial<SyncFacts>>();
    expectTypeOf<AccountChanges>().not.toExtend<ChoreFacts>();
    expectTypeOf<{ possibleFailures: number }>().not.toExtend<ChoreFacts>();
    expectTypeOf<{ overlap: undefined; verdicts: LoginFacts['verdicts'] }>().not.toExtend<ChoreFacts>();
    expectTypeOf<Exclude<ChoreFacts[Guard], undefined>>().toBeNever();
    expectTypeOf<Exclude<SyncChanges[Guard], undefined>>().toBeNever();
  });

  it('is neither the claim nor the due time, which belong to the run', () => {
    expectTypeOf<Extract<keyof ChoreFacts, 'claimToken' | 'dueAtMillis' | 'lastRun'>>().toBeNever();
  });

  it('holds for what is saved while they run, which no revision guards', () => {
    expectTypeOf<ChoreUse['save']>().parameter(0).toEqualTypeOf<SavedFacts>();
    expectTypeOf<{ cursor: string; possibleFailures: number }>().not.toExtend<SavedFacts>();
    type Saved = Parameters<AccountStore['saveCursor']>[1];
    expectTypeOf<{ claimToken: string; cursor: string }>().toExtend<Saved>();
    expectTypeOf<{ claimToken: string; possibleFailures: number }>().not.toExtend<Saved>();
  });
});
