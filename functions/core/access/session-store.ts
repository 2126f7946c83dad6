import type { Secret } from '../base/secret.ts';
import type { EpochMillis } from '../base/time.ts';
import type { Shared, Trouble } from '../faults/store.ts';

export interface Session {
  readonly handle: Secret;
  readonly loggedInAtMillis: EpochMillis;
  /** From here on it is renewed when there is a chance. */
  readonly renewAtMillis: EpochMillis;
  readonly expiresAtMillis: EpochMillis;
  readonly egressId: string;
}

export interface SessionStore {
  /** Consistent. */
  read(accountId: string): Promise<Session | undefined>;
  /** The session and what is the matter with its key and address, in one request. Consistent. */
  readWithTroubles(
    accountId: string,
    shared: readonly Shared[],
  ): Promise<{ session?: Session; troubles: readonly Trouble[] }>;
  /** Never replaces a session that is younger. */
  save(accountId: string, session: Session): Promise<void>;
  /** Only if this very handle is still the stored one. */
  drop(accountId: string, handle: Secret): Promise<void>;
  remove(accountId: string): Promise<void>;
}
