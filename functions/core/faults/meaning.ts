import type { BilingualText } from '../base/text.ts';

/** The remedy for a fault, which also tells who can apply it. */
export type Remedy =
  | 'retry'
  | 'relogin'
  | 'prepare-again'
  | 'new-application-password'
  | 'unlock-on-website'
  | 'key-owner'
  | 'operator'
  | 'configuration'
  | 'bug';

/** The owner of the trouble. Trouble of a key or an address is shared by all accounts behind it. */
export type FaultScope = 'account' | 'key' | 'address';

/** The connection states that a fault can lead to. */
export type FaultState =
  | 'retrying'
  | 'session-unstable'
  | 'needs-app-password'
  | 'locked'
  | 'needs-owner'
  | 'misconfigured'
  | 'unknown-fault';

export interface FaultMeaning {
  readonly remedy: Remedy;
  readonly scope: FaultScope;
  readonly state: FaultState;
  readonly message: BilingualText;
}
