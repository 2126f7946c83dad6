import type { Secret } from '../base/secret.ts';
import type { EpochMillis } from '../base/time.ts';
import type { OrderEventType } from './events.ts';

/** A registered server of a client that is told of order changes. */
export interface Webhook {
  readonly webhookId: string;
  readonly url: string;
  /** Absent: all accounts, later ones too. */
  readonly accountIds?: readonly string[];
  /** Absent: all types. */
  readonly types?: readonly OrderEventType[];
  readonly createdAtMillis: EpochMillis;
  readonly secretVersion: string;
  /** Signs too until then, so that the receiver has time to change over; one at most. */
  readonly oldSecrets?: readonly { readonly version: string; readonly untilMillis: EpochMillis }[];
  /** Since then nothing is sent: the receiver has answered 410, or it is being removed. */
  readonly disabledAtMillis?: EpochMillis;
  /** Not in use yet; a registration that was cut off leaves it so. */
  readonly incomplete?: boolean;
  /** Counts the writes of the row. */
  readonly revision: number;
}

/** Why an attempt came to nothing; never what the receiver wrote. */
export interface DeliveryError {
  readonly atMillis: EpochMillis;
  readonly reason:
    | 'status'
    | 'time-out'
    | 'unknown-host'
    | 'refused-address'
    | 'tls'
    | 'connection'
    | 'no-secret';
  /** HTTP status of the answer, where `reason` is `status`. */
  readonly status?: number;
}

export interface WebhookSecrets {
  create(webhookId: string, secret: { version: string; value: Secret }): Promise<void>;
  /** Labels exactly these versions, so that the secret store keeps them; one without a label it may delete. */
  hold(webhookId: string, versions: readonly string[]): Promise<void>;
  /** Makes a new version, with a label. */
  add(webhookId: string, secret: { version: string; value: Secret }): Promise<void>;
  read(webhookId: string, version: string): Promise<Secret | undefined>;
  remove(webhookId: string): Promise<void>;
}

/** Somebody else's server. Only public addresses are reached, and no redirect is followed. */
export interface WebhookDoor {
  /** Undefined if the host has only addresses that may be reached. */
  refusal(url: string): Promise<'unknown-host' | 'refused-address' | undefined>;
  /** The status of the answer, or why there was none. */
  post(request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }): Promise<number | Exclude<DeliveryError['reason'], 'status' | 'no-secret'>>;
}
