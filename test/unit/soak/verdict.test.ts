import { expect, it } from 'vitest';
import type { LifeCounts } from '../../soak/life.ts';
import { type Ending, failuresOf, mostLogins } from '../../soak/verdict.ts';

const LIFE: LifeCounts = {
  ...{ orders: 100, rotations: 10, rotationsFailed: 0, outages: 2 },
  ...{ workKilled: 2, sendKilled: 2, notKilled: 0, sessionsEnded: 3 },
};
const account = (state: string) => ({
  login: 'sklep-1',
  connection: { state, reason: null, message: { pl: 'Zablokowane', en: 'Locked' } },
});
const WELL: Ending = {
  accounts: [account('connected'), account('retrying')],
  life: LIFE,
  compared: { made: 100, stored: 100, missing: 0, doubled: 0, different: 0, examples: [] },
  locked: [],
  rulesBroken: [],
  denials: 0,
  growth: [{ measure: 'sessions', first: 1, last: 1, verdict: 'steady' }],
  logins: { made: 9, most: 9 },
};

it('a soak in which all is well has no failure', () => {
  expect(failuresOf(WELL)).toEqual([]);
});

it.each<[string, Partial<Ending>]>([
  ['1 orders are missing', { compared: { ...WELL.compared, missing: 1 } }],
  ['1 orders are doubled', { compared: { ...WELL.compared, doubled: 1 } }],
  ['1 orders are different', { compared: { ...WELL.compared, different: 1 } }],
  ['sklep-1 is locked at the marketplace', { locked: ['sklep-1'] }],
  ['sklep-1 needs a person: locked, Locked', { accounts: [account('locked')] }],
  ['sklep-1 needs a person: needs-app-password, Locked', { accounts: [account('needs-app-password')] }],
  ['the log is broken', { rulesBroken: ['the log is broken'] }],
  ['1 rotations of passwords were refused', { life: { ...LIFE, rotationsFailed: 1 } }],
  ['1 requests were denied: see infra/access.yml', { denials: 1 }],
  ['workKilled: no process was killed at work', { life: { ...LIFE, workKilled: 0 } }],
  ['sendKilled: no process was killed at work', { life: { ...LIFE, sendKilled: 0 } }],
  [
    '10 logins were made, and rotations, ended sessions and kills explain 9',
    { logins: { made: 10, most: 9 } },
  ],
  ['sessions: GROWS (1, then 2)', { growth: [{ measure: 'sessions', first: 1, last: 2, verdict: 'GROWS' }] }],
  [
    'sessions: NOT MEASURED (1, then null)',
    { growth: [{ measure: 'sessions', first: 1, last: null, verdict: 'NOT MEASURED' }] },
  ],
])('a soak fails: %s', (sentence, change) => {
  expect(failuresOf({ ...WELL, ...change })).toEqual([sentence]);
});

it('logins are explained by new passwords, ended sessions, kills, and sessions that reach their age', () => {
  const from = { ...LIFE, rotations: 0, sessionsEnded: 0, workKilled: 0 };
  expect(mostLogins({ accounts: 200, minutes: 30 }, { from, to: LIFE })).toBe(2 * 13 + 2);
  expect(mostLogins({ accounts: 200, minutes: 70 }, { from, to: LIFE })).toBe(200 + 2 * 13 + 2);
});
