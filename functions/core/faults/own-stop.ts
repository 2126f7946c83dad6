import type { EpochMillis } from '../base/time.ts';
import { type FaultReason, MarketplaceFault } from './fault.ts';

/**
 * A stop by our own rules, without asking the marketplace, until `againAtMillis` if that is known. Not a
 * MarketplaceFault, so that code which learns from answers of the marketplace cannot take it for one.
 */
export class OwnStop extends Error {
  override readonly name = 'OwnStop';
  readonly reason: FaultReason;
  /** Shown in the place of the operation that a marketplace refused. */
  readonly operation = 'guard';
  readonly code: string | undefined;
  readonly againAtMillis: EpochMillis | undefined;

  constructor(reason: FaultReason, more: { againAtMillis?: EpochMillis | undefined; code?: string } = {}) {
    super(['guard', reason, more.code].filter(Boolean).join(': '));
    this.reason = reason;
    this.code = more.code;
    this.againAtMillis = more.againAtMillis;
  }
}

/** An error that ends work with a marketplace: its answer, its silence, or a rule of our own. */
export type Stop = MarketplaceFault | OwnStop;

export const isStop = (error: unknown): error is Stop =>
  error instanceof MarketplaceFault || error instanceof OwnStop;
