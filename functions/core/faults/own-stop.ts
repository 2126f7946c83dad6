import type { EpochMillis } from '../base/time.ts';
import { type FaultReason, MarketplaceFault } from './fault.ts';

/**
 * The marketplace was not asked: our own rules forbid it, until `againAtMillis` where that is known. It is no
 * MarketplaceFault, so that nothing which learns from answers of the marketplace can take it for one.
 */
export class OwnStop extends Error {
  override readonly name = 'OwnStop';
  readonly reason: FaultReason;
  /** Shown where people see the operation that a marketplace refused. */
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

/** What ends work with a marketplace: its own answer, or its silence, or a rule of ours. */
export type Stop = MarketplaceFault | OwnStop;

export const isStop = (error: unknown): error is Stop =>
  error instanceof MarketplaceFault || error instanceof OwnStop;
