import { expect, it } from 'vitest';
import type { LifeCounts } from '../../soak/life.ts';
import { type Ending, explain, failuresOf } from '../../soak/verdict.ts';

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
  explained: [{ measure: 'logins', value: 9, most: 9 }],
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
  ['10 logins, and the work explains 9', { explained: [{ measure: 'logins', value: 10, most: 9 }] }],
  ['NaN logins, and the work explains 9', { explained: [{ measure: 'logins', value: Number.NaN, most: 9 }] }],
  ['sessions: GROWS (1, then 2)', { growth: [{ measure: 'sessions', first: 1, last: 2, verdict: 'GROWS' }] }],
  [
    'sessions: NOT MEASURED (1, then null)',
    { growth: [{ measure: 'sessions', first: 1, last: null, verdict: 'NOT MEASURED' }] },
  ],
])('a soak fails: %s', (sentence, change) => {
  expect(failuresOf({ ...WELL, ...change })).toEqual([sentence]);
});

const TOTALS = {
  ...{ minutes: 30, orders: 100, logins: 85, passingLoginItems: 90 },
  ...{ passingJournalItems: 200, passingRegistryItems: 20 },
};
const WORK = { life: LIFE, accounts: 60, connecting: 60 };
const unexplained = (totals: Record<string, number>) =>
  explain(totals, WORK)
    .filter(({ value, most }) => !(value <= most))
    .map(({ measure }) => measure);

it.each<[string, Record<string, number>]>([
  // 60 to connect, twice 13 for new passwords and ended sessions, two for kills.
  ['logins', { logins: 89 }],
  // 85 heard, 80 spoilt by two outages, two cut off by kills.
  ['login items', { passingLoginItems: 168 }],
  ['journal items', { passingJournalItems: 451 }],
  ['registry items with an end', { passingRegistryItems: 121 }],
])('numbers that the work does not explain are found: %s', (measure, change) => {
  const most = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value - 1]));
  expect(unexplained({ ...TOTALS, ...most })).toEqual([]);
  expect(unexplained({ ...TOTALS, ...change })).toEqual([measure]);
});

it('each account may log in again when its session has reached its age', () => {
  const logins = { ...TOTALS, logins: 85 + 60, passingLoginItems: 85 + 60 };
  expect(unexplained(logins)).toEqual(['logins']);
  expect(unexplained({ ...logins, minutes: 60 })).toEqual([]);
});

it('a number that was not measured is not explained', () => {
  expect(unexplained({})).toHaveLength(4);
});
