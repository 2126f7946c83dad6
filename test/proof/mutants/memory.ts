import { change, type Mutant } from './kit.ts';

/** Mistakes about what outlives an account, and about one seller by several names. */
export const MEMORY: readonly Mutant[] = [
  {
    rule: '8',
    name: 'forgets everything when an account is removed',
    patches: change(
      'claims',
      '{ ...memoryOf(account), id: accountId }',
      '{ possibleFailures: 0, recentAttemptsMillis: [], id: accountId }',
    ),
  },
  {
    rule: '8',
    name: 'forgets the open attempt when an account is removed',
    patches: change(
      'claims',
      '{ ...memoryOf(account), id: accountId }',
      '{ ...memoryOf(account), id: accountId, unclearAttempts: undefined, possibleFailures: Math.max(0, account.possibleFailures - (account.unclearAttempts ?? []).length), loginsSent: 0 }',
    ),
  },
  {
    rule: '8',
    name: 'does not merge two memories of one seller',
    patches: change('memory', '      ...merged(memoryOf(account), memory),\n', ''),
  },
  {
    rule: '13',
    name: 'keeps claims by the id of a preset',
    patches: [
      {
        file: 'add-account.ts',
        from: 'takeLogin(deps, { accountId, identity: marketplace.identity, login })',
        to: 'takeLogin(deps, { accountId, identity: marketplace.id, login })',
      },
      ...change(
        'seller',
        'sellerClaim({ ...deps.marketplace.settings, userId })',
        'sellerClaim({ identity: deps.marketplace.settings.id, userId })',
      ),
    ],
  },
  {
    rule: '13',
    name: 'logs a seller in before it asks who has the login',
    patches: change('log-in', 'await withSeller(deps, given.account)', 'given.account'),
  },
  {
    rule: '9',
    name: 'writes the outcome of a login once',
    patches: change('persist', 'if (error instanceof MarketplaceFault || ', 'if (error !== null || '),
  },
  {
    rule: '9',
    name: 'leaves an answer alone that comes after its account is gone',
    patches: change(
      'verdict',
      "if (now !== undefined && now.phase !== 'removing') return;\n  await amendLeft",
      'if (accountId !== undefined) return;\n  await amendLeft',
    ),
  },
];
