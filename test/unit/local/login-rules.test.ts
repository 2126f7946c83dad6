import { describe, expect, it } from 'vitest';
import { brokenRules, type LoggedAttempt } from '../../../infra/local/login-rules.ts';

const second = (at: number): string => new Date(Date.UTC(2026, 0, 1) + at * 1_000).toISOString();

const attempt = (from: number, rest: Partial<LoggedAttempt> = {}): LoggedAttempt => ({
  attemptId: `at${from}`,
  at: second(from),
  endedAt: second(from + 1),
  outcome: 'accepted',
  secretVersion: 'first',
  ...rest,
});

describe('the rules of access, read from a login log', () => {
  it('hold for logins one after the other, also after one whose end nobody knows', () => {
    const unknown = attempt(2, { endedAt: null, outcome: 'unknown' });
    const refused = attempt(4, { outcome: 'password-refused', secretVersion: 'second' });
    const typed = attempt(6, { secretVersion: 'third' });
    expect(brokenRules([attempt(0), unknown, refused, typed], 4)).toEqual([]);
    expect(brokenRules([attempt(0), unknown, refused, typed], 3)).toEqual([]);
    expect(brokenRules([], 0)).toEqual([]);
  });

  it('are broken by a login that the log lacks', () => {
    expect(brokenRules([attempt(0)], 2)).toEqual([
      'the marketplace received 2 logins, and 1 are in the login log',
    ]);
  });

  it('are broken by a login beside another', () => {
    expect(brokenRules([attempt(0, { endedAt: second(5) }), attempt(4)], 2)).toEqual([
      'login at4 began while at0 was under way',
    ]);
  });

  it('are broken by a refused password that is sent again, also later', () => {
    const refused = attempt(0, { outcome: 'password-refused' });
    const other = attempt(2, { secretVersion: 'second' });
    expect(brokenRules([refused, other, attempt(4)], 3)).toEqual([
      'login at4 sent the refused version first again',
    ]);
  });
});
