import { isDeepStrictEqual } from 'node:util';
import { DAY, type EpochMillis, epochMillis, plus } from '../base/time.ts';
import type { Account, AccountChanges, LoginMemory, RefusedPassword } from './account.ts';
import { stillCounted } from './counting.ts';
import { REFUSED_KEPT } from './login-limits.ts';
import type { Transition } from './transitions.ts';

/**
 * Time for which a memory is kept after the last attempt. The marketplace's own count is not known to fade.
 */
const KEPT = 400 * DAY;

/** The memory that a removed account leaves for the next account of its seller. */
export interface LeftMemory extends LoginMemory {
  /** The account that left the memory, so that it is not counted twice. */
  readonly id: string;
}

/** The facts of an account that outlive it. */
export const memoryOf = (account: LoginMemory): LoginMemory => ({
  possibleFailures: account.possibleFailures,
  loginsSent: account.loginsSent,
  unclearAttempts: account.unclearAttempts,
  recentAttemptsMillis: account.recentAttemptsMillis,
  refused: account.refused,
  lockedAtMillis: account.lockedAtMillis,
  unlockedAtMillis: account.unlockedAtMillis,
  recentUnlocksMillis: account.recentUnlocksMillis,
  lastLoginAtMillis: account.lastLoginAtMillis,
  userId: account.userId,
});

export const NO_MEMORY: LoginMemory = { possibleFailures: 0, recentAttemptsMillis: [] };

/** Time of the last attempt, or of the last known outcome; 0 without any. */
function lastAttemptMillis(memory: LoginMemory): number {
  const { recentAttemptsMillis, unclearAttempts = [], refused = [] } = memory;
  return Math.max(
    0,
    memory.lastLoginAtMillis ?? 0,
    memory.lockedAtMillis ?? 0,
    ...recentAttemptsMillis,
    ...unclearAttempts.map(({ atMillis }) => atMillis),
    ...refused.map(({ atMillis }) => atMillis),
  );
}

/** Time until which a memory is kept; one without attempts can be forgotten at once. */
export const keptUntilMillis = (memory: LoginMemory): EpochMillis => {
  const last = lastAttemptMillis(memory);
  return last === 0 ? epochMillis(0) : plus(epochMillis(last), KEPT);
};

/**
 * Merges two memories of the same seller: failures since the later success are added, attempts and refused
 * passwords united; the later lock and the later unlock win. Of a memory from before that success only the unclear
 * attempts count that were young then, because the marketplace may judge them after the success.
 */
export function mergedMemory(a: LoginMemory, b: LoginMemory): LoginMemory {
  const success = Math.max(a.lastLoginAtMillis ?? 0, b.lastLoginAtMillis ?? 0);
  const isSince = (one: LoginMemory): boolean =>
    (one.lastLoginAtMillis ?? 0) === success || lastAttemptMillis(one) > success;
  const counts = [a, b].map((one) =>
    isSince(one) ? one : { ...one, ...stillCounted(one, { now: epochMillis(success) }) },
  );
  const sum = (of: (one: LoginMemory) => number) => counts.reduce((total, one) => total + of(one), 0);
  const latest = (of: (one: LoginMemory) => EpochMillis | undefined): EpochMillis | undefined => {
    const times = [of(a), of(b)].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : epochMillis(Math.max(...times));
  };
  return {
    possibleFailures: sum(({ possibleFailures }) => possibleFailures),
    loginsSent: sum(({ loginsSent = 0 }) => loginsSent),
    unclearAttempts: unionBy(
      counts.flatMap(({ unclearAttempts = [] }) => unclearAttempts),
      ({ id }) => id,
    ),
    recentAttemptsMillis: inOrder([...a.recentAttemptsMillis, ...b.recentAttemptsMillis]),
    refused: unionOfRefused([...(a.refused ?? []), ...(b.refused ?? [])]),
    lockedAtMillis: latest((one) => one.lockedAtMillis),
    unlockedAtMillis: latest((one) => one.unlockedAtMillis),
    recentUnlocksMillis: inOrder([...(a.recentUnlocksMillis ?? []), ...(b.recentUnlocksMillis ?? [])]),
    lastLoginAtMillis: latest((one) => one.lastLoginAtMillis),
    userId: a.userId ?? b.userId,
  };
}

const inOrder = (times: readonly EpochMillis[]): EpochMillis[] => times.toSorted((one, other) => one - other);

/**
 * Each key once, with the later time, oldest first. Equal times are sorted by key, so that the result does
 * not depend on the order of the memories.
 */
function unionBy<T extends { readonly atMillis: EpochMillis }>(
  all: readonly T[],
  keyOf: (one: T) => string,
): T[] {
  const latest = new Map<string, T>();
  for (const one of all) {
    const known = latest.get(keyOf(one));
    if (known === undefined || one.atMillis > known.atMillis) latest.set(keyOf(one), one);
  }
  return [...latest]
    .toSorted(([key, one], [otherKey, other]) => one.atMillis - other.atMillis || (key < otherKey ? -1 : 1))
    .map(([, one]) => one);
}

/** Each refused password once; one that was sent again in either memory may not be sent again. */
function unionOfRefused(all: readonly RefusedPassword[]): RefusedPassword[] {
  const nameOf = ({ key, print }: RefusedPassword): string => `${key} ${print}`;
  const resent = new Set(all.filter((one) => one.resent).map(nameOf));
  return unionBy(all, nameOf)
    .slice(-REFUSED_KEPT)
    .map((one) => (resent.has(nameOf(one)) ? { ...one, resent: true } : one));
}

/** Takes over a memory, once, by the id of the account that left it. `userId` is the seller of the memory. */
export const inherited =
  ({ userId, memory }: { userId: string; memory: LeftMemory | undefined }): Transition =>
  (account) => {
    if (memory === undefined || account.inherited?.includes(memory.id)) return { userId };
    return {
      ...mergedMemory(memoryOf(account), memory),
      userId,
      inherited: [...(account.inherited ?? []), memory.id],
    };
  };

/**
 * Completes an account under creation by what its claims hold now: an answer for an earlier account may have come since
 * the claims were taken. Forgets nothing that the row has learnt meanwhile.
 */
export const completed =
  (memory: LoginMemory): Transition =>
  (account) => {
    if (account.phase !== 'creating') return undefined;
    const { refused } = mergedMemory(memory, { ...NO_MEMORY, refused: account.refused });
    const facts = {
      ...memoryOf(memory),
      userId: account.userId,
      refused,
      possibleFailures: Math.max(account.possibleFailures, memory.possibleFailures),
      loginsSent: Math.max(account.loginsSent ?? 0, memory.loginsSent ?? 0),
    };
    return isDeepStrictEqual(facts, memoryOf(account)) ? undefined : facts;
  };

/**
 * A memory after a transition that was meant for its account, so that late answers change both in the same
 * way.
 */
export function amended<M extends LoginMemory>(memory: M, to: Transition): M | undefined {
  const account: Account = {
    ...memory,
    accountId: '',
    marketplaceId: '',
    login: '',
    integrationKeyId: '',
    createdAtMillis: epochMillis(0),
    phase: 'removing',
    currentVersion: '',
    verdicts: {},
    revision: 0,
  };
  const changes: AccountChanges | undefined = to(account);
  return changes === undefined ? undefined : { ...memory, ...memoryOf({ ...account, ...changes }) };
}
