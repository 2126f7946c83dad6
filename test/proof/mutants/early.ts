import { change, type Mutant } from './kit.ts';

/** Mistakes about using handles, counting, silence and leases. */
export const EARLY_RULES: readonly Mutant[] = [
  {
    rule: '1',
    name: 'renews half an hour before the end',
    patches: change('verdict', 'RENEW_EARLIEST = 10 * MINUTE', 'RENEW_EARLIEST = 40 * MINUTE'),
  },
  {
    rule: '1',
    name: 'logs in although the holder before has just stored a handle',
    patches: change('log-in', 'if (lives && (!hasUntried', 'if (session === null && lives && (!hasUntried'),
  },
  {
    rule: '2',
    name: 'does not count before the call',
    patches: change(
      'transitions',
      '...counted(account, { id: begin.attemptId, version, atMillis: now }),\n      recentAttemptsMillis',
      'unclearAttempts: counted(account, { id: begin.attemptId, version, atMillis: now }).unclearAttempts,\n      recentAttemptsMillis',
    ),
  },
  {
    rule: '2',
    name: 'sends although the attempt could not be written down',
    patches: change('log-in', 'if (begun !== undefined && timeoutMillis', 'if (timeoutMillis'),
  },
  {
    rule: '2',
    name: 'goes to three by itself',
    patches: change('limits', 'AUTOMATIC_FAILURES = 2', 'AUTOMATIC_FAILURES = 3'),
  },
  {
    rule: '2',
    name: 'lets people take it to four',
    patches: change('limits', 'PERMITTED_FAILURES = 3', 'PERMITTED_FAILURES = 4'),
  },
  {
    rule: '2',
    name: 'counts anew for each password that is typed',
    patches: change(
      'requests',
      'stagedVersion: stage.version,',
      'stagedVersion: stage.version, possibleFailures: 0,',
    ),
  },
  {
    rule: '2',
    name: 'has no budget',
    patches: change('limits', 'ATTEMPTS = { most: 3', 'ATTEMPTS = { most: 30'),
  },
  {
    rule: '2',
    name: 'does not recognise a refused password',
    patches: change(
      'counting',
      'one.key === other.key && one.print === other.print',
      'one.key === other.key && one.print === other.key',
    ),
  },
  {
    rule: '2',
    name: 'forgets what was sent after a success had cleared the counter',
    patches: change(
      'counting',
      '    : counted(account, attempt);\n  return { possible',
      '    : account;\n  return { possible',
    ),
  },
  {
    rule: '3',
    name: 'forgives an attempt without a readable reply',
    patches: change(
      'verdict',
      "if (fault.outcome === 'unclear') return to.leftUnclear(open)(account);",
      "if (fault.outcome === 'unclear') return to.notJudged(open.id)(account);",
    ),
  },
  {
    rule: '3',
    name: 'takes silence for a refusal',
    patches: change(
      'verdict',
      "if (fault.outcome === 'unclear') return to.leftUnclear(open)(account);",
      "if (fault.outcome === 'unclear') return to.refused({ ...answer, prints, fault: noted })(account);",
    ),
  },
  {
    rule: '3',
    name: 'lets everybody try while the marketplace is silent',
    patches: change('log-in', 'throw new OwnStop(trouble.reason);', 'return endedAtMillis;'),
  },
  {
    rule: '4',
    name: 'takes a lease that another holds',
    patches: change(
      'transitions',
      'plus(heldUntil, CLOCK_SKEW) >= lease.now) return undefined;',
      'lease.now < 0) return undefined;',
    ),
  },
  {
    rule: '4',
    name: 'knows no skew of clocks',
    patches: change('limits', 'CLOCK_SKEW = 30 * SECOND', 'CLOCK_SKEW = 0'),
  },
  {
    rule: '4',
    name: 'frees any lease',
    patches: change(
      'transitions',
      'account.leaseToken === token ? { leaseToken: undefined',
      'account.leaseToken !== undefined ? { leaseToken: undefined',
    ),
  },
  {
    rule: '4',
    name: 'sends however late it is',
    patches: change(
      'log-in',
      'const timeoutMillis = timeoutFrom(deps, now);',
      'const timeoutMillis = LOGIN_TIMEOUT.most;',
    ),
  },
  {
    rule: '4',
    name: 'begins without its lease',
    patches: change('transitions', ' || account.leaseToken !== begin.leaseToken', ''),
  },
  {
    rule: '4',
    name: 'records a success without its lease',
    patches: change(
      'transitions',
      ' || account.leaseToken !== answer.leaseToken) return undefined;',
      ') return undefined;',
    ),
  },
  {
    rule: '5',
    name: 'does not look for a handle again',
    patches: change(
      'log-in',
      'const session = await deps.sessions.read(account.accountId);',
      'const session = undefined as Session | undefined;',
    ),
  },
  {
    rule: '5',
    name: 'begins on what it read, whatever was typed since',
    patches: change('transitions', 'if (isSuperseded(account, version) || ', 'if ('),
  },
];
