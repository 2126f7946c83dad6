import type { Judgement, Seller } from './market.ts';
import type { Process } from './process.ts';

/** One login as it really went, whatever anybody heard of it. */
export interface Attempt {
  readonly process: Process;
  readonly accountId: string;
  readonly seller: Seller;
  readonly version: string;
  readonly password: string;
  readonly versionKey: string | undefined;
  /** When it was written down, and when it left. */
  readonly begunAt: number;
  readonly sentAt: number;
  /** When the client gives up. */
  readonly deadline: number;
  /** Typed by a person and not proven, or permitted by one. */
  readonly asked: boolean;
  judgement?: Judgement;
  /** Its sender has heard a judgement of the password. */
  heard?: boolean;
  /** When it was over on the wire. */
  endedAt?: number;
}
