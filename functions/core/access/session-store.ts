import type { Secret } from '../base/secret.ts';
import type { EpochMillis } from '../base/time.ts';
import type { Shared, Trouble } from '../faults/store.ts';

export interface Session {
  readonly handle: Secret;
  readonly loggedInAtMillis: EpochMillis;
  /** Time from which the session is renewed at the next opportunity. */
  readonly renewAtMillis: EpochMillis;
  readonly expiresAtMillis: EpochMillis;
  readonly egressId: string;
}

export interface SessionStore {
  /** The session, read consistently. */
  read(accountId: string): Promise<Session | undefined>;
  /** The session and the troubles of its key and address, in one request, read consistently. */
  readWithTroubles(
    accountId: string,
    shared: readonly Shared[],
  ): Promise<{ session?: Session; troubles: readonly Trouble[] }>;
  /** Saves a session, unless a younger one is stored. */
  save(accountId: string, session: Session): Promise<void>;
  /** Drops the session, only if this handle is still the stored one. */
  drop(accountId: string, handle: Secret): Promise<void>;
  remove(accountId: string): Promise<void>;
}
