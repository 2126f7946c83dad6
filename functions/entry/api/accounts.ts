import * as z from 'zod/mini';
import { accountStore } from '../../adapters/accounts.ts';
import { claimStore } from '../../adapters/claims.ts';
import { createDynamo } from '../../adapters/dynamo.ts';
import { sharedKeys } from '../../adapters/keys.ts';
import { listLogins } from '../../adapters/ledger.ts';
import { loginKeys } from '../../adapters/login-keys.ts';
import { workQueue } from '../../adapters/queue.ts';
import { listKeys, readKey } from '../../adapters/registry.ts';
import { createVault, fingerprints, passwordWriter } from '../../adapters/secrets.ts';
import { sessionAges } from '../../adapters/sessions.ts';
import type { Account } from '../../core/account/account.ts';
import {
  type AccountDeps,
  awaitRun,
  awaitVerdict,
  confirmUnlocked,
  existing,
  type Pending,
  type Proof,
  pauseAccount,
  permitResend,
  removeAccount,
  replacePassword,
  resumeAccount,
  syncNow,
} from '../../core/admin/accounts.ts';
import { addAccount } from '../../core/admin/add-account.ts';
import { unusableKey } from '../../core/admin/keys.ts';
import { badField, Problem, unknownAccount } from '../../core/base/problem.ts';
import { plus, SECOND } from '../../core/base/time.ts';
import { meaningOf } from '../../core/faults/fault.ts';
import { clock, newId, newShortId, sleep } from '../basics.ts';
import type { HttpReply, HttpRequest, Route } from '../http.ts';
import { fromCursor, LONGEST_KEY, PageQuery, parse, toCursor } from '../input.ts';
import { marketplaceSettings, setting } from '../settings.ts';
import { accountView, inheritedView, loginView } from '../views.ts';

/** How long a request waits for the marketplace's verdict on a password. */
const VERDICT_WAIT = 20 * SECOND;
const LOOK_EVERY = 250;

const NewAccount = z.strictObject({
  marketplace: z.string(),
  login: z.string(),
  webapiKeyId: z.string().check(z.minLength(1), z.maxLength(LONGEST_KEY)),
  applicationPassword: z.string(),
});
const NewPassword = z.strictObject({ applicationPassword: z.string() });

const Unlocked = z.strictObject({ loggedInOnWebsite: z.optional(z.boolean()) });

/** An unlock that is not true costs the attempt that the marketplace locks at, so it takes more than a click. */
const notConfirmed = (): Problem =>
  badField('loggedInOnWebsite', {
    pl: 'Zaloguj się najpierw na stronie serwisu (z captchą), a potem potwierdź to: true. Nieprawdziwe potwierdzenie może zablokować konto.',
    en: 'Log in on the website of the marketplace first (with its captcha), then confirm it: true. A confirmation that is not true can lock the account.',
  });

const Resend = z.strictObject({ passwordIsGood: z.optional(z.boolean()) });

const notVouchedFor = (): Problem =>
  badField('passwordIsGood', {
    pl: 'Potwierdź, że hasło jest dobre: true. Wyślemy je jeszcze raz, a ta próba liczy się jak każda inna.',
    en: 'Confirm that the password is good: true. It is sent once more, and this attempt counts like any other.',
  });

type AccountRoutes = Readonly<
  Record<
    | 'list'
    | 'add'
    | 'show'
    | 'remove'
    | 'replacePassword'
    | 'syncNow'
    | 'pause'
    | 'resume'
    | 'unlocked'
    | 'resend'
    | 'logins',
    Route
  >
>;

const patience = () => ({ untilMillis: plus(clock(), VERDICT_WAIT), lookEveryMillis: LOOK_EVERY });

