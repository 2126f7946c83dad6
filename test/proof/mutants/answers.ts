import { change, type Mutant } from './kit.ts';

/** Mistakes about what an answer proves: late or wrong replies, mistakes of people, restored rows. */
export const ANSWERS: readonly Mutant[] = [
  {
    rule: '2',
    name: 'forgives any readable fault',
    patches: change('lessonOf', 'provesNoJudgement(fault)', 'fault.outcome !== undefined'),
  },
  {
    rule: '2',
    name: 'counts only possible failures, and no logins',
    patches: change('mayAttempt', '|| loginsSent(account) >= PERMITTED_FAILURES', ''),
  },
  {
    rule: '2',
    name: 'forgets at a success what may be judged yet',
    patches: change(
      'succeeded',
      '...stillCounted($1)',
      'possibleFailures: 0, loginsSent: 0, unclearAttempts: undefined',
    ),
  },
  {
    rule: '2',
    name: 'forgets at an unlock what may be judged yet',
    patches: change(
      'unlocked',
      '...stillCounted($1)',
      'possibleFailures: 0, loginsSent: 0, unclearAttempts: undefined',
    ),
  },
  {
    rule: '7',
    name: 'writes the time of a lock anew at the end of the run',
    patches: change(
      'concluded',
      '{ ...ended, fault,',
      "{ ...ended, ...(met?.reason === 'account-locked' && { lockedAtMillis: now }), fault,",
    ),
  },
  {
    rule: '7',
    name: 'keeps what was typed before an unlock',
    patches: [
      ...change('unlocked', 'stagedVersion: undefined,', ''),
      ...change('unlocked', 'typedVersion: undefined,', ''),
    ],
  },
  {
    rule: '7',
    name: 'tries by itself after an unlock of its own caution',
    patches: [
      ...change('unlocked', 'permit: $1', 'permit: true'),
      ...change('unlocked', 'typedOnly: $1,', ''),
    ],
  },
  {
    rule: '6',
    name: 'takes a restored row as it is',
    patches: change('catchUp', 'missing.length === 0', 'true'),
  },
  {
    rule: '5',
    name: 'believes whatever reading of the current password',
    patches: change('passwordInUse', 'current === undefined || current.version === currentVersion', 'true'),
  },
  {
    rule: '12',
    name: 'sends a secret as it was edited',
    patches: change('passwordToTry', 'complaint !== undefined', 'complaint === null'),
  },
  {
    rule: '9',
    name: 'throws a success away that arrives while the account is paused',
    patches: change('succeeded', "|| account.phase === 'paused'", ''),
  },
  {
    rule: '9',
    name: 'lets all accounts lose their good passwords',
    patches: change('DOUBT', 'refusals: $1', 'refusals: 300'),
  },
  {
    rule: '9',
    name: 'sends a refused version as often as a person likes',
    patches: change('resendPermitted', '|| refusal.resend !== undefined', ''),
  },
  {
    rule: '3',
    name: 'gives a slow login up',
    patches: change('LOGIN_TIMEOUT', 'most: $1', 'most: 20 * SECOND'),
  },
  {
    rule: '1',
    name: 'proves the password in use again though its handle lives',
    patches: change('isInUse', 'staged === undefined ||', 'staged !== null ||'),
  },
];
