import { describe, expect, it } from 'vitest';
import { type FaultReason, MarketplaceFault, meaningOf } from '../../../../functions/core/faults/fault.ts';
import { FAULTS } from '../../../../functions/core/faults/meanings.ts';

const reasons = Object.keys(FAULTS) as FaultReason[];

describe.each(reasons)('%s', (reason) => {
  it('says what to do in Polish and in English', () => {
    const { pl, en } = meaningOf(reason).message;
    expect(pl).not.toBe(en);
    for (const text of [pl, en]) expect(text).toMatch(/^\p{Lu}.{25,}\.$/u);
  });
});

it('is retried by itself only where no person is needed', () => {
  const retrying = reasons.filter((reason) => meaningOf(reason).state === 'retrying');
  expect(retrying.filter((reason) => meaningOf(reason).remedy !== 'retry')).toEqual([]);
  expect(retrying).not.toContain('password-refused');
  expect(retrying).not.toContain('unknown-fault');
});

it('belongs to the key or the address where all their accounts share it', () => {
  expect(meaningOf('key-refused').scope).toBe('key');
  expect(meaningOf('key-rate-limited').scope).toBe('key');
  expect(meaningOf('address-blocked').scope).toBe('address');
  expect(meaningOf('password-refused').scope).toBe('account');
});

it('a refused password waits for a new one, a locked account for its website', () => {
  expect(meaningOf('password-refused')).toMatchObject({
    remedy: 'new-application-password',
    state: 'needs-app-password',
  });
  expect(meaningOf('account-locked')).toMatchObject({ remedy: 'unlock-on-website', state: 'locked' });
});

describe('MarketplaceFault', () => {
  it('says everything in one line', () => {
    const fault = new MarketplaceFault({
      reason: 'password-refused',
      outcome: 'answered',
      operation: 'doLogin',
      code: 'ERR_USER_PASSWD',
      text: 'no',
    });
    expect(fault.message).toBe('doLogin: password-refused: ERR_USER_PASSWD: no');
    expect(fault).toMatchObject({ reason: 'password-refused', outcome: 'answered', code: 'ERR_USER_PASSWD' });
    expect(fault).toBeInstanceOf(Error);
  });

  it('leaves out what it does not know', () => {
    const fault = new MarketplaceFault({ reason: 'unreachable', outcome: 'not-sent', operation: 'doLogin' });
    expect(fault.message).toBe('doLogin: unreachable');
    expect(fault.code).toBeUndefined();
  });
});
