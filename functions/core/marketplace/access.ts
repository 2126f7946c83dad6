import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';

export interface Credentials {
  readonly login: string;
  readonly applicationPassword: Secret;
  readonly webapiKey: Secret;
  /** From `fetchVersionKey`, where the marketplace has it. */
  readonly versionKey: string | undefined;
}

export interface Login {
  readonly sessionHandle: Secret;
  readonly userId: string;
  /** The marketplace's clock at login, to measure skew; not a source of expiry. */
  readonly serverTimeSeconds: EpochSeconds;
}
