import { setTimeout } from 'node:timers/promises';
import { killYounger } from '../../infra/local/chaos/kills.ts';
import { attempt, request } from '../../infra/local/http-client.ts';
import { type AccountView, listAccounts } from '../../infra/local/sellers.ts';
import type { World } from '../../infra/local/world.ts';
import { FUNCTIONS } from './growth.ts';

/** Counts of all that has happened. */
export interface LifeCounts {
  orders: number;
  rotations: number;
  /** Rotations that were answered with an error of ours; a person would type the password again. */
  rotationsFailed: number;
  outages: number;
  /** Processes that were killed at work, and times that none could be. */
  workKilled: number;
  sendKilled: number;
  notKilled: number;
  sessionsEnded: number;
}

/** Minutes between two events of a kind. */
const EVERY = { rotation: 1, outage: 4, restart: 5, ending: 3 } as const;
/** Whether events of a kind happen in a minute. */
export const isDue = (kind: keyof typeof EVERY, minute: number): boolean =>
  minute % EVERY[kind] === EVERY[kind] - 1;

/** Calls that an outage of the marketplace spoils. */
export const OUTAGE_CALLS = 40;

/** How often a process at work is looked for; a run takes some 100 ms. */
const AT_WORK_EVERY_MILLIS = 10;
/** Time after which a killed process is no longer counted among those at work. */
const KILLED_WITHIN_MILLIS = 1_000;

/** Minutes whose events happen at once before anything is measured. */
const EARLIER = Array.from({ length: 10 }, (_, index) => 1_000 + index);

export interface Life {
  readonly counts: LifeCounts;
  /**
   * Lets every account sell and rotate its password. A fresh account grows with its first order and rotation, which is
   * no growth in the long run.
   */
  first(): Promise<void>;
  /**
   * Makes outages and kills of ten minutes happen at once, for the same reason; no rotation and no end of a session,
   * because an account may log in three times an hour only, and waits long after a login that an outage has spoilt.
   */
  early(): Promise<void>;
  minute(number: number): Promise<void>;
  /** Ends the wait for processes to kill. */
  end(): Promise<void>;
}

/** Each call of `minute` makes happen what happens in one minute: buyers buy, people rotate passwords, things break. */
export async function openLife(world: World): Promise<Life> {
  const counts: LifeCounts = {
    orders: 0,
    rotations: 0,
    rotationsFailed: 0,
    outages: 0,
    workKilled: 0,
    sendKilled: 0,
    notKilled: 0,
    sessionsEnded: 0,
  };
  const stop = new AbortController();
  const pause = (millis: number) =>
    setTimeout(millis, undefined, { signal: stop.signal }).catch(() => undefined);
  const accounts = await listAccounts(world.api);
  const perMinute = Math.max(2, Math.round(accounts.length / 10));
  const sim = <T>(path: string, body: object = {}) =>
    request<T>(world.simulator.url, { method: 'POST', path: `/_sim${path}`, body });
  /** Accounts in turns, so that none is met more often than in a shop's life as long as there are enough of them. */
  const turns = (first: number): (() => AccountView) => {
    let at = first;
    return () => {
      const account = accounts[at++ % accounts.length];
      if (account === undefined) throw new Error('there is no account');
      return account;
    };
  };
  const nextRotated = turns(0);
  const nextEnded = turns(Math.floor(accounts.length / 2));
  const rotate = async ({ accountId, login }: AccountView) => {
    const { applicationPassword } = await sim<{ applicationPassword: string }>(
      `/sellers/${login}/application-passwords`,
      { name: `Klamka ${counts.rotations}` },
    );
    const path = `/accounts/${accountId}/application-password`;
    const { status } = await attempt(world.api, { method: 'PUT', path, body: { applicationPassword } });
    if (status < 300) counts.rotations += 1;
    else counts.rotationsFailed += 1;
  };
  /** Kills the next process that is seen at work, however long that takes: in quiet minutes none but the eldest works. */
  const killNext = async (which: 'work' | 'send') => {
    while (!stop.signal.aborted) {
      if (killYounger(world.stack, FUNCTIONS[which])) {
        counts[`${which}Killed`] += 1;
        return await pause(KILLED_WITHIN_MILLIS);
      }
      await pause(AT_WORK_EVERY_MILLIS);
    }
    counts.notKilled += 1;
  };
  const killing = { work: Promise.resolve(), send: Promise.resolve() };
  const trouble = async (number: number) => {
    await sim('/buyers/finish');
    await sim('/buyers', { orders: perMinute, pace: 'live' });
    counts.orders += perMinute;
    if (isDue('outage', number)) {
      await sim('/faults', { operation: '*', times: OUTAGE_CALLS, kind: 'http-503' });
      counts.outages += 1;
    }
    if (isDue('restart', number))
      for (const which of ['work', 'send'] as const)
        killing[which] = killing[which].then(() => killNext(which));
  };
  const life: Life = {
    counts,
    async end() {
      stop.abort();
      await Promise.all([killing.work, killing.send]);
    },
    async first() {
      await sim('/buyers', { orders: 3 * accounts.length, pace: 'live' });
      counts.orders += 3 * accounts.length;
      for (const account of accounts) await rotate(account);
    },
    async early() {
      for (const number of EARLIER) await trouble(number);
    },
    async minute(number) {
      await trouble(number);
      if (isDue('rotation', number)) await rotate(nextRotated());
      if (isDue('ending', number)) {
        await sim(`/sellers/${nextEnded().login}/kill-sessions`);
        counts.sessionsEnded += 1;
      }
    },
  };
  return life;
}
