import { describe, expect, it } from 'vitest';
import { type Account, withChanges } from '../../../../functions/core/account/account.ts';
import type { WorkMessage } from '../../../../functions/core/account/work-queue.ts';
import { DAY, type EpochMillis, plus } from '../../../../functions/core/base/time.ts';
import type { SharedNews } from '../../../../functions/core/faults/store.ts';
import { type TellDeps, tellPeople } from '../../../../functions/core/notices/tell.ts';
import { account, NOW } from '../../../support/accounts.ts';

const told = {
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
const waiting = account({ fault, tellAtMillis: NOW });

interface Setting {
  readonly accounts: Account[];
  readonly news?: SharedNews[];
  readonly currentVersion?: string;
  readonly failing?: boolean;
  /** Changes the row while a notice is being published. */
  readonly meanwhile?: Partial<Account>;
}

function setUp({ accounts, news = [], currentVersion = 'v1', failing = false, meanwhile }: Setting) {
  const rows = new Map(accounts.map((row) => [row.accountId, row]));
  const published: { type: string; detail: Record<string, unknown> }[] = [];
  const sent: WorkMessage[] = [];
  const toldNews: [string, EpochMillis][] = [];
  const deps: TellDeps = {
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
      saveCursor: () => Promise.reject(new Error('not here')),
      remove: () => Promise.reject(new Error('not here')),
    },
    tell: {
      async *pages() {
        yield [...rows.keys()].map((accountId) => ({ accountId }));
      },
    },
    news: {
      list: async () => news,
      told: async ({ name }, atMillis) => {
        toldNews.push([name, atMillis]);
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
  return { deps, published, sent, toldNews, row: (id = 'a1') => rows.get(id) };
}

describe('a notice that is withdrawn while it is published', () => {
  const locked = {
    kind: 'needs-person',
    state: 'locked',
    reason: 'account-locked',
    sinceMillis: NOW,
  } as const;

  it('is followed by the truth, because people have heard it', async () => {
    const outdated = { ...waiting, told, toTell: locked };
    const { deps, row, published } = setUp({ accounts: [outdated], meanwhile: { toTell: undefined } });
    await tellPeople(deps);
    expect(published).toMatchObject([{ detail: { state: 'locked' } }]);
    expect(row()).toMatchObject({
      told: locked,
      toTell: { ...told, kind: 'needs-person' },
      tellAtMillis: NOW,
    });
  });

  it('is not followed by anything where the account is on its way out', async () => {
    const meanwhile = {
      toTell: undefined,
      told: undefined,
      tellAtMillis: undefined,
      phase: 'removing',
    } as const;
    const { deps, row } = setUp({ accounts: [{ ...waiting, toTell: locked }], meanwhile });
    await tellPeople(deps);
    expect(row()?.toTell).toBeUndefined();
    expect(row()?.tellAtMillis).toBeUndefined();
  });
});

describe('tellPeople', () => {
  it('tells, notes that it has told, and comes back in a day', async () => {
    const { deps, published, row } = setUp({ accounts: [{ ...waiting, toTell: told }] });
    expect(await tellPeople(deps)).toBe(1);
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
    expect(row()).toMatchObject({ toTell: undefined, told, tellAtMillis: plus(NOW, DAY) });
  });

  it('tells again when it could not note it, and lets no failure stop the others', async () => {
    const other = { ...waiting, accountId: 'a2', toTell: told };
    const { deps, published, row } = setUp({
      accounts: [{ ...waiting, toTell: told }, other],
      failing: true,
    });
    expect(await tellPeople(deps)).toBe(1);
    expect(published.map(({ detail }) => detail.accountId)).toEqual(['a2']);
    expect(row()?.toTell).toEqual(told);
  });

  it('reminds of what was told and still waits', async () => {
    const { deps, published, row } = setUp({
      accounts: [{ ...waiting, told, verdicts: { v1: { outcome: 'accepted', atMillis: NOW } } }],
    });
    await tellPeople(deps);
    expect(published.map(({ type }) => type)).toEqual(['account.reminder']);
    expect(row()?.tellAtMillis).toBe(plus(NOW, DAY));
  });

  it('sends an account to work whose password was changed at its source, instead of reminding', async () => {
    const { deps, published, sent, row } = setUp({ accounts: [{ ...waiting, told }], currentVersion: 'v9' });
    await tellPeople(deps);
    expect(published).toEqual([]);
    expect(sent).toEqual([{ accountId: 'a1', slotMillis: NOW, why: 'now' }]);
    expect(row()).toMatchObject({ dueAtMillis: NOW, tellAtMillis: plus(NOW, DAY) });
  });

  it('falls silent when nobody is waited for any more', async () => {
    const accepted = { v1: { outcome: 'accepted', atMillis: NOW } } as const;
    const { deps, published, row } = setUp({
      accounts: [account({ told, tellAtMillis: NOW, lastLoginAtMillis: NOW, verdicts: accepted })],
    });
    await tellPeople(deps);
    expect(published).toEqual([]);
    expect(row()?.tellAtMillis).toBeUndefined();
  });

  it('leaves alone what is not due yet', async () => {
    const { deps, published } = setUp({
      accounts: [{ ...waiting, toTell: told, tellAtMillis: plus(NOW, 1) }],
    });
    expect(await tellPeople(deps)).toBe(0);
    expect(published).toEqual([]);
  });

  it('tells of the trouble of a key once for all its accounts, and of its end', async () => {
    const trouble = { reason: 'key-inactive', sinceMillis: NOW, probeAtMillis: NOW } as const;
    const key = { kind: 'webapi-key', name: 'k1', trouble } as const;
    const { deps, published, toldNews } = setUp({
      accounts: [],
      news: [
        { ...key, over: false },
        { ...key, name: 'k2', over: true },
      ],
    });
    await tellPeople(deps);
    expect(published.map(({ type, detail }) => [type, detail.name])).toEqual([
      ['shared.trouble', 'k1'],
      ['shared.recovered', 'k2'],
    ]);
    expect(toldNews).toEqual([
      ['k1', NOW],
      ['k2', NOW],
    ]);
  });
});
