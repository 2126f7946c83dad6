import { describe, expect, it } from 'vitest';
import { type Account, withChanges } from '../../../../functions/core/account/account.ts';
import type { WorkMessage } from '../../../../functions/core/account/work-queue.ts';
import { DAY, type EpochMillis, plus } from '../../../../functions/core/base/time.ts';
import type { SharedNotice } from '../../../../functions/core/faults/store.ts';
import { type NotifyDeps, notifyPeople } from '../../../../functions/core/notices/notify.ts';
import { account, NOW } from '../../../support/accounts.ts';

const lastNotice = {
  kind: 'needs-person',
  state: 'unknown-fault',
  reason: 'unknown-fault',
  sinceMillis: NOW,
} as const;
const fault = {
  reason: 'unknown-fault',
  operation: 'doLogin',
  sinceMillis: NOW,
  atMillis: NOW,
  count: 1,
} as const;
const waiting = account({ fault, notifyAtMillis: NOW });

interface Setting {
  readonly accounts: Account[];
  readonly troubleNotices?: SharedNotice[];
  readonly currentVersion?: string;
  readonly failing?: boolean;
  /** Changes the row while a notice is being published. */
  readonly meanwhile?: Partial<Account>;
}

function setUp({
  accounts,
  troubleNotices = [],
  currentVersion = 'v1',
  failing = false,
  meanwhile,
}: Setting) {
  const rows = new Map(accounts.map((row) => [row.accountId, row]));
  const published: { type: string; detail: Record<string, unknown> }[] = [];
  const sent: WorkMessage[] = [];
  const sentNotices: [string, EpochMillis][] = [];
  const deps: NotifyDeps = {
    accounts: {
      read: async (id) => rows.get(id),
      amend: async (id, { revision, changes }) => {
        const row = rows.get(id);
        if (row?.revision !== revision) return undefined;
        const after = { ...withChanges(row, changes), revision: revision + 1 };
        rows.set(id, after);
        return after;
      },
      claim: () => Promise.reject(new Error('not here')),
      saveFacts: () => Promise.reject(new Error('not here')),
      remove: () => Promise.reject(new Error('not here')),
    },
    notices: {
      async *pages() {
        yield [...rows.keys()].map((accountId) => ({ accountId }));
      },
    },
    troubleNotices: {
      list: async () => troubleNotices,
      notified: async ({ name }, atMillis) => {
        sentNotices.push([name, atMillis]);
      },
    },
    passwords: { current: async () => currentVersion },
    queue: {
      send: async (message) => {
        sent.push(message);
      },
    },
    bus: {
      publish: async (event) => {
        if (failing && event.detail.accountId === 'a1') throw new Error('the bus is down');
        published.push({ ...event });
        const row = rows.get('a1');
        if (meanwhile !== undefined && row !== undefined)
          rows.set('a1', { ...withChanges(row, meanwhile), revision: row.revision + 1 });
      },
    },
    log: { info: () => undefined, warn: () => undefined },
    clock: () => NOW,
    newId: () => 'id',
  };
  return { deps, published, sent, sentNotices, row: (id = 'a1') => rows.get(id) };
}

describe('a notice that is withdrawn while it is published', () => {
  const locked = {
    kind: 'needs-person',
    state: 'locked',
    reason: 'account-locked',
    sinceMillis: NOW,
  } as const;

  it('is followed by the truth, because people have heard it', async () => {
    const outdated = { ...waiting, lastNotice, pendingNotice: locked };
    const { deps, row, published } = setUp({ accounts: [outdated], meanwhile: { pendingNotice: undefined } });
    await notifyPeople(deps);
    expect(published).toMatchObject([{ detail: { state: 'locked' } }]);
    expect(row()).toMatchObject({
      lastNotice: locked,
      pendingNotice: { ...lastNotice, kind: 'needs-person' },
      notifyAtMillis: NOW,
    });
  });

  it('is not followed by anything where the account is on its way out', async () => {
    const meanwhile = {
      pendingNotice: undefined,
      lastNotice: undefined,
      notifyAtMillis: undefined,
      phase: 'removing',
    } as const;
    const { deps, row } = setUp({ accounts: [{ ...waiting, pendingNotice: locked }], meanwhile });
    await notifyPeople(deps);
    expect(row()?.pendingNotice).toBeUndefined();
    expect(row()?.notifyAtMillis).toBeUndefined();
  });
});

