import { change, type Mutant } from './kit.ts';

/** Mistakes about what an answer proves: replies that are late or lie, people who err, rows of yesterday. */
export const ANSWERS: readonly Mutant[] = [
  {
    rule: '2',
    name: 'forgives any readable fault',
    patches: change('verdict', 'return provesNoJudgement(fault) ?', 'return fault.outcome !== undefined ?'),
  },
  {
    rule: '2',
    name: 'counts only possible failures, and no logins',
    patches: change('guard', ' || loginsSent(account) >= PERMITTED_FAILURES', ''),
  },
  {
    rule: '2',
    name: 'forgets at a success what may be judged yet',
    patches: change(
      'transitions',
      '...stillCounted(account, { now: answer.now, but: answer.attempt.id }),',
      'possibleFailures: 0, loginsSent: 0, unclearAttempts: undefined,',
    ),
  },
  {
    rule: '2',
    name: 'forgets at an unlock what may be judged yet',
    patches: change(
      'requests',
      '...stillCounted(account, { now }),',
      'possibleFailures: 0, loginsSent: 0, unclearAttempts: undefined,',
    ),
  },
  {
    rule: '7',
    name: 'writes the time of a lock anew at the end of the run',
    patches: [
      {
        file: 'sync/conclude.ts',
        from: 'return { ...ended, fault,',
        to: "return { ...ended, ...(met?.reason === 'account-locked' && { lockedAtMillis: now }), fault,",
      },
    ],
  },
  {
    rule: '7',
    name: 'keeps what was typed before an unlock',
    patches: change('requests', 'stagedVersion: undefined,\n      typedVersion: undefined,', ''),
  },
  {
    rule: '7',
    name: 'tries by itself after an unlock of its own caution',
    patches: change(
      'requests',
      'permit: byMarketplace ? true : undefined,\n      typedOnly: byMarketplace ? undefined : true,',
      'permit: true,',
    ),
  },
  {
    rule: '6',
    name: 'takes a restored row as it is',
    patches: change('catch-up', 'if (missing.length === 0) return account;', 'return account;'),
  },
  {
    rule: '5',
    name: 'believes whatever reading of the current password',
    patches: change(
      'material',
      'if (current === undefined || current.version === currentVersion) return current;',
      'if (accountId !== undefined) return current;',
    ),
  },
  {
    rule: '12',
    name: 'sends a secret as it was edited',
    patches: change('material', 'if (complaint !== undefined) throw', 'if (complaint === null) throw'),
  },
  {
    rule: '9',
    name: 'throws a success away that arrives while the account is paused',
    patches: change(
      'transitions',
      "account.phase === 'active' || account.phase === 'paused';",
      "account.phase === 'active';",
    ),
  },
  {
    rule: '9',
    name: 'lets all accounts lose their good passwords',
    patches: change('limits', 'DOUBT = { refusals: 3,', 'DOUBT = { refusals: 300,'),
  },
  {
    rule: '9',
    name: 'sends a refused version as often as a person likes',
    patches: [
      ...change('requests', ' || refusal.resend !== undefined) return undefined;', ') return undefined;'),
    ],
  },
  {
    rule: '3',
    name: 'gives a slow login up',
    patches: change('limits', 'LOGIN_TIMEOUT = { most: 60 * SECOND', 'LOGIN_TIMEOUT = { most: 20 * SECOND'),
  },
  {
    rule: '1',
    name: 'proves the password in use again though its handle lives',
    patches: change(
      'log-in',
      'if (staged === undefined || inUse === undefined || ',
      'if (staged !== null || inUse === undefined || ',
    ),
  },
];
