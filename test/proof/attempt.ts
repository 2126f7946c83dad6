import type { Judgement, Seller } from './market.ts';
import type { Process } from './process.ts';

/** A login attempt as it really went, whether or not any process heard of it. */
export interface Attempt {
  readonly process: Process;
  readonly accountId: string;
  readonly seller: Seller;
  readonly version: string;
  readonly password: string;
  readonly versionKey: string | undefined;
  /** Time of its note, and time of sending. */
  readonly begunAt: number;
  readonly sentAt: number;
  /** Time at which the client gives up. */
  readonly deadline: number;
  /** Whether a person typed the password, which is not proven yet, or permitted the attempt. */
  readonly asked: boolean;
  judgement?: Judgement;
  /** Whether the sender has heard a judgement of the password. */
  heard?: boolean;
  /** Time at which the attempt was over on the wire. */
  endedAt?: number;
}