describe('notifyPeople', () => {
  it('tells, notes that it has told, and comes back in a day', async () => {
    const { deps, published, row } = setUp({ accounts: [{ ...waiting, pendingNotice: lastNotice }] });
    expect(await notifyPeople(deps)).toBe(1);
    expect(published).toEqual([
      {
        type: 'account.needs-person',
        detail: expect.objectContaining({
          accountId: 'a1',
          state: 'unknown-fault',
          since: expect.stringMatching(/^\d{4}-/),
          message: { pl: expect.any(String), en: expect.any(String) },
        }),
      },
    ]);
    expect(row()).toMatchObject({ pendingNotice: undefined, lastNotice, notifyAtMillis: plus(NOW, DAY) });
  });

  it('tells again when it could not note it, and lets no failure stop the others', async () => {
    const other = { ...waiting, accountId: 'a2', pendingNotice: lastNotice };
    const { deps, published, row } = setUp({
      accounts: [{ ...waiting, pendingNotice: lastNotice }, other],
      failing: true,
    });
    expect(await notifyPeople(deps)).toBe(1);
    expect(published.map(({ detail }) => detail.accountId)).toEqual(['a2']);
    expect(row()?.pendingNotice).toEqual(lastNotice);
  });

  it('reminds of what was told and still waits', async () => {
    const { deps, published, row } = setUp({
      accounts: [{ ...waiting, lastNotice, verdicts: { v1: { outcome: 'accepted', atMillis: NOW } } }],
    });
    await notifyPeople(deps);
    expect(published.map(({ type }) => type)).toEqual(['account.reminder']);
    expect(row()?.notifyAtMillis).toBe(plus(NOW, DAY));
  });

  it('sends an account to work whose password was changed at its source, instead of reminding', async () => {
    const { deps, published, sent, row } = setUp({
      accounts: [{ ...waiting, lastNotice }],
      currentVersion: 'v9',
    });
    await notifyPeople(deps);
    expect(published).toEqual([]);
    expect(sent).toEqual([{ accountId: 'a1', slotMillis: NOW, why: 'now' }]);
    expect(row()).toMatchObject({ dueAtMillis: NOW, notifyAtMillis: plus(NOW, DAY) });
  });

  it('falls silent when nobody is waited for any more', async () => {
    const accepted = { v1: { outcome: 'accepted', atMillis: NOW } } as const;
    const { deps, published, row } = setUp({
      accounts: [account({ lastNotice, notifyAtMillis: NOW, lastLoginAtMillis: NOW, verdicts: accepted })],
    });
    await notifyPeople(deps);
    expect(published).toEqual([]);
    expect(row()?.notifyAtMillis).toBeUndefined();
  });

  it('leaves alone what is not due yet', async () => {
    const { deps, published } = setUp({
      accounts: [{ ...waiting, pendingNotice: lastNotice, notifyAtMillis: plus(NOW, 1) }],
    });
    expect(await notifyPeople(deps)).toBe(0);
    expect(published).toEqual([]);
  });

  it('tells of the trouble of a key once for all its accounts, and of its end', async () => {
    const trouble = { reason: 'key-inactive', sinceMillis: NOW, probeAtMillis: NOW } as const;
    const key = { kind: 'integration-key', name: 'k1', trouble } as const;
    const { deps, published, sentNotices } = setUp({
      accounts: [],
      troubleNotices: [
        { ...key, over: false },
        { ...key, name: 'k2', over: true },
      ],
    });
    await notifyPeople(deps);
    expect(published.map(({ type, detail }) => [type, detail.name])).toEqual([
      ['shared.trouble', 'k1'],
      ['shared.recovered', 'k2'],
    ]);
    expect(sentNotices).toEqual([
      ['k1', NOW],
      ['k2', NOW],
    ]);
  });
});