/** The routes about accounts, wired to the real stores. */
export function accountApi(): AccountRoutes {
  const dynamo = createDynamo();
  const registry = { dynamo, table: setting('REGISTRY_TABLE') };
  const sessions = { dynamo, table: setting('SESSIONS_TABLE') };
  const marketplaces = marketplaceSettings();
  const vault = createVault(setting('SECRETS_PREFIX'));
  const deps: AccountDeps = {
    accounts: accountStore({ dynamo, table: setting('ACCOUNTS_TABLE') }),
    claims: claimStore(registry),
    loginKey: loginKeys({ vault, keyName: setting('FINGERPRINT_KEY'), registry }),
    fingerprint: fingerprints(vault, setting('FINGERPRINT_KEY')),
    passwords: passwordWriter(vault),
    sharedKeys: sharedKeys(registry),
    queue: workQueue(setting('WORK_QUEUE_URL')),
    clock,
    newId: newShortId,
    newVersion: newId,
    sleep,
  };

  const view = async (account: Account) => {
    const [ages, key] = await Promise.all([
      sessionAges(sessions, [account.accountId]),
      readKey(registry, account.webapiKeyId),
    ]);
    return accountView(account, { now: clock(), session: ages.get(account.accountId), key });
  };

  const marketplaceOf = (id: string) => {
    const marketplace = marketplaces.get(id);
    if (marketplace !== undefined) return marketplace;
    const known = [...marketplaces.keys()].join(', ');
    throw badField('marketplace', {
      pl: `Nieznany serwis. Możliwe: ${known}.`,
      en: `Unknown marketplace. Possible: ${known}.`,
    });
  };

  const prove = (pending: Pending): Promise<Proof> => awaitVerdict(deps, { ...pending, ...patience() });

  const replyWith = async ({ verdict, account }: Proof, done: number): Promise<HttpReply> => {
    const location = `/accounts/${account.accountId}`;
    const status = verdict === 'pending' ? 202 : done;
    return { status, headers: { location }, body: { verdict, ...(await view(account)) } };
  };

  return {
    async list({ query }) {
      const { limit, cursor } = parse(PageQuery, query);
      const { accounts, next } = await deps.accounts.list({ limit, after: fromCursor(cursor) });
      const [ages, keys] = await Promise.all([
        sessionAges(
          sessions,
          accounts.map(({ accountId }) => accountId),
        ),
        listKeys(registry),
      ]);
      const now = clock();
      const byId = new Map(keys.map((key) => [key.keyId, key]));
      const views = accounts.map((account) =>
        accountView(account, {
          now,
          session: ages.get(account.accountId),
          key: byId.get(account.webapiKeyId),
        }),
      );
      return { status: 200, body: { accounts: views, cursor: next === undefined ? null : toCursor(next) } };
    },

    async add({ body }) {
      const { marketplace: id, ...input } = parse(NewAccount, body);
      const marketplace = marketplaceOf(id);
      if (!(await deps.sharedKeys.isUsable(input.webapiKeyId))) throw unusableKey();
      const { inherited, ...pending } = await addAccount(deps, { ...input, marketplace });
      const reply = await replyWith(await prove(pending), 201);
      return { ...reply, body: { ...(reply.body as object), inherited: inheritedView(inherited) } };
    },

    async show({ params }) {
      const account = await deps.accounts.read(params.accountId ?? '');
      if (account === undefined) throw unknownAccount();
      return { status: 200, body: await view(account) };
    },

    async remove({ params }) {
      await removeAccount(deps, params.accountId ?? '');
      return { status: 202, body: { accountId: params.accountId, state: 'removing' } };
    },

    async replacePassword({ params, body }: HttpRequest) {
      const { applicationPassword } = parse(NewPassword, body);
      const account = await existing(deps, params.accountId ?? '');
      const marketplace = marketplaceOf(account.marketplaceId);
      const proof = await prove(await replacePassword(deps, { account, applicationPassword, marketplace }));
      if (proof.verdict === 'refused') throw refused(await view(proof.account));
      return await replyWith(proof, 200);
    },

    async pause({ params }) {
      return { status: 200, body: await view(await pauseAccount(deps, params.accountId ?? '')) };
    },

    async resume({ params }) {
      return { status: 202, body: await view(await resumeAccount(deps, params.accountId ?? '')) };
    },

    async unlocked({ params, body }) {
      const { loggedInOnWebsite } = parse(Unlocked, body);
      if (loggedInOnWebsite !== true) throw notConfirmed();
      const accountId = params.accountId ?? '';
      const asked = await confirmUnlocked(deps, accountId);
      const account = await awaitRun(deps, { accountId, ...asked, ...patience() });
      return { status: 200, body: await view(account) };
    },

    async resend({ params, body }) {
      const { passwordIsGood } = parse(Resend, body);
      if (passwordIsGood !== true) throw notVouchedFor();
      const accountId = params.accountId ?? '';
      const asked = await permitResend(deps, accountId);
      const account = await awaitRun(deps, { accountId, ...asked, ...patience() });
      return { status: 200, body: await view(account) };
    },

    async logins({ params, query }) {
      const { limit, cursor } = parse(PageQuery, query);
      const { accountId } = await existing(deps, params.accountId ?? '');
      const table = { dynamo, table: setting('LOGINS_TABLE') };
      const { entries, next } = await listLogins(table, { accountId, limit, after: fromCursor(cursor) });
      return {
        status: 200,
        body: { logins: entries.map(loginView), cursor: next === undefined ? null : toCursor(next) },
      };
    },

    async syncNow({ params }) {
      const account = await existing(deps, params.accountId ?? '');
      await syncNow(deps, account.accountId);
      return { status: 202, body: await view(account) };
    },
  };
}

/** The new password was tried once and is not in use; whatever worked before goes on working. */
const refused = (account: object): Problem =>
  new Problem({
    code: 'password-refused',
    text: meaningOf('password-refused').message,
    fields: [{ field: 'applicationPassword', message: meaningOf('password-refused').message }],
    extra: { verdict: 'refused', account },
  });
