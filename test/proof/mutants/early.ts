import { change, type Mutant } from './kit.ts';

/** Mistakes about using handles, counting, silence and leases. */
export const EARLY_RULES: readonly Mutant[] = [
  {
    rule: '1',
    name: 'renews half an hour before the end',
    patches: change('RENEW_EARLIEST', '= $1', '= 40 * MINUTE'),
  },
  {
    rule: '1',
    name: 'logs in although the holder before has just stored a handle',
    patches: change('storedOrNew', 'lives &&', 'session === null && lives &&'),
  },
  {
    rule: '2',
    name: 'does not count before the call',
    patches: change('beginAttempt', '...counted($1)', 'unclearAttempts: counted($1).unclearAttempts'),
  },
  {
    rule: '2',
    name: 'sends although the attempt could not be written down',
    patches: change('begin', 'begun !== undefined &&', ''),
  },
  { rule: '2', name: 'goes to three by itself', patches: change('AUTOMATIC_FAILURES', '= $1', '= 3') },
  { rule: '2', name: 'lets people take it to four', patches: change('PERMITTED_FAILURES', '= $1', '= 4') },
  {
    rule: '2',
    name: 'counts anew for each password that is typed',
    patches: change('staged', 'stagedVersion: $1', 'stagedVersion: $1, possibleFailures: 0'),
  },
  { rule: '2', name: 'has no budget', patches: change('ATTEMPTS', 'most: $1', 'most: 30') },
  {
    rule: '2',
    name: 'does not recognise a refused password',
    patches: change('isSame', 'one.print === other.print', 'one.print === other.key'),
  },
  {
    rule: '2',
    name: 'forgets what was sent after a success had cleared the counter',
    patches: change('judged', ': counted(account, attempt)', ': account'),
  },
  {
    rule: '3',
    name: 'forgives an attempt without a readable reply',
    patches: change(
      'lessonOf',
      "=== 'unclear') return $1",
      "=== 'unclear') return to.notJudged(open.id)(account)",
    ),
  },
  {
    rule: '3',
    name: 'takes silence for a refusal',
    patches: change(
      'lessonOf',
      "=== 'unclear') return $1",
      "=== 'unclear') return to.refused({ ...answer, prints, fault: noted })(account)",
    ),
  },
  {
    rule: '3',
    name: 'lets everybody try while the marketplace is silent',
    patches: change(
      'marketplaceAnswers',
      'throw new OwnStop($1)',
      'return { answeringSinceMillis, elected: false }',
    ),
  },
  {
    rule: '4',
    name: 'takes a lease that another holds',
    patches: change('takeLease', 'plus(heldUntil, CLOCK_SKEW) >= lease.now', 'lease.now < 0'),
  },
  {
    rule: '4',
    name: 'believes whatever end of a lease is stored',
    patches: change('leaseHeldUntil', 'leaseUntilMillis > plus(longest, CLOCK_SKEW)', 'false'),
  },
  {
    rule: '4',
    name: 'takes a lease of a clock ahead at once',
    patches: change('leaseHeldUntil', '? longest', '? plus(now, -LEASE)'),
  },
  {
    rule: '4',
    name: 'cuts the lease of a clock ahead down anew each time',
    patches: change('takeLease', 'heldUntil === account.leaseUntilMillis', 'true'),
  },
  {
    rule: '4',
    name: 'waits with a removal for a lease of a clock ahead',
    patches: change('takenForRemoval', 'leaseHeldUntil($1)', 'account.leaseUntilMillis'),
  },
  { rule: '4', name: 'knows no skew of clocks', patches: change('CLOCK_SKEW', '= $1', '= 0') },
  {
    rule: '4',
    name: 'frees any lease',
    patches: change('releaseLease', 'account.leaseToken === token', 'account.leaseToken !== undefined'),
  },
  {
    rule: '4',
    name: 'sends however late it is',
    patches: change('begin', 'const timeoutMillis = $1', 'const timeoutMillis = LOGIN_TIMEOUT.most'),
  },
  {
    rule: '4',
    // A lease outlives the invocation that takes it, so that the time left for a login already stops a worker without
    // its lease. The check of the token alone stops one whose clock was set back, which no schedule does.
    name: 'begins without its lease, however late it is',
    noticedBy: '4 only the holder logs in',
    patches: [
      ...change('beginAttempt', '|| account.leaseToken !== begin.leaseToken', ''),
      ...change('begin', 'const timeoutMillis = $1', 'const timeoutMillis = LOGIN_TIMEOUT.most'),
    ],
  },
  {
    rule: '4',
    name: 'records a success without its lease',
    patches: change('succeeded', '|| account.leaseToken !== answer.leaseToken', ''),
  },
  {
    rule: '5',
    name: 'does not look for a handle again',
    patches: change('storedOrNew', 'await deps.sessions.read($1)', '(undefined as Session | undefined)'),
  },
  {
    rule: '5',
    name: 'begins on what it read, whatever was typed since',
    patches: change('beginAttempt', 'isSuperseded(account, version) ||', ''),
  },
];
