import { change, type Mutant } from './kit.ts';

/** Mistakes about facts that outlive an account, and about a seller with several names. */
export const MEMORY: readonly Mutant[] = [
  {
    rule: '8',
    name: 'forgets everything when an account is removed',
    patches: change('leaveClaims', '...memoryOf(account)', 'possibleFailures: 0, recentAttemptsMillis: []'),
  },
  {
    rule: '8',
    name: 'forgets the open attempt when an account is removed',
    patches: change(
      'leaveClaims',
      '...memoryOf(account)',
      '...memoryOf(account), unclearAttempts: undefined, possibleFailures: Math.max(0, account.possibleFailures - (account.unclearAttempts ?? []).length), loginsSent: 0',
    ),
  },
  {
    rule: '8',
    name: 'does not merge two memories of one seller',
    patches: change('inherited', '...mergedMemory($1),', ''),
  },
  {
    rule: '8',
    name: 'forgets its own failures when it takes over a memory',
    patches: change(
      'inherited',
      'mergedMemory(memoryOf(account), memory)',
      'mergedMemory({ ...memoryOf(account), possibleFailures: 0, unclearAttempts: undefined }, memory)',
    ),
  },
  {
    rule: '2',
    name: 'gives up an heir under creation at once',
    patches: [
      ...change('amendHeir', 'look < LOOKS', 'look < 1'),
      ...change('amendHeir', 'found.accountId !== owner ||', 'true ||'),
    ],
  },
  {
    rule: '2',
    name: 'does not look at the claims again when it adds',
    patches: [
      ...change('addAccount', 'await completeFromClaims($1)', 'true'),
      ...change('amendHeir', 'look < LOOKS', 'look < 1'),
    ],
  },
  {
    rule: '13',
    name: 'keeps claims by the id of a preset',
    patches: [
      ...change('addAccount', 'identity: marketplace.identity', 'identity: marketplace.id'),
      ...change('claimSeller', '...deps.marketplace.settings', 'identity: deps.marketplace.settings.id'),
    ],
  },
  {
    rule: '13',
    name: 'logs a seller in before it asks who has the login',
    patches: change('attempt', 'await withSeller($1)', 'given.account'),
  },
  {
    rule: '9',
    name: 'writes the outcome of a login once',
    patches: change('persisting', 'isStop(error)', 'true'),
  },
  {
    rule: '9',
    name: 'leaves an answer alone that comes after its account is gone',
    patches: change('noteLate', "now !== undefined && now.phase !== 'removing'", 'true'),
  },
];
