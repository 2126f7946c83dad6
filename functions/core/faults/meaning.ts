import type { BilingualText } from '../base/text.ts';

/** Who can mend it, and how. */
export type Remedy =
  | 'retry'
  | 'relogin'
  | 'refresh-version-key'
  | 'new-application-password'
  | 'unlock-on-website'
  | 'key-owner'
  | 'operator'
  | 'configuration'
  | 'bug';

/** What the trouble belongs to: trouble of a key or an address is shared by all accounts behind it. */
export type FaultScope = 'account' | 'key' | 'address';

/** The connection states that a fault can lead to; the others are reached without one. */
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
