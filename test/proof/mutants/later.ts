import { change, type Mutant } from './kit.ts';

/** Mistakes about verdicts, locks, lifetimes, faults, handles, passwords, removal, and telling. */
export const LATER_RULES: readonly Mutant[] = [
  {
    rule: '6',
    name: 'does not record a refusal that it hears late',
    patches: change(
      'transitions',
      'const onlyStaged = version === account.stagedVersion && version !== account.currentVersion;',
      'if (isLate(account, answer)) return undefined; const onlyStaged = version === account.stagedVersion && version !== account.currentVersion;',
    ),
  },
  {
    rule: '6',
    name: 'tries a refused version again',
    patches: change('guard', "return verdict?.outcome === 'refused' || ", 'return '),
  },
  {
    rule: '6',
    name: 'lets a late refusal speak for the account',
    patches: change('transitions', ' && !isLate(account, answer)', ''),
  },
  {
    rule: '6',
    name: 'lets a late captcha fault lock again',
    patches: change('transitions', 'const late = isLate(account, answer);', 'const late = false;'),
  },
  {
    rule: '6',
    name: 'lets a late success clear the counter',
    patches: change(
      'transitions',
      '      ...forgiven(account, attempt.id),\n      ...(version',
      '      possibleFailures: 0,\n      ...(version',
    ),
  },
  {
    rule: '7',
    name: 'ignores the lock',
    patches: change(
      'guard',
      "if (isLocked(account)) return { allowed: false, reason: 'account-locked' };",
      '',
    ),
  },
  {
    rule: '7',
    name: 'tries more than once after an unlock',
    patches: change('guard', 'if (unlockIsSpent(account) && ', 'if (account === null && '),
  },
  {
    rule: '7',
    name: 'takes three hundred unlocks a day',
    patches: change('limits', 'UNLOCKS = { most: 3,', 'UNLOCKS = { most: 300,'),
  },
  {
    rule: '7',
    name: 'takes an unlock while a login is under way, and forgets that login',
    patches: [
      ...change('state', ' && !isUnderWay(account))', ')'),
      ...change(
        'counting',
        'id !== use.but && atMillis > use.now - JUDGED_WITHIN',
        'id !== use.but && atMillis < 0',
      ),
    ],
  },
  {
    rule: '7',
    name: 'revives refused passwords with an unlock',
    patches: change(
      'requests',
      'unlockedAtMillis: laterThanAll(account, now),',
      'unlockedAtMillis: now, verdicts: {},',
    ),
  },
  {
    rule: '8',
    name: 'leaves expiry to the TTL',
    patches: change(
      'usable',
      'if (plus(context.clock(), LAST_MOMENT) >= session.expiresAtMillis) return false;',
      '',
    ),
  },
  {
    rule: '9',
    name: 'takes any answer for a refusal',
    patches: change(
      'verdict',
      "if (meaningOf(fault.reason).remedy === 'new-application-password') {",
      'if (account !== null) {',
    ),
  },
  {
    rule: '9',
    name: 'logs in while the key is in trouble',
    patches: change('troubles', 'throw new OwnStop(first.trouble.reason);', 'return;'),
  },
  {
    rule: '9',
    name: 'does not fetch a stale version key again',
    patches: change(
      'log-in',
      '{ keyId: account.webapiKeyId, fresh: true }',
      '{ keyId: account.webapiKeyId, fresh: false }',
    ),
  },
  {
    rule: '9',
    name: 'tries again by a timer what nobody understands',
    patches: [{ file: 'sync/due.ts', from: 'if (needsPerson(state)) return undefined;', to: '' }],
  },
  {
    rule: '10',
    name: 'logs in again as often as a handle dies',
    patches: change(
      'session',
      'if (!isSessionEnd(error) || replaced) throw error;',
      'if (!isSessionEnd(error)) throw error;',
    ),
  },
  {
    rule: '10',
    name: 'gives young handles no second chance',
    patches: change('session', 'const YOUNG = 30 * SECOND', 'const YOUNG = 0 * SECOND'),
  },
  {
    rule: '10',
    name: 'logs in however often sessions die',
    patches: change(
      'limits',
      'EARLY_DEATH = { age: 15 * MINUTE, most: 3,',
      'EARLY_DEATH = { age: 15 * MINUTE, most: 300,',
    ),
  },
  {
    rule: '11',
    name: 'uses a handle from any address',
    patches: change(
      'usable',
      'return context.egressId === UNPINNED || session.egressId === context.egressId;',
      'return true;',
    ),
  },
  {
    rule: '12',
    name: 'puts a new password into use before its verdict',
    patches: change(
      'requests',
      'stagedVersion: stage.version,',
      'stagedVersion: stage.version, currentVersion: stage.version,',
    ),
  },
  {
    rule: '12',
    name: 'lets the refusal of a new password stop the old one',
    patches: change('transitions', '...(!onlyStaged && ', '...('),
  },
  {
    rule: '12',
    name: 'logs in before a promotion is finished',
    patches: change(
      'material',
      'if (account.promoteVersion === undefined) return account;',
      'return account;',
    ),
  },
  {
    rule: '12',
    name: 'promotes over what a person has rotated since',
    patches: change(
      'material',
      'const known = current !== undefined && (',
      'const known = current !== undefined || (',
    ),
  },
  {
    rule: '13',
    name: 'stores the handle of a seller that another account has',
    patches: change('verdict', 'if (stop === undefined) {', 'if (stop !== null) {'),
  },
  {
    rule: '13',
    name: 'stores a handle after removal and leaves it there',
    patches: change('verdict', 'await persist(() => dropIfRemoved(deps, { accountId, session }));', ''),
  },
  {
    rule: '13',
    name: 'forgets the handle when it removes',
    patches: [{ file: 'sync/remove.ts', from: 'await deps.sessions.remove(accountId);', to: '' }],
  },
  {
    rule: '13',
    name: 'forgets the secret when it removes',
    patches: [{ file: 'sync/remove.ts', from: 'await deps.passwords.remove(accountId);', to: '' }],
  },
  {
    rule: '13',
    name: 'leaves a cut-off creation alone',
    patches: [
      { file: 'sync/remove.ts', from: "account.phase === 'creating' && now >=", to: 'now < 0 && now >=' },
    ],
  },
  {
    rule: '13',
    name: 'activates before the secret is stored',
    patches: [{ file: 'add-account.ts', from: "phase: 'creating',", to: "phase: 'active'," }],
  },
  {
    rule: 'tell',
    name: 'does not write what is to be told with the change',
    patches: change('amend', 'changes: { ...changes, ...told }', 'changes'),
  },
  {
    rule: 'tell',
    name: 'notes that it has told before it tells',
    patches: [
      {
        file: 'tell.ts',
        from: 'await publish(deps, accountEvent(account, { type, tidings: toTell }));\n    await amend(deps, accountId, { to: told(toTell, now) });',
        to: 'await amend(deps, accountId, { to: told(toTell, now) });\n    await publish(deps, accountEvent(account, { type, tidings: toTell }));',
      },
    ],
  },
];
