import type { EpochMillis } from '../base/time.ts';
import type { OrderId } from '../orders/order.ts';

/** A run that is due, or was asked for, or goes on with the one before. */
export interface SyncMessage {
  readonly accountId: string;
  /** Time at which the work was due, which tells a late copy from new work. */
  readonly slotMillis: EpochMillis;
  readonly why: 'due' | 'now' | 'follow-on';
}

/** Something that somebody asked for beside the runs; `slotMillis` is when. It is never stale. */
export type Errand =
  | {
      readonly accountId: string;
      readonly slotMillis: EpochMillis;
      /** An order is to be read again. */
      readonly why: 'repair';
      readonly orderId: OrderId;
    }
  | {
      readonly accountId: string;
      readonly slotMillis: EpochMillis;
      /** Orders are to be told again. */
      readonly why: 'resend';
      readonly orderIds: readonly OrderId[];
    };

export type WorkMessage = SyncMessage | Errand;

export const isErrand = (message: WorkMessage): message is Errand =>
  message.why === 'repair' || message.why === 'resend';

export interface WorkQueue {
  send(message: WorkMessage): Promise<void>;
}
