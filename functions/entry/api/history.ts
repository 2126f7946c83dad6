import { accountStore } from '../../adapters/accounts.ts';
import { consumerStore } from '../../adapters/feed.ts';
import { feedReader } from '../../adapters/feed-pages.ts';
import { listedStore, orderMarks } from '../../adapters/listed.ts';
import { workQueue } from '../../adapters/queue.ts';
import type { HISTORY } from '../../contract/history.ts';
import type { Account } from '../../core/account/account.ts';
import { existing } from '../../core/admin/accounts.ts';
import { askForCheck, completenessOf, yesterday } from '../../core/history/completeness.ts';
import { askForImport, importOf, importsOf, wasBegun } from '../../core/history/imports.ts';
import { mustHave } from '../../core/marketplace/capabilities.ts';
import { clock, newId } from '../basics.ts';
import { correlationId } from '../correlation.ts';
import { readDay, readImport } from '../history-input.ts';
import { completenessView, importView } from '../history-views.ts';
import { linkTo } from '../links.ts';
import { marketplaceSettings } from '../marketplaces.ts';
import type { Routes } from '../serve.ts';
import { setting } from '../settings.ts';
import { processDynamo } from '../store.ts';

/** The routes about the marketplace's own lists, with the real stores. */
export function historyApi(): Routes<typeof HISTORY> {
  const dynamo = processDynamo();
  const deps = {
    accounts: accountStore({ dynamo, table: setting('ACCOUNTS_TABLE') }),
    listed: listedStore({ dynamo, table: setting('JOURNAL_TABLE') }, clock),
    orders: orderMarks({ dynamo, table: setting('ORDERS_TABLE') }),
    consumers: consumerStore({ dynamo, table: setting('CONSUMERS_TABLE') }),
    feed: feedReader({ dynamo, table: setting('FEED_TABLE') }),
    queue: workQueue(setting('WORK_QUEUE_URL'), correlationId),
    clock,
    newId,
  };
  const marketplaces = marketplaceSettings();
  type Params = { readonly accountId: string };
  const accountIn = (params: Params): Promise<Account> => existing(deps, params.accountId);
  /** The account, if its marketplace has lists to compare with. Throws Problem. */
  const compared = async (params: Params): Promise<Account> => {
    const account = await accountIn(params);
    mustHave(marketplaces.get(account.marketplaceId), 'lists');
    return account;
  };
  const placeOf = ({ accountId }: Params, importId: string) => ({
    location: linkTo(`/v1/accounts/${accountId}/imports/${importId}`),
  });
  const here = ({ marketplaceId }: Account) => ({
    now: clock(),
    timeZone: marketplaces.get(marketplaceId)?.timeZone ?? 'UTC',
  });

  return {
    async 'completeness.show'({ params, query }) {
      const account = await compared(params);
      const { now, timeZone } = here(account);
      const day = readDay(query.day, { now, timeZone }) ?? yesterday(now, timeZone);
      return { status: 200, body: completenessView(await completenessOf(deps, account, { day, timeZone })) };
    },

    async 'completeness.check'({ params }) {
      const account = await compared(params);
      await askForCheck(deps, account);
      return { status: 202, body: { accountId: account.accountId, state: 'checking' } };
    },

    async 'imports.list'({ params }) {
      const listings = await importsOf(deps, await accountIn(params));
      return { status: 200, body: { imports: listings.map(importView) } };
    },

    'imports.start': {
      async answer({ params, body, attempt }) {
        const account = await compared(params);
        const asked = { ...readImport(body, here(account)), id: attempt.newId };
        const listing = await askForImport(deps, account, asked);
        return { status: 202, headers: placeOf(params, listing.id), body: importView(listing) };
      },
      async made(importId, { params }) {
        if (!(await wasBegun(deps, params.accountId, { importId }))) return undefined;
        return { status: 202, ids: { importId }, ...placeOf(params, importId) };
      },
    },

    async 'imports.show'({ params }) {
      const account = await accountIn(params);
      const listing = await importOf(deps, account, { importId: params.importId });
      return { status: 200, body: importView(listing) };
    },
  };
}
