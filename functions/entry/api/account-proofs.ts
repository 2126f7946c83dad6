import type { Account } from '../../contract/account.ts';
import type { ACCOUNTS } from '../../contract/accounts.ts';
import type { Shown } from '../../contract/operation.ts';
import {
  confirmUnlocked,
  existing,
  type Pending,
  permitResend,
  replacePassword,
} from '../../core/admin/accounts.ts';
import { addAccount, earlierAdded } from '../../core/admin/add-account.ts';
import { awaitRun, awaitVerdict, type Proof, verdictOnResent } from '../../core/admin/await-verdict.ts';
import { unusableKey } from '../../core/admin/keys.ts';
import { badField, Problem } from '../../core/base/problem.ts';
import { Secret } from '../../core/base/secret.ts';
import { meaningOf } from '../../core/faults/fault.ts';
import type { MarketplaceSettings } from '../../core/marketplace/settings.ts';
import { withoutForeign } from '../access/caller.ts';
import type { AccountWiring } from '../account-deps.ts';
import { checkUnlocked, checkVouchedFor } from '../account-input.ts';
import { linkTo } from '../links.ts';
import { marketplaceSettings } from '../marketplaces.ts';
import { patience } from '../patience.ts';
import type { Routes } from '../serve.ts';
import { etagOf, meantFor } from '../version.ts';
import { inheritedView } from '../views.ts';

type ProofRoutes = Pick<
  Routes<typeof ACCOUNTS>,
  'accounts.add' | 'accounts.replacePassword' | 'accounts.unlocked' | 'accounts.resendPassword'
>;

/** The routes that wait until `work` has tried a password, and answer with what came of it. */
export function accountProofs({ deps, reader, clients, keys }: AccountWiring): ProofRoutes {
  const marketplaceOf = marketplaceReader();
  const prove = (pending: Pending): Promise<Proof> => awaitVerdict(deps, { ...pending, ...patience() });
  const afterRun = (accountId: string, asked: Pick<Pending, 'askedAtMillis'>) =>
    awaitRun(deps, { accountId, ...asked, ...patience() });
  const proven = async ({ verdict, account }: Proof) => ({
    headers: { ...accountLocation(account.accountId), etag: etagOf(account) },
    body: { verdict, ...(await reader.one(account)) },
  });

  return {
    'accounts.add': {
      async answer({ body: { marketplace: id, applicationPassword: typed, ...input }, client, attempt }) {
        const applicationPassword = new Secret(typed);
        const marketplace = marketplaceOf(id);
        if ((await keys.read(input.integrationKeyId, client)) === undefined) throw unusableKey();
        if (!(await deps.sharedKeys.isUsable(input.integrationKeyId))) throw unusableKey();
        const bind = (accountId: string) => clients.bind(client.clientId, accountId);
        const asked = { ...input, applicationPassword, marketplace, bind, accountId: attempt.newId };
        const { inherited, ...pending } = await addAccount(deps, asked).catch((error: unknown) => {
          throw withoutForeign(error, client);
        });
        const proof = await prove(pending);
        const { headers, body } = await proven(proof);
        const status = proof.verdict === 'pending' ? 202 : 201;
        return { status, headers, body: { ...body, inherited: inheritedView(inherited) } };
      },
      async made(accountId) {
        const added = await earlierAdded(deps, accountId);
        if (added === undefined) return undefined;
        const status = added.verdict === 'pending' ? 202 : 201;
        return { status, ids: { accountId }, ...accountLocation(accountId) };
      },
    },

    async 'accounts.replacePassword'({ params, body, ifMatch }) {
      const applicationPassword = new Secret(body.applicationPassword);
      const account = await existing(deps, params.accountId);
      const marketplace = marketplaceOf(account.marketplaceId);
      const proof = await prove(
        await replacePassword(deps, { account, applicationPassword, marketplace, ...meantFor(ifMatch) }),
      );
      if (proof.verdict === 'refused') throw newPasswordRefused(await reader.one(proof.account));
      return { status: proof.verdict === 'pending' ? 202 : 200, ...(await proven(proof)) };
    },

    async 'accounts.unlocked'({ params: { accountId }, body, attempt, ifMatch }) {
      checkUnlocked(body);
      const asked = { ...attempt, ...meantFor(ifMatch) };
      const account = await afterRun(accountId, await confirmUnlocked(deps, accountId, asked));
      return { status: 200, headers: { etag: etagOf(account) }, body: await reader.one(account) };
    },

    async 'accounts.resendPassword'({ params: { accountId }, body, ifMatch }) {
      checkVouchedFor(body);
      const resent = await permitResend(deps, accountId, meantFor(ifMatch));
      const account = await afterRun(accountId, resent);
      const proof = { verdict: verdictOnResent(account, resent), ...(await reader.one(account)) };
      return { status: 200, headers: { etag: etagOf(account) }, body: proof };
    },
  };
}

const accountLocation = (accountId: string) => ({ location: linkTo(`/v1/accounts/${accountId}`) });

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
const newPasswordRefused = (account: Shown<typeof Account>): Problem =>
  new Problem({
    code: 'password-refused',
    text: meaningOf('password-refused').message,
    fields: [{ field: 'applicationPassword', message: meaningOf('password-refused').message }],
    extra: { verdict: 'refused', account },
  });
