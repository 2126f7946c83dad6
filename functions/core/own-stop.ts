import { type FaultReason, MarketplaceFault } from './faults.ts';
import type { EpochMillis } from './time.ts';

/** Nothing was asked of the marketplace: we stopped ourselves, until `againAtMillis` where that is known. */
export class OwnStop extends MarketplaceFault {
  readonly againAtMillis: EpochMillis | undefined;

  constructor(reason: FaultReason, more: { againAtMillis?: EpochMillis | undefined; code?: string } = {}) {
    super({ reason, outcome: 'not-sent', operation: 'guard', code: more.code });
    this.againAtMillis = more.againAtMillis;
  }
}
