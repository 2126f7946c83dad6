import type { EpochMillis } from '../base/time.ts';
import type { OrderId } from '../orders/order.ts';

/** The message for a run that is due, was requested, or continues the run before. */
export interface SyncMessage {
  readonly accountId: string;
  /** Time at which the work was due, which tells a late copy from new work. */
  readonly slotMillis: EpochMillis;
  readonly why: 'due' | 'now' | 'follow-on';
}

/** The message for work that was requested besides runs; `slotMillis` is the time of the request. It is never stale. */
export type Errand =
  | {
      readonly accountId: string;
      readonly slotMillis: EpochMillis;
      /** Reads an order again. */
      readonly why: 'repair';
      readonly orderId: OrderId;
    }
  | {
      readonly accountId: string;
      readonly slotMillis: EpochMillis;
      /** Sends orders again. */
      readonly why: 'resend';
      readonly orderIds: readonly OrderId[];
    }
  | {
      readonly accountId: string;
      readonly slotMillis: EpochMillis;
      /**
       * `erase` erases the buyers of all requests of the account, which are kept in a store, so that no queue and no
       * dead letter holds the id of a buyer. `retention` erases buyers' data that have been kept for the time of the
       * setting.
       */
      readonly why: 'erase' | 'retention';
    };

export type WorkMessage = SyncMessage | Errand;

export const isErrand = (message: WorkMessage): message is Errand =>
  ['repair', 'resend', 'erase', 'retention'].includes(message.why);

export interface WorkQueue {
  send(message: WorkMessage): Promise<void>;
}
