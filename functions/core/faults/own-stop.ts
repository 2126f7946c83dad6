import type { EpochMillis } from '../base/time.ts';
import { type FaultReason, MarketplaceFault } from './fault.ts';

/** Nothing was asked of the marketplace: we stopped ourselves, until `againAtMillis` where that is known. */
export class OwnStop extends MarketplaceFault {
  readonly againAtMillis: EpochMillis | undefined;

  constructor(reason: FaultReason, more: { againAtMillis?: EpochMillis | undefined; code?: string } = {}) {
    super({ reason, outcome: 'not-sent', operation: 'guard', code: more.code });
    this.againAtMillis = more.againAtMillis;
  }
}
