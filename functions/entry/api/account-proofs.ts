import {
  awaitRun,
  awaitVerdict,
  confirmUnlocked,
  existing,
  type Pending,
  type Proof,
  permitResend,
  replacePassword,
} from '../../core/admin/accounts.ts';
import { addAccount } from '../../core/admin/add-account.ts';
import { unusableKey } from '../../core/admin/keys.ts';
import { badField, Problem } from '../../core/base/problem.ts';
import { plus, SECOND } from '../../core/base/time.ts';
import { meaningOf } from '../../core/faults/fault.ts';
import type { MarketplaceSettings } from '../../core/marketplace/settings.ts';
import type { AccountWiring } from '../account-deps.ts';
import { checkUnlocked, checkVouchedFor, NewAccount, NewPassword } from '../account-input.ts';
import { clock } from '../basics.ts';
import type { HttpReply, Route } from '../http.ts';
import { parse } from '../input.ts';
import { marketplaceSettings } from '../marketplaces.ts';
import { inheritedView } from '../views.ts';

/** How long a request waits for the marketplace's verdict on a password. */
const VERDICT_WAIT = 20 * SECOND;
const LOOK_EVERY = 250;

const patience = () => ({ untilMillis: plus(clock(), VERDICT_WAIT), lookEveryMillis: LOOK_EVERY });

type ProofRoutes = Readonly<Record<'add' | 'replacePassword' | 'unlocked' | 'resend', Route>>;

/** The routes that wait until `work` has tried a password, and answer with what came of it. */
export function accountProofs({ deps, reader }: AccountWiring): ProofRoutes {
  const marketplaceOf = marketplaceReader();
  const prove = (pending: Pending): Promise<Proof> => awaitVerdict(deps, { ...pending, ...patience() });
  const tried = async (accountId: string, asked: Pick<Pending, 'askedAtMillis'>): Promise<HttpReply> => {
    const account = await awaitRun(deps, { accountId, ...asked, ...patience() });
    return { status: 200, body: await reader.one(account) };
  };
  const proven = async ({ verdict, account }: Proof, more: { done: number; body?: object }) => ({
    status: verdict === 'pending' ? 202 : more.done,
    headers: { location: `/accounts/${account.accountId}` },
    body: { verdict, ...(await reader.one(account)), ...more.body },
  });

  return {
    async add({ body }) {
      const { marketplace: id, ...input } = parse(NewAccount, body);
      const marketplace = marketplaceOf(id);
      if (!(await deps.sharedKeys.isUsable(input.webapiKeyId))) throw unusableKey();
      const { inherited, ...pending } = await addAccount(deps, { ...input, marketplace });
      return await proven(await prove(pending), { done: 201, body: { inherited: inheritedView(inherited) } });
    },

    async replacePassword({ params, body }) {
      const { applicationPassword } = parse(NewPassword, body);
      const account = await existing(deps, params.accountId ?? '');
      const marketplace = marketplaceOf(account.marketplaceId);
      const proof = await prove(await replacePassword(deps, { account, applicationPassword, marketplace }));
      if (proof.verdict === 'refused') throw refused(await reader.one(proof.account));
      return await proven(proof, { done: 200 });
    },

    async unlocked({ params: { accountId = '' }, body }) {
      checkUnlocked(body);
      return await tried(accountId, await confirmUnlocked(deps, accountId));
    },

    async resend({ params: { accountId = '' }, body }) {
      checkVouchedFor(body);
      return await tried(accountId, await permitResend(deps, accountId));
    },
  };
}

function marketplaceReader(): (id: string) => MarketplaceSettings {
  const marketplaces = marketplaceSettings();
  const known = [...marketplaces.keys()].join(', ');
  return (id) => {
    const marketplace = marketplaces.get(id);
    if (marketplace !== undefined) return marketplace;
    throw badField('marketplace', {
      pl: `Nieznany serwis. Możliwe: ${known}.`,
      en: `Unknown marketplace. Possible: ${known}.`,
    });
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
