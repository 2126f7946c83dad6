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
  | EraseRequest
  | {
      readonly accountId: string;
      readonly slotMillis: EpochMillis;
      /** Erases buyers' data that have been kept for the time of the setting. */
      readonly why: 'retention';
    };

/** Erases the data of a buyer from all stored orders. */
export interface EraseRequest {
  readonly accountId: string;
  readonly slotMillis: EpochMillis;
  readonly why: 'erase';
  /** Stands for the id of the buyer, which no queue holds. */
  readonly buyerHash: string;
  /** The last order that an earlier message has looked at. */
  readonly after?: OrderId | undefined;
}

export type WorkMessage = SyncMessage | Errand;

export const isErrand = (message: WorkMessage): message is Errand =>
  ['repair', 'resend', 'erase', 'retention'].includes(message.why);

export interface WorkQueue {
  send(message: WorkMessage): Promise<void>;
}
