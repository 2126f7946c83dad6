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
      'transitions',
      '...stillCounted(account, { now }),',
      'possibleFailures: 0, loginsSent: 0, unclearAttempts: undefined,',
    ),
  },
];
