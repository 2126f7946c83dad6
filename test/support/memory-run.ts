import { randomUUID } from 'node:crypto';
import type { KeyStore } from '../../functions/core/access/key-store.ts';
import type { SessionStore } from '../../functions/core/access/session-store.ts';
import { Secret } from '../../functions/core/base/secret.ts';
import { type Clock, epochMillis, SECOND } from '../../functions/core/base/time.ts';
import type { Marketplace } from '../../functions/core/marketplace/marketplace.ts';
import type { RunDeps } from '../../functions/core/run/run.ts';
import { driverOver, freeLimits } from './free-turns.ts';
import { memoryCache } from './memory-cache.ts';
import { memoryErasures } from './memory-erasures.ts';
import { memoryListed } from './memory-listed.ts';
import { memoryOffers } from './memory-offers.ts';
import { memorySending } from './memory-sending.ts';

/** End of all claims, later than any run and any session of these tests. */
export const CLAIM_ENDS = 126 * SECOND;

/** A store that a test of orders never calls. */
const absent = <Door extends object>(): Door => ({}) as Door;

const FOR_EVER = epochMillis(Number.MAX_SAFE_INTEGER);

type Stores = Pick<RunDeps, 'accounts' | 'orders' | 'journal'> &
  Partial<Pick<RunDeps, 'listed' | 'erasures'>>;

/** Dependencies of runs of an account over the given stores, with a session that never ends. */
export function memoryRunDeps(
  stores: Stores,
  { handle, marketplace, clock }: { marketplace: Marketplace; clock: Clock; handle?: Secret },
): Omit<RunDeps, 'outOfTime'> {
  const session = {
    handle: handle ?? new Secret('handle'),
    loggedInAtMillis: epochMillis(0),
    renewAtMillis: FOR_EVER,
    expiresAtMillis: FOR_EVER,
    egressId: 'unpinned',
  };
  return {
    listed: memoryListed(),
    erasures: memoryErasures().store,
    offers: memoryOffers(),
    sending: memorySending().store,
    ...stores,
    access: {
      passwords: absent(),
      claims: absent(),
      loginKey: async (login) => login,
      troubles: absent(),
      keys: { ...absent<KeyStore>(), cacheOf: () => memoryCache() },
      ledger: absent(),
      fingerprint: () => Promise.reject(new Error('no logins here')),
      sessions: { ...absent<SessionStore>(), readWithTroubles: async () => ({ session, troubles: [] }) },
      egressId: 'unpinned',
      worker: 'w1',
    },
    identityOf: (id) => id,
    endsAtMillis: FOR_EVER,
    keptMillis: 'for-ever',
    queue: { send: async () => undefined },
    log: { info: () => undefined, warn: () => undefined },
    driverOf: () => driverOver(marketplace),
    limits: freeLimits,
    pollInterval: { busyMillis: 0, quietMillis: 0 },
    clock,
    newId: randomUUID,
    random: () => 0.5,
    sleep: async () => undefined,
  };
}
