import { change, type Mutant } from './kit.ts';

/** Mistakes about verdicts, locks, lifetimes, faults, handles, passwords, removal, and notices. */
export const LATER_RULES: readonly Mutant[] = [
  {
    rule: '6',
    name: 'does not record a refusal that it hears late',
    patches: change(
      'refused',
      'const isInUse =',
      'if (isLate(account, answer)) return undefined; const isInUse =',
    ),
  },
  {
    rule: '6',
    name: 'tries a refused version again',
    patches: change('isRefused', "verdict?.outcome === 'refused' ||", ''),
  },
  {
    rule: '6',
    name: 'lets a late captcha fault lock again',
    patches: change('locked', 'const late = $1', 'const late = false'),
  },
  {
    rule: '6',
    name: 'lets a late success clear the counter',
    patches: change('acceptedLate', '...forgiven(account, attempt.id)', 'possibleFailures: 0'),
  },
  {
    rule: '6',
    name: 'sends a refused password again once for each version',
    patches: change('refused', '|| wasResent(account, answer.prints)', ''),
  },
  {
    rule: '6',
    name: 'sends a refused password again although another was accepted since',
    patches: change('withAccepted', 'isOver(one) ? $1 : one', 'one'),
  },
  {
    rule: '7',
    name: 'keeps the permission to send a refused password again over an unlock',
    patches: [
      ...change('unlocked', 'verdicts: $1', 'verdicts: account.verdicts'),
      ...change('resendPermitted', 'isExhausted(account) ||', ''),
    ],
  },
  {
    rule: '7',
    name: 'sends a refused password again after an unlock of our own caution',
    patches: change('resendPermitted', '|| account.typedOnly === true', ''),
  },
  { rule: '7', name: 'ignores the lock', patches: change('mayAttempt', 'isLocked(account)', 'false') },
  {
    rule: '7',
    name: 'tries more than once after an unlock',
    patches: change('mayAttempt', 'unlockIsSpent(account)', 'false'),
  },
  {
    rule: '7',
    name: 'takes three hundred unlocks a day',
    patches: change('UNLOCKS', 'most: $1', 'most: 300'),
  },
  {
    rule: '7',
    name: 'takes an unlock while a login is under way, and forgets that login',
    patches: [
      ...change('connectionOf', '&& !isAttemptUnderWay(account)', ''),
      ...change('stillCounted', 'atMillis > now - JUDGED_WITHIN', 'atMillis < 0'),
    ],
  },
  {
    rule: '7',
    name: 'revives refused passwords with an unlock',
    patches: change('unlocked', 'verdicts: $1', 'verdicts: {}'),
  },
  {
    rule: '8',
    name: 'leaves expiry to the TTL',
    patches: change('isUsable', 'plus(context.clock(), LAST_MOMENT) >= session.expiresAtMillis', 'false'),
  },
  {
    rule: '9',
    name: 'takes any answer for a refusal',
    patches: change('lessonOf', "meaningOf(fault.reason).remedy === 'new-application-password'", 'true'),
  },
  {
    rule: '9',
    name: 'logs in while the key is in trouble',
    patches: change('passTroubles', 'throw new OwnStop(first.trouble.reason)', 'return'),
  },
  {
    rule: '9',
    name: 'does not fetch a stale version key again',
    patches: [
      ...change('attempt', ' || loginsSent(account) > 0', ''),
      ...change('learn', 'await persist(() => learnt.prepared.discard());', 'await persist(async () => {});'),
    ],
  },
  {
    rule: '9',
    name: 'keeps a stale version key for the next login',
    patches: change(
      'learn',
      'await persist(() => learnt.prepared.discard());',
      'await persist(async () => {});',
    ),
  },
  {
    rule: '9',
    name: 'tries again after any fault, not only after a bad preparation',
    patches: change('underLease', "error.reason !== 'preparation-stale'", 'false'),
  },
  {
    rule: '9',
    name: 'takes the cached version key where a fresh one is asked for',
    patches: change('versionedLogins', 'fresh ? undefined :', ''),
  },
  {
    rule: '9',
    name: 'drops nothing of the version key that was stale',
    patches: change('versionedLogins', 'cache.drop($1)', 'Promise.resolve()'),
  },
  {
    rule: '9',
    name: 'sends a login twice by itself where the version key was stale',
    patches: change(
      'versionedLogins',
      'calls.logIn({ ...credentials, webapiKey, versionKey }, given)',
      'calls.logIn({ ...credentials, webapiKey, versionKey }, given).catch(async () => calls.logIn({ ...credentials, webapiKey, versionKey: await fetched(webapiKey, options) }, given))',
    ),
  },
  {
    rule: '9',
    name: 'takes the cached version key after a login that let nobody in',
    patches: change('attempt', ' || loginsSent(account) > 0', ''),
  },
  {
    rule: '9',
    name: 'tries again by a timer what nobody understands',
    patches: change('dueAfter', 'needsPerson(state)', 'false'),
  },
  {
    rule: '10',
    name: 'logs in again as often as a handle dies',
    patches: change('openSession', '|| replaced', ''),
  },
  { rule: '10', name: 'gives young handles no second chance', patches: change('YOUNG', '= $1', '= 0') },
  {
    rule: '10',
    name: 'logs in however often sessions die',
    patches: change('EARLY_DEATH', 'most: $1', 'most: 300'),
  },
  {
    rule: '11',
    name: 'uses a handle from any address',
    patches: change('isUsable', 'session.egressId === context.egressId', 'true'),
  },
  {
    rule: '12',
    name: 'puts a new password into use before its verdict',
    patches: change('staged', 'stagedVersion: $1', 'stagedVersion: $1, currentVersion: $1'),
  },
  {
    rule: '12',
    name: 'lets the refusal of a new password stop the old one',
    patches: change('refused', 'isInUse && !isLate(account, answer)', '!isLate(account, answer)'),
  },
  {
    rule: '12',
    name: 'lets the refusal of a password that was replaced on its way stop the old one',
    patches: change(
      'refused',
      'version === account.currentVersion ||',
      'version !== account.stagedVersion ||',
    ),
  },
  {
    rule: '6',
    name: 'forgets after a restore that a refused password was sent again',
    patches: change('replayed', '...resentBy(account, entry),', ''),
  },
  {
    rule: '12',
    name: 'logs in before a promotion is finished',
    patches: change('finishPromotion', 'account.promoteVersion === undefined', 'true'),
  },
  {
    rule: '12',
    name: 'promotes over what a person has rotated since',
    patches: change('promote', 'current !== undefined && (', 'current !== undefined || ('),
  },
  {
    rule: '13',
    name: 'stores the handle of a seller that another account has',
    patches: change('succeed', 'stop === undefined', 'true'),
  },
  {
    rule: '13',
    name: 'stores a handle after removal and leaves it there',
    patches: change('succeed', 'await persist(() => dropIfRemoved($1));', ''),
  },
  {
    rule: '13',
    name: 'forgets the handle when it removes',
    patches: change('removeAccount', 'await deps.access.sessions.remove($1);', ''),
  },
  {
    rule: '13',
    name: 'forgets the secret when it removes',
    patches: change('removeAccount', 'await deps.access.passwords.remove($1);', ''),
  },
  {
    rule: '13',
    name: 'leaves a cut-off creation alone',
    patches: change('isAbandoned', "account.phase === 'creating'", 'false'),
  },
  {
    rule: '13',
    name: 'activates before the secret is stored',
    patches: change('addAccount', "phase: 'creating'", "phase: 'active'"),
  },
  {
    rule: 'notify',
    name: 'does not write what is to be told with the change',
    patches: change('amend', ', ...notice', ''),
  },
  {
    rule: 'notify',
    name: 'notes that it has told before it tells',
    patches: change(
      'notifyAbout',
      'await publish($1); await amend(deps, accountId, { to: notified($2) });',
      'await amend(deps, accountId, { to: notified($2) }); await publish($1);',
    ),
  },
];
