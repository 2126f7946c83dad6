import type { DueEntry } from '../../functions/core/account/store.ts';
import type { AccountDeps } from '../../functions/core/admin/accounts.ts';
import type { Secret } from '../../functions/core/base/secret.ts';
import type { Clock } from '../../functions/core/base/time.ts';
import { epochMillis, MINUTE, SECOND } from '../../functions/core/base/time.ts';
import type { DriverCache } from '../../functions/core/marketplace/driver.ts';
import type { NotifyDeps } from '../../functions/core/notices/notify.ts';
import type { OrderStore } from '../../functions/core/orders/store.ts';
import type { PlanDeps } from '../../functions/core/run/plan.ts';
import type { RunDeps } from '../../functions/core/run/run.ts';
import { freeLimits } from '../support/free-turns.ts';
import { memoryErasures } from '../support/memory-erasures.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { memoryListed } from '../support/memory-listed.ts';
import { memoryOffers } from '../support/memory-offers.ts';
import { memorySending } from '../support/memory-sending.ts';
import { accountDoor } from './doors/accounts.ts';
import { marketplaceDoor } from './doors/marketplace.ts';
import { passwordDoor } from './doors/secrets.ts';
import { sessionDoor } from './doors/sessions.ts';
import {
  claimDoor,
  KEY_ID,
  keyDoor,
  ledgerDoor,
  noticeDoor,
  sharedKeyDoor,
  troubleDoor,
} from './doors/shared.ts';
import { SECOND_ENTRANCE } from './market.ts';
import { type Process, TIME_OUT } from './process.ts';
import type { Queue } from './queue.ts';
import type { World } from './world.ts';

const SYNC_EVERY = 10 * MINUTE;
const STOPS_AFTER = 80 * SECOND;

const silentLog = { info: () => {}, warn: () => {} };

export type Everything = RunDeps &
  AccountDeps &
  NotifyDeps &
  PlanDeps & { marketplace: ReturnType<typeof marketplaceDoor> };

/** All doors of a process, bound to its clock and its faults. */
export function depsOf(world: World, { process, queue }: { process: Process; queue: Queue }): Everything {
  const { scheduler, store } = world;
  const clock: Clock = () => epochMillis(scheduler.now + process.skewMillis);
  const keys = keyDoor(world, process);
  const { identity } = world.market.settings;
  const behind = (cache: DriverCache) => marketplaceDoor(world, process, cache);
  const marketplace = behind(keys.cacheOf({ keyId: KEY_ID, identity }));
  const passwords = passwordDoor(world, process);
  const access: RunDeps['access'] = {
    sessions: sessionDoor(world, process),
    passwords,
    keys,
    troubles: troubleDoor(world, process),
    ledger: ledgerDoor(world, process),
    claims: claimDoor(world, process),
    loginKey: async (login) => login,
    // Stands for a keyed fingerprint, because fingerprints are only compared.
    fingerprint: async (password: Secret) => [{ key: 'k1', print: `print of ${password.reveal()}` }],
    worker: `p${process.id}`,
    egressId: process.egressId,
  };
  const call = <T>(door: string, backend: 'store' | 'queue', effect: () => T) =>
    world.calls.make(process, { door, backend, effect });
  return {
    clock,
    marketplace,
    driverOf: (id) => {
      const settings = id === SECOND_ENTRANCE.id ? SECOND_ENTRANCE : world.market.settings;
      return { settings, open: ({ cache }) => ({ ...behind(cache), settings }) };
    },
    limits: freeLimits,
    accounts: accountDoor(world, process),
    access,
    // Requests of people get single doors.
    passwords,
    claims: access.claims,
    loginKey: access.loginKey,
    fingerprint: access.fingerprint,
    sharedKeys: sharedKeyDoor(world, process),
    troubleNotices: noticeDoor(world, process),
    identityOf: () => marketplace.settings.identity,
    keptMillis: 'for-ever',
    endsAtMillis: epochMillis(process.startedAt + TIME_OUT[process.kind] + process.skewMillis),
    orders: noOrders,
    journal: memoryJournal(),
    listed: memoryListed(),
    erasures: memoryErasures().store,
    offers: memoryOffers(),
    sending: memorySending().store,
    queue: { send: (message) => call('queue.send', 'queue', () => queue.send(message)) },
    bus: { publish: (event) => call('bus.publish', 'queue', () => world.watch.published(event)) },
    due: {
      pages: (byMillis) => pages(world, { process, of: 'due', byMillis }),
      beyond: (afterMillis) => pages(world, { process, of: 'due', afterMillis }),
      move: ({ accountId, dueAtMillis }, toMillis) =>
        call('due.move', 'store', () => {
          const row = store.rows.get(accountId);
          if (row?.dueAtMillis !== dueAtMillis) return;
          world.write(process, { accountId, after: { ...row, dueAtMillis: toMillis } });
        }),
    },
    notices: { pages: (byMillis) => pages(world, { process, of: 'notify', byMillis }) },
    log: silentLog,
    newId: () => world.newId('id'),
    newVersion: () => world.newId('v'),
    random: () => process.dice.next(),
    sleep: (millis) => world.sleep(process, millis),
    pollInterval: { busyMillis: SYNC_EVERY, quietMillis: SYNC_EVERY },
    outOfTime: () => scheduler.now - process.startedAt > STOPS_AFTER,
  };
}

/** All entries in a single page, because a schedule has few accounts. */
async function* pages(
  world: World,
  query: { process: Process; of: 'due' | 'notify'; byMillis?: number; afterMillis?: number },
): AsyncGenerator<DueEntry[]> {
  const { byMillis = Number.POSITIVE_INFINITY, afterMillis = Number.NEGATIVE_INFINITY } = query;
  const effect = (): DueEntry[] =>
    [...world.store.index].flatMap(([accountId, entry]) => {
      const at = entry[query.of];
      return at === undefined || at > byMillis || at <= afterMillis
        ? []
        : [{ accountId, dueAtMillis: epochMillis(at) }];
    });
  yield await world.calls.make(query.process, { door: `${query.of}.pages`, backend: 'store', effect });
}

const unused = (): Promise<never> => Promise.reject(new Error('no orders here'));

/** A store without orders: the proof is about logins, and its journals are empty. */
const noOrders: OrderStore = {
  page: unused,
  readMany: async () => new Map(),
  put: unused,
  announce: unused,
  pages: unused,
  lastPage: unused,
  putPage: unused,
  removeAll: async () => {},
};
