import type { EpochMillis } from '../base/time.ts';
import type { OrderId } from '../orders/order.ts';

export interface WorkMessage {
  readonly accountId: string;
  /** When it was due: tells a late copy from news. */
  readonly slotMillis: EpochMillis;
  readonly why: 'due' | 'now' | 'follow-on' | 'repair';
  /** The order to read again, of a `repair`. */
  readonly orderId?: OrderId | undefined;
}

export interface WorkQueue {
  send(message: WorkMessage): Promise<void>;
}
