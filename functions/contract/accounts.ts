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
    'The application password that the seller has generated on the website; it is never shown again.',
});

const repairParams = z.extend(accountParams, { orderId: orderIdText });
const dismissParams = z.extend(accountParams, {
  orderId: matching(/^(form|deal|event):\S{1,200}$/, {
    description: 'Of an order, or `event:ID`.',
    text: {
      pl: `Podaj identyfikator z listy „setAside” (${ROUTES['sync.show'].route}), np. form:123 albo event:456.`,
      en: `Give an id of the list "setAside" (${ROUTES['sync.show'].route}), e.g. form:123 or event:456.`,
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
      'Tries the password once. `inherited` tells what an earlier account of the seller left. 422 if the marketplace has refused this password before: nothing is stored, nothing is tried. 409 names the account that has the seller, or says how long an addition or a removal may still take.',
    body: z.strictObject({
      marketplace: z.string(),
      login: z.string(),
      webapiKeyId: z.string().check(z.minLength(1), z.maxLength(LONGEST_ID)),
      applicationPassword,
    }),
    example: {
      marketplace: 'allegro',
      login: 'sklep_1',
      webapiKeyId: '9f0c2d…',
      applicationPassword: 'aB3dE5fG7hJ9',
    },
    replies: {
      201: { description: 'Added, with the verdict of the first login.', body: AddedAccount, location: true },
      202: {
        description: 'Added; the first login takes longer than 20 s.',
        body: AddedAccount,
        location: true,
      },
    },
    problems: ['already-exists', 'being-added', 'being-removed', 'password-refused'],
  },
  'accounts.show': {
    summary: 'Show an account: where it stands and what to do about it',
    params: accountParams,
    replies: { 200: { description: 'The account.', body: Account } },
    problems: ['not-found'],
  },
  'accounts.remove': {
    summary: 'Remove an account with its secret, session, orders and feed',
    params: accountParams,
    replies: {
      202: {
        description: 'It is being removed; gone once it answers 404, usually after a minute.',
        body: z.object({ accountId: z.string(), state: z.literal('removing') }),
      },
    },
    problems: ['not-found', 'being-added'],
  },
  'accounts.replacePassword': {
    summary: 'Try a new application password, exactly once',
    description: 'If it is refused (422), the old one stays in use.',
    params: accountParams,
    body: z.strictObject({ applicationPassword }),
    example: { applicationPassword: 'aB3dE5fG7hJ9' },
    replies: {
      200: { description: 'It is in use.', body: ProvenAccount, location: true },
      202: { description: 'Nobody knows yet.', body: ProvenAccount, location: true },
    },
    problems: ['not-found', 'being-added', 'being-removed', 'password-refused'],
  },
  'accounts.resendPassword': {
    summary: 'Send the password that was refused last once more',
    description: 'For when the marketplace erred; counted like any attempt, once for each password.',
    params: accountParams,
    body: z.strictObject({
      passwordIsGood: described(z.optional(z.boolean()), { description: 'Has to be true.' }),
    }),
    example: { passwordIsGood: true },
    replies: { 200: { description: 'The account.', body: Account } },
    problems: ['not-found', 'being-removed', 'wrong-state'],
  },
  'accounts.unlocked': {
    summary: 'Confirm that the seller has logged in on the website',
    description:
      'Only in `locked`, three times a day at most. After `account-locked` exactly one attempt follows; after `attempts-exhausted` none, but a password that is typed then is tried. A password that was typed before is dropped.',
    params: accountParams,
    body: z.strictObject({
      loggedInOnWebsite: described(z.optional(z.boolean()), { description: 'Has to be true.' }),
    }),
    example: { loggedInOnWebsite: true },
    replies: { 200: { description: 'The account.', body: Account } },
    problems: ['not-found', 'being-removed', 'wrong-state', 'too-often'],
  },
  'accounts.pause': {
    summary: 'Pause: no run and no login until resumed',
    params: accountParams,
    replies: { 200: { description: 'The account.', body: Account } },
    problems: ['not-found', 'being-removed'],
  },
  'accounts.resume': {
    summary: 'End a pause, and look again at whatever stopped the account',
    description: 'At its key at once: say so after mending the key on the website.',
    params: accountParams,
    replies: { 202: { description: 'The account; a run follows.', body: Account } },
    problems: ['not-found', 'being-removed'],
  },
  'accounts.logins': {
    summary: 'List the login attempts of 90 days',
    description: 'When, why, how it ended, which worker, from which address.',
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
    summary: 'Show how fresh the orders are, and why',
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
      'One that was set aside is one no more when it is stored. An order that we do not know: 404 if the marketplace does not name it either, and nothing is recorded.',
    params: repairParams,
    replies: { 202: { description: 'It is being read.', body: stateOfOrder('repairing') } },
    problems: ['not-found', 'being-removed'],
  },
  'orders.dismiss': {
    summary: 'Show and try an order, or an event (`event:ID`), that was set aside no more',
    params: dismissParams,
    replies: { 200: { description: 'It is dismissed.', body: stateOfOrder('dismissed') } },
    problems: ['not-found', 'being-removed', 'wrong-state'],
  },
} as const satisfies Operations;
