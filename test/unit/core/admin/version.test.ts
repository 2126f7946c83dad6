import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../functions/core/account/account.ts';
import type { AccountDeps } from '../../../../functions/core/admin/accounts.ts';
import {
  confirmUnlocked,
  markForRemoval,
  pauseAccount,
  permitResend,
  replacePassword,
  resumeAccount,
} from '../../../../functions/core/admin/accounts.ts';
import type { MeantFor } from '../../../../functions/core/admin/version.ts';
import { Problem } from '../../../../functions/core/base/problem.ts';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { etagOf, meantFor } from '../../../../functions/entry/version.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { memoryAccount } from '../../../support/memory-account.ts';
import { runs } from '../../../support/runs.ts';
import { SETTINGS } from '../../../support/sales.ts';

const ID = 'a1';

function setUp(changes: Partial<Account> = {}) {
  const store = memoryAccount(account({ marketplaceId: SETTINGS.id, ...changes }));
  const unused = () => expect.unreachable('no request for a change uses this');
  const staged: string[] = [];
  let ids = 0;
  const deps: AccountDeps = {
    accounts: { ...store, list: unused, create: unused },
    passwords: {
      create: unused,
      async stage(_, { version }) {
        staged.push(version);
        return version;
      },
    },
    claims: { read: unused, write: unused },
    loginKey: unused,
    fingerprint: unused,
    sharedKeys: { isUsable: unused, lookAgain: async () => undefined },
    queue: { send: async () => undefined },
    clock: () => NOW,
    sleep: unused,
    newId: () => `id${++ids}`,
    newVersion: () => `v${++ids}`,
  };
  const isDone = (work: Promise<unknown>): Promise<boolean | string> =>
    work.then(
      () => true,
      (error: unknown) => {
        if (error instanceof Problem) return error.code;
        throw error;
      },
    );
  const acts: Readonly<Record<string, (meant: MeantFor) => Promise<boolean | string>>> = {
    pause: (meant) => isDone(pauseAccount(deps, ID, meant)),
    resume: (meant) => isDone(resumeAccount(deps, ID, meant)),
    password: (meant) =>
      isDone(
        replacePassword(deps, {
          account: store.row,
          applicationPassword: new Secret('aB3dE5fG7hJ9'),
          marketplace: SETTINGS,
          ...meant,
        }),
      ),
    unlocked: (meant) => isDone(confirmUnlocked(deps, ID, meant)),
    resend: (meant) => isDone(permitResend(deps, ID, meant)),
    remove: (meant) => isDone(markForRemoval(deps, ID, meant)),
  };
  /** The write of a run. */
  const run = async () => {
    const changes = { lastSuccessAtMillis: plus(NOW, store.row.revision), possibleFailures: 0 };
    await store.amend(ID, { revision: store.row.revision, writer: 'work', changes });
  };
  return { store, deps, acts, run, staged };
}

const LOCKED = { lockedAtMillis: NOW };
const REFUSED = { verdicts: { v1: { outcome: 'refused', atMillis: NOW } } } as const;

describe('the version of an account', () => {
  it.each([
    ['pause', {}],
    ['resume', { phase: 'paused' }],
    ['password', {}],
    ['unlocked', LOCKED],
    ['resend', REFUSED],
    ['remove', {}],
  ] as const)('grows with the request %s, which an older version does not get', async (name, changes) => {
    const { store, acts, run, staged } = setUp({ version: 4, ...changes });
    await run();
    const before = structuredClone(store.row);
    expect(etagOf(before)).toBe('"4"');
    for (const tag of ['"3"', 'W/"4"', '"x"', '"44"', '"3", "5"'])
      expect(await acts[name]?.(meantFor(tag)), tag).toBe('changed-meanwhile');
    expect(store.row).toEqual(before);
    expect(staged).toEqual([]);
    expect(await acts[name]?.(meantFor('"3" , "4"'))).toBe(true);
    expect(etagOf(store.row)).toBe('"5"');
  });

  it('does not matter to a request that names none, or any', async () => {
    for (const tag of [undefined, '*'])
      expect(await setUp({ version: 7 }).acts.pause?.(meantFor(tag))).toBe(true);
  });

  it('counts what people have changed, whatever runs write in between', async () => {
    const names = fc.constantFrom('pause', 'resume', 'password', 'unlocked', 'resend', 'run');
    await fc.assert(
      fc.asyncProperty(fc.array(names, { maxLength: 15 }), async (sequence) => {
        const { store, acts, run } = setUp();
        for (const name of sequence) {
          const before = structuredClone(store.row);
          await (name === 'run' ? run() : acts[name]?.({}));
          const { phase, stagedVersion, unlockedAtMillis, verdicts, dueAtMillis } = before;
          const changed = { phase, stagedVersion, unlockedAtMillis, verdicts, dueAtMillis };
          const isChanged = Object.entries(changed).some(
            ([field, value]) => JSON.stringify(store.row[field as keyof Account]) !== JSON.stringify(value),
          );
          const grown = (store.row.version ?? 0) - (before.version ?? 0);
          if (name === 'run') expect(grown).toBe(0);
          else if (isChanged) expect(grown).toBe(1);
        }
      }),
      { numRuns: runs(200, 5_000) },
    );
  });

  it('lets one of several requests through that were meant for the same version', async () => {
    const names = fc.constantFrom('resume', 'password', 'remove');
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(names, { minLength: 2, maxLength: 3 }),
        async (scheduler, asked) => {
          const { store, acts, run, deps } = setUp();
          const { read, amend } = deps.accounts;
          Object.assign(deps.accounts, {
            read: scheduler.scheduleFunction(read),
            amend: scheduler.scheduleFunction(amend),
          });
          const outcomes = Promise.all([...asked.map((name) => acts[name]?.({ versions: [0] })), run()]);
          await scheduler.waitFor(outcomes);
          expect((await outcomes).filter((outcome) => outcome === true)).toHaveLength(1);
          expect(store.row.version).toBe(1);
        },
      ),
      { numRuns: runs(200, 5_000) },
    );
  });
});

describe('a confirmation that the seller has logged in', () => {
  it('is not repeated by the next try of a request that was cut off', async () => {
    const { store, deps } = setUp(LOCKED);
    await confirmUnlocked(deps, ID, { atMillis: NOW, earlierMillis: [] });
    // The login that this permitted has met a captcha again.
    store.row = { ...store.row, lockedAtMillis: plus(NOW, MINUTE), permit: undefined };
    const again = plus(NOW, 2 * MINUTE);
    const asked = await confirmUnlocked(deps, ID, { atMillis: again, earlierMillis: [NOW] });
    expect(asked).toEqual({ askedAtMillis: NOW });
    expect(store.row).toMatchObject({ lockedAtMillis: plus(NOW, MINUTE), recentUnlocksMillis: [NOW] });
    expect(store.row.permit).toBeUndefined();
  });
});
