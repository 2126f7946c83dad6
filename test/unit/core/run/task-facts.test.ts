import { describe, expectTypeOf, it } from 'vitest';
import type { AccountChanges, LoginFacts } from '../../../../functions/core/account/account.ts';
import type { AccountStore, SavedFacts, SyncChanges } from '../../../../functions/core/account/store.ts';
import type { SyncFacts } from '../../../../functions/core/account/sync-facts.ts';
import type {
  PeriodicTask,
  TaskDone,
  TaskFacts,
  TaskRun,
} from '../../../../functions/core/ingest/periodic-task.ts';

type Guard = keyof LoginFacts;

describe('the facts that periodic tasks can write, for the compiler', () => {
  it('is what they remember of their own work', () => {
    expectTypeOf<{ overlap: undefined; hourlyOverlapAtMillis: undefined }>().toExtend<TaskFacts>();
    expectTypeOf<Awaited<ReturnType<PeriodicTask>>>().toEqualTypeOf<TaskDone | undefined>();
    expectTypeOf<TaskDone['facts']>().toEqualTypeOf<TaskFacts>();
  });

  it('is no fact that guards a login, from a literal or from a wider change', () => {
    // A wider change that is held in a variable would fit a mere Partial.
    expectTypeOf<AccountChanges>().toExtend<Partial<SyncFacts>>();
    expectTypeOf<AccountChanges>().not.toExtend<TaskFacts>();
    expectTypeOf<{ possibleFailures: number }>().not.toExtend<TaskFacts>();
    expectTypeOf<{ overlap: undefined; verdicts: LoginFacts['verdicts'] }>().not.toExtend<TaskFacts>();
    expectTypeOf<Exclude<TaskFacts[Guard], undefined>>().toBeNever();
    expectTypeOf<Exclude<SyncChanges[Guard], undefined>>().toBeNever();
  });

  it('is neither the claim nor the due time, which belong to the run', () => {
    expectTypeOf<Extract<keyof TaskFacts, 'claimToken' | 'dueAtMillis' | 'lastRun'>>().toBeNever();
  });

  it('holds for what is saved while they run, which no revision guards', () => {
    expectTypeOf<TaskRun['save']>().parameter(0).toEqualTypeOf<SavedFacts>();
    expectTypeOf<{ cursor: string; possibleFailures: number }>().not.toExtend<SavedFacts>();
    type Saved = Parameters<AccountStore['saveFacts']>[1];
    expectTypeOf<{ claimToken: string; cursor: string }>().toExtend<Saved>();
    expectTypeOf<{ claimToken: string; possibleFailures: number }>().not.toExtend<Saved>();
  });
});
