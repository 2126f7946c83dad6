import type { EpochMillis } from '../base/time.ts';
import type { OrderId } from './order.ts';

/** A request to erase the data of a buyer of an account. */
export interface Erasure {
  readonly requestId: string;
  /** Id of the buyer at the marketplace. */
  readonly buyerId: string;
  /** The last order that was looked at; absent before the first. */
  readonly after?: OrderId | undefined;
}

/** The requests to erase buyers' data that are not carried out yet. */
export interface ErasureStore {
  /** Keeps a request until it is removed. `plan` has it carried out from `againAtMillis` on. */
  put(accountId: string, request: Erasure & { againAtMillis: EpochMillis }): Promise<void>;
  /** The requests for an account, read consistently. */
  of(accountId: string): Promise<Erasure[]>;
  /** Notes how far these requests have come; does nothing for a request that was removed. */
  reach(accountId: string, requestIds: readonly string[], after: OrderId): Promise<void>;
  remove(accountId: string, requestIds: readonly string[]): Promise<void>;
}

export interface ErasureEntry {
  readonly accountId: string;
  readonly requestId: string;
  /** Time when the message about the request has to be sent again. */
  readonly againAtMillis: EpochMillis;
}

/** The requests of all accounts, without the buyers that they name. */
export interface ErasureIndex {
  pages(): AsyncIterable<readonly ErasureEntry[]>;
  /** Moves the time of a request that was not removed. */
  move(entry: ErasureEntry, toMillis: EpochMillis): Promise<void>;
}
