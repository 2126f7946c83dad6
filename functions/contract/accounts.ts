import * as z from 'zod/mini';
import { Account, AddedAccount, Login, ProvenAccount, SyncState } from './account.ts';
import {
  accountParams,
  described,
  LONGEST_ID,
  matching,
  NextCursor,
  orderIdText,
  PageQuery,
} from './kinds.ts';
import type { Operations } from './operation.ts';
import { ROUTES } from './routes.ts';

const applicationPassword = described(z.string(), {
  description:
    'The application password that the seller has generated on the website. No answer ever shows it.',
});

const repairParams = z.extend(accountParams, { orderId: orderIdText });
const dismissParams = z.extend(accountParams, {
  orderId: matching(/^(order|purchase|event):\S{1,200}$/, {
    description: 'Id of an order, or `event:ID` for an event.',
    text: {
      pl: `Podaj identyfikator z listy „quarantined” (${ROUTES['sync.show'].route}), np. order:123 albo event:456.`,
      en: `Give an id of the list "quarantined" (${ROUTES['sync.show'].route}), e.g. order:123 or event:456.`,
    },
  }),
});

const stateOfOrder = <State extends string>(state: State) =>
  z.object({ accountId: z.string(), orderId: z.string(), state: z.literal(state) });

export const ACCOUNTS = {
  'accounts.list': {
    summary: 'List accounts',
    query: PageQuery,
    replies: {
      200: { description: 'Accounts.', body: z.object({ accounts: z.array(Account), cursor: NextCursor }) },
    },
    problems: [],
  },
  'accounts.add': {
    summary: 'Add a seller',
    description:
      'Logs in with the password once. `inherited` has the failed logins of an earlier account of this seller. 422: the marketplace has refused this password before, so nothing is stored and no login is made. 409: another account has this seller (`accountId`), or an addition or a removal is under way; the text says how long it may still take.',
    body: z.strictObject({
      marketplace: described(z.string(), {
        description:
          'Where the seller sells, such as `allegro` or `aukro`. The answer to an unknown one names all.',
      }),
      login: described(z.string(), {
        description: 'The name, or the e-mail address, by which the seller logs in at the marketplace.',
      }),
      integrationKeyId: described(z.string().check(z.minLength(1), z.maxLength(LONGEST_ID)), {
        description: `Id of the key of your integration (${ROUTES['keys.register'].route}).`,
      }),
      applicationPassword,
    }),
    example: {
      marketplace: 'allegro',
      login: 'sklep_1',
      integrationKeyId: '9f0c2d…',
      applicationPassword: 'aB3dE5fG7hJ9',
    },
    replies: {
      201: {
        description: 'Added, with the verdict of the first login.',
        body: AddedAccount,
        location: true,
        etag: true,
      },
      202: {
        description:
          'Added, without a verdict yet: the first login takes longer than 20 s, or waits for what `pendingPassword` says.',
        body: AddedAccount,
        location: true,
        etag: true,
      },
    },
    problems: ['already-exists', 'being-added', 'being-removed', 'password-refused'],
  },
  'accounts.show': {
    summary: 'Show an account: its state, and what to do',
    params: accountParams,
    replies: { 200: { description: 'The account.', body: Account, etag: true } },
    problems: ['not-found'],
  },
  'accounts.remove': {
    summary: 'Remove an account with its secret, session, orders and feed',
    params: accountParams,
    ifMatch: true,
    replies: {
      202: {
        description:
          'The account is being removed. It is gone when this path answers 404, usually after a minute.',
        body: z.object({ accountId: z.string(), state: z.literal('removing') }),
      },
    },
    problems: ['not-found', 'being-added'],
  },
  'accounts.replacePassword': {
    summary: 'Try a new application password, exactly once',
    description: 'If the new password is refused (422), the old one stays in use.',
    params: accountParams,
    body: z.strictObject({ applicationPassword }),
    example: { applicationPassword: 'aB3dE5fG7hJ9' },
    ifMatch: true,
    replies: {
      200: { description: 'The new password is in use.', body: ProvenAccount, location: true, etag: true },
      202: {
        description: 'The new password is stored; the marketplace has not judged it yet.',
        body: ProvenAccount,
        location: true,
        etag: true,
      },
    },
    problems: ['not-found', 'being-added', 'being-removed', 'password-refused'],
  },
  'accounts.resendPassword': {
    summary: 'Log in once more with the password that was refused last',
    description:
      'Use it if the marketplace has refused a correct password by mistake. The attempt counts like any other, and is possible once for each password. `verdict` is that on this attempt: `refused` if the marketplace has refused the password again.',
    params: accountParams,
    body: z.strictObject({
      passwordIsGood: described(z.optional(z.boolean()), { description: 'Has to be true.' }),
    }),
    example: { passwordIsGood: true },
    ifMatch: true,
    replies: { 200: { description: 'The account, with the verdict.', body: ProvenAccount, etag: true } },
    problems: ['not-found', 'being-removed', 'wrong-state'],
  },
  'accounts.unlocked': {
    summary: 'Confirm that the seller has logged in on the website',
    description:
      'Only in the state `locked`, at most three times a day. After the reason `account-locked` exactly one login follows. After `attempts-exhausted` no login follows until a new password is given, which is then tried. A password given before the confirmation is discarded.',
    params: accountParams,
    body: z.strictObject({
      loggedInOnWebsite: described(z.optional(z.boolean()), { description: 'Has to be true.' }),
    }),
    example: { loggedInOnWebsite: true },
    ifMatch: true,
    replies: { 200: { description: 'The account.', body: Account, etag: true } },
    problems: ['not-found', 'being-removed', 'wrong-state', 'too-often'],
  },
  'accounts.pause': {
    summary: 'Pause an account: no run and no login until it is resumed',
    params: accountParams,
    ifMatch: true,
    replies: { 200: { description: 'The account.', body: Account, etag: true } },
    problems: ['not-found', 'being-removed'],
  },
  'accounts.resume': {
    summary: 'End a pause, and try again what has stopped the account',
    description:
      'The integration key is tried again at once: call this after repairing the key on the website.',
    params: accountParams,
    ifMatch: true,
    replies: { 202: { description: 'The account; a run follows.', body: Account, etag: true } },
    problems: ['not-found', 'being-removed'],
  },
  'accounts.logins': {
    summary: 'List the login attempts of the last 90 days',
    description: 'Time, reason, outcome, worker and address of each attempt.',
    params: accountParams,
    query: PageQuery,
    replies: {
      200: {
        description: 'The newest first.',
        body: z.object({ logins: z.array(Login), cursor: NextCursor }),
      },
    },
    problems: ['not-found', 'being-removed'],
  },
} as const satisfies Operations;

export const SYNC = {
  'sync.show': {
    summary: 'Show how fresh the orders are, and the reason',
    params: accountParams,
    replies: { 200: { description: 'Freshness.', body: SyncState } },
    problems: ['not-found', 'being-removed'],
  },
  'sync.start': {
    summary: 'Synchronise now',
    params: accountParams,
    replies: { 202: { description: 'The account; a run follows.', body: Account } },
    problems: ['not-found', 'being-removed'],
  },
  'orders.repair': {
    summary: 'Read one order again now',
    description:
      'An order that was quarantined leaves the list when it is stored. For an order that Klamka does not know, the answer is 404 if the marketplace does not name it either; nothing is recorded then.',
    params: repairParams,
    replies: { 202: { description: 'The order is being read.', body: stateOfOrder('repairing') } },
    problems: ['not-found', 'being-removed'],
  },
  'orders.dismiss': {
    summary: 'Stop showing and retrying an order, or an event (`event:ID`), that was quarantined',
    params: dismissParams,
    replies: { 200: { description: 'The order or event is dismissed.', body: stateOfOrder('dismissed') } },
    problems: ['not-found', 'being-removed', 'wrong-state'],
  },
} as const satisfies Operations;
