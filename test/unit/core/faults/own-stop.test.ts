import { describe, expect, expectTypeOf, it } from 'vitest';
import { nextFault } from '../../../../functions/core/account/fault.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { isStop, OwnStop, type Stop } from '../../../../functions/core/faults/own-stop.ts';

describe('OwnStop', () => {
  it('is no MarketplaceFault, at run time and for the compiler', () => {
    expect(new OwnStop('attempts-budget')).not.toBeInstanceOf(MarketplaceFault);
    expectTypeOf<OwnStop>().not.toExtend<MarketplaceFault>();
    expectTypeOf<MarketplaceFault>().not.toExtend<OwnStop>();
  });

  it('says everything in one line', () => {
    const stop = new OwnStop('seller-connected-twice', { code: 'acc-1' });
    expect(stop.message).toBe('guard: seller-connected-twice: acc-1');
    expect(stop).toMatchObject({ reason: 'seller-connected-twice', code: 'acc-1', operation: 'guard' });
  });

  it('has no outcome of a call, so that whoever learns from outcomes must tell the two apart', () => {
    expectTypeOf<Stop>().not.toHaveProperty('outcome');
    // Code that learns from answers of the marketplace accepts no OwnStop; code that shows reasons to people
    // accepts both.
    expectTypeOf(nextFault).parameter(1).toEqualTypeOf<Stop>();
  });
});

it('isStop knows both, and no other error', () => {
  const fault = new MarketplaceFault({ reason: 'business', outcome: 'answered', operation: 'sales' });
  expect([fault, new OwnStop('calls-budget')].every(isStop)).toBe(true);
  expect([new Error('store'), new RangeError('x'), undefined, 'business'].some(isStop)).toBe(false);
});
