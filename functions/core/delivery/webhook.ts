import type { Secret } from '../base/secret.ts';
import type { EpochMillis } from '../base/time.ts';
import type { OrderEventType } from './events.ts';

/** A registered server of a client, which is told of order changes. */
export interface Webhook {
  readonly webhookId: string;
  /** The client that registered it, and whose accounts it serves; absent in webhooks from before there were clients. */
  readonly clientId?: string;
  readonly url: string;
  /** Ids of accounts; absent for all, later ones included. */
  readonly accountIds?: readonly string[];
  /** Types of events; absent for all. */
  readonly types?: readonly OrderEventType[];
  readonly createdAtMillis: EpochMillis;
  readonly secretVersion: string;
  /** Old secrets, one at most, that also sign until then, so that the receiver has time to change over. */
  readonly oldSecrets?: readonly { readonly version: string; readonly untilMillis: EpochMillis }[];
  /** Time since which nothing is sent: the receiver answered 410, or the webhook is being removed. */
  readonly disabledAtMillis?: EpochMillis;
  /** Whether the webhook is not in use yet, as after a registration that was cut off. */
  readonly incomplete?: boolean;
  /** Number of writes of the row. */
  readonly revision: number;
}

/** The reason of a failed attempt; never the receiver's text, which may hold secrets. */
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
  /** HTTP status of the answer, if `reason` is `status`. */
  readonly status?: number;
}

export interface WebhookSecrets {
  /**
   * Stores the first version. Returns the id that the secret store gave it, which may differ from the one asked for.
   */
  create(webhookId: string, secret: { version: string; value: Secret }): Promise<string>;
  /** Labels exactly these versions, because the secret store may delete versions without a label. */
  hold(webhookId: string, versions: readonly string[]): Promise<void>;
  /** Makes a new version, with a label. Returns its id in the secret store. */
  add(webhookId: string, secret: { version: string; value: Secret }): Promise<string>;
  read(webhookId: string, version: string): Promise<Secret | undefined>;
  remove(webhookId: string): Promise<void>;
}

/** The connection to servers of clients. Reaches public addresses only, and follows no redirect. */
export interface WebhookDoor {
  /** The reason why a host must not be reached; undefined if all its addresses may be. */
  refusal(url: string): Promise<'unknown-host' | 'refused-address' | undefined>;
  /** The status of the answer, or the reason why there was none. */
  post(request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }): Promise<number | Exclude<DeliveryError['reason'], 'status' | 'no-secret'>>;
}
