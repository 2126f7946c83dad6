import { describe, expect, it } from 'vitest';
import type { Account, AccountChanges } from '../../../../functions/core/account/account.ts';
import { connectionOf } from '../../../../functions/core/account/connection.ts';
import type { SavedFacts } from '../../../../functions/core/account/store.ts';
import { type EpochMillis, epochSeconds, HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { type FaultReason, MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { emptyTally } from '../../../../functions/core/ingest/process-orders.ts';
import {
  conclude,
  type Findings,
  nothingFound,
  type Progress,
} from '../../../../functions/core/run/conclude.ts';
import { account, NOW } from '../../../support/accounts.ts';

const found = (changes: Partial<Findings> = {}): Findings => ({ ...nothingFound(), ...changes });
const drained = (cursor: string, outcome: 'done' | 'interrupted' = 'done', clean = true) => ({
  ...emptyTally(),
  cursor,
  outcome,
  clean,
});

/** Concludes a run of this account; returns the account afterwards and the messages sent. */
async function concludeWith(
  before: Account,
  progress: Progress,
  { saved = {}, now = NOW, ...meanwhile }: AccountChanges & { saved?: SavedFacts; now?: EpochMillis } = {},
) {
  const sent: string[] = [];
  const claimed: Account = { ...before, claimToken: 'claim' };
  let stored: Account = {
    ...claimed,
    ...saved,
    ...meanwhile,
    revision: claimed.revision + Object.keys(meanwhile).length,
  };
  const ending = { claimToken: undefined, claimUntilMillis: undefined };
  const conclusion = { progress, slotMillis: now, startedAtMillis: now };
  await conclude(
    {
      accounts: {
        read: async () => stored,
        amend: async (_accountId, { changes, revision }) => {
          if (revision !== stored.revision) return undefined;
          stored = { ...stored, ...changes, revision: stored.revision + 1 };
          return stored;
        },
      },
      queue: {
        send: async ({ why }) => {
          sent.push(why);
        },
      },
      clock: () => now,
      newId: () => 'w',
      log: { info: () => undefined, warn: () => undefined },
      pollInterval: { busyMillis: MINUTE, quietMillis: MINUTE },
      random: () => 0.5,
    },
    {
      ...conclusion,
      claimed: { account: claimed, current: { ...claimed, ...saved }, token: 'claim', ending },
    },
  );
  return { after: stored, sent };
}

const stuckAt = (cursor: string): Progress => ({
  outcome: 'interrupted',
  found: found({ drained: drained(cursor, 'interrupted') }),
});

describe('interrupted runs', () => {
  it('follow each other at once while they get somewhere', async () => {
    const { after, sent } = await concludeWith(account({ cursor: '1', fruitlessRuns: 2 }), stuckAt('2'));
    expect(sent).toEqual(['follow-on']);
    expect(after).toMatchObject({ cursor: '2', fruitlessRuns: undefined, fault: undefined });
  });

  it('are an alarm after three that got nowhere, and come back less often', async () => {
    let one = account({ cursor: '1', lastLoginAtMillis: NOW });
    for (const runs of [1, 2]) {
      const { after, sent } = await concludeWith(one, stuckAt('1'));
      expect(sent).toEqual(['follow-on']);
      expect(after).toMatchObject({ fruitlessRuns: runs, fault: undefined });
      one = after;
    }
    const { after, sent } = await concludeWith(one, stuckAt('1'));
    expect(sent).toEqual([]);
    expect(after).toMatchObject({
      fault: { reason: 'sync-stalled' },
      lastRun: { outcome: 'interrupted', reason: 'sync-stalled' },
      dueAtMillis: plus(NOW, MINUTE),
    });
  });

  it('got somewhere when progress was saved, although the last page failed', async () => {
    const interrupted = { outcome: 'interrupted', found: found() } as const;
    const one = account({ cursor: '1', fruitlessRuns: 2 });
    const { after, sent } = await concludeWith(one, interrupted, { saved: { cursor: '2' } });
    expect(sent).toEqual(['follow-on']);
    expect(after).toMatchObject({ cursor: '2', fruitlessRuns: undefined, fault: undefined });
    expect((await concludeWith(one, interrupted)).after.fault?.reason).toBe('sync-stalled');
  });

  it('remember that there is a backlog until the journal was read to its end', async () => {
    const interrupted = {
      outcome: 'interrupted',
      found: found({ drained: drained('9', 'interrupted'), backlog: { newestAfter: '50' } }),
    } as const;
    const { after } = await concludeWith(account({ cursor: '1' }), interrupted);
    expect(after.backlog).toEqual({ newestAfter: '50' });
    const done = { outcome: 'done', found: found({ drained: drained('60') }) } as const;
    expect((await concludeWith(after, done)).after.backlog).toBeUndefined();
  });

  it('got somewhere when a step beside the drain did', async () => {
    const facts = { overlap: { kind: 'daily', after: '9' } } as const;
    const one = account({ cursor: '50', fruitlessRuns: 2, overlap: { kind: 'daily', after: '5' } });
    const progress = {
      outcome: 'interrupted',
      found: found({ drained: drained('50'), facts, moved: true }),
    } as const;
    const { after } = await concludeWith(one, progress);
    expect(after).toMatchObject({ fruitlessRuns: undefined, overlap: { after: '9' }, fault: undefined });
    expect(after.hourlyOverlapAtMillis).toBeUndefined();
  });
});

describe('a finished run', () => {
  it('is a success only if it left nothing open', async () => {
    const open = { outcome: 'done', found: found({ drained: drained('2', 'done', false) }) } as const;
    expect((await concludeWith(account({ cursor: '1' }), open)).after.lastSuccessAtMillis).toBeUndefined();
    const clean = { outcome: 'done', found: found({ drained: drained('2') }) } as const;
    expect((await concludeWith(account({ cursor: '1' }), clean)).after.lastSuccessAtMillis).toBe(NOW);
  });

  it('remembers the cursor, the age of its event, a good sale and how many orders are bad', async () => {
    const tally = { ...emptyTally(), events: 3, ordersChanged: 2, flagged: 1, goodSaleId: 'f9' };
    const progress: Progress = {
      outcome: 'done',
      found: {
        ...nothingFound(),
        tally,
        drained: { ...drained('7'), cursorEventAtSeconds: epochSeconds(5) },
        failedOrders: 2,
      },
    };
    const { after } = await concludeWith(account({ cursor: '1' }), progress);
    expect(after).toMatchObject({
      cursor: '7',
      cursorEventAtMillis: 5_000,
      goodSaleId: 'f9',
      failedOrders: 2,
      lastRun: { events: 3, ordersChanged: 2, flagged: 1 },
      hours: [{ atMillis: NOW, cursor: '7', events: 3 }],
    });
  });

  it('keeps what its steps have to remember', async () => {
    const facts = { overlap: undefined, hourlyOverlapAtMillis: NOW };
    const one = account({ cursor: '7', overlap: { kind: 'hourly', after: '3' } });
    const progress = {
      outcome: 'done',
      found: found({ drained: drained('7'), facts, moved: true }),
    } as const;
    const { after } = await concludeWith(one, progress);
    expect(after).toMatchObject({ overlap: undefined, hourlyOverlapAtMillis: NOW });
  });

  it('is followed at once when somebody asked for a check meanwhile', async () => {
    const progress = { outcome: 'done', found: found({ drained: drained('7') }) } as const;
    const claimed = account({ cursor: '7' });
    const { after } = await concludeWith(claimed, progress, { checkAskedAtMillis: NOW });
    expect(after.dueAtMillis).toBe(NOW);
  });
});

describe('answers that nobody can explain', () => {
  const met = (reason: FaultReason, outcome: 'answered' | 'not-sent' = 'answered'): Progress => ({
    outcome: 'failed',
    fault: new MarketplaceFault({ reason, outcome, operation: 'saleEvents', code: 'ERR_NEW' }),
  });
  const hours = (from: EpochMillis, count: number) => plus(from, count * HOUR);

  it.each(['unknown-answer', 'bad-input', 'business', 'feature-unknown', 'journal-stuck'] as const)(
    'a single %s is retried, and only one that lasts for hours needs a person',
    async (reason) => {
      const one = account({ cursor: '1', lastLoginAtMillis: NOW });
      let { after } = await concludeWith(one, met(reason));
      expect(after.fault).toMatchObject({ reason: 'unknown-answer', code: 'ERR_NEW', count: 1 });
      expect(connectionOf(after).state).toBe('retrying');
      expect(after.dueAtMillis).toBe(plus(NOW, MINUTE));
      for (let minutes = 15; minutes < 180; minutes += 15) {
        ({ after } = await concludeWith(after, met(reason), { now: plus(NOW, minutes * MINUTE) }));
        expect(connectionOf(after).state).toBe('retrying');
      }
      expect(after.pendingNotice).toBeUndefined();
      ({ after } = await concludeWith(after, met(reason), { now: hours(NOW, 3) }));
      const shown = reason === 'unknown-answer' ? 'unknown-fault' : reason;
      expect(after).toMatchObject({ fault: { reason: shown }, pendingNotice: { kind: 'needs-person' } });
      expect(after.dueAtMillis).toBeUndefined();
    },
  );

  it('go on counting through other trouble, and begin anew where something has worked', async () => {
    let one = account({ cursor: '1', lastLoginAtMillis: NOW });
    const run = async (now: EpochMillis, progress: Progress, saved: SavedFacts = {}) => {
      one = (await concludeWith(one, progress, { saved, now })).after;
    };
    for (let round = 0; round < 8; round += 1) {
      await run(plus(NOW, round * 20 * MINUTE), met('unknown-answer'));
      await run(plus(NOW, (round * 20 + 10) * MINUTE), met('marketplace-unavailable'));
      expect(connectionOf(one).state).toBe('retrying');
    }
    const before = one;
    await run(hours(NOW, 3), met('unknown-answer'));
    expect(one.fault?.reason).toBe('unknown-fault');
    one = before;
    await run(hours(NOW, 3), met('unknown-answer'), { cursor: '2' });
    expect(one.fault).toMatchObject({ reason: 'unknown-answer', unexplained: { count: 1 } });
  });

  it('do not need a person after a pause, when they were only a few', async () => {
    let { after } = await concludeWith(account({ cursor: '1' }), met('unknown-answer'));
    ({ after } = await concludeWith(after, met('unknown-answer'), { now: hours(NOW, 30) }));
    expect(after.fault?.reason).toBe('unknown-answer');
  });

  it('stop the account at once where our own check refused the request', async () => {
    const { after } = await concludeWith(account({ cursor: '1' }), met('bad-input', 'not-sent'));
    expect(after).toMatchObject({ fault: { reason: 'bad-input' } });
    expect(after.dueAtMillis).toBeUndefined();
  });

  it('are told of a login at once', async () => {
    const { after } = await concludeWith(account({ cursor: '1' }), met('unknown-fault'));
    expect(after.dueAtMillis).toBeUndefined();
  });

  it('let a certificate that cannot be trusted be tried again for hours', async () => {
    const { after } = await concludeWith(account({ cursor: '1' }), met('tls-refused', 'not-sent'));
    expect(after).toMatchObject({ fault: { reason: 'unreachable' }, dueAtMillis: plus(NOW, MINUTE) });
  });
});
