import { accountParts } from '../../adapters/accounts.ts';
import { consumerStore, followedAccounts, orderHistory } from '../../adapters/feed.ts';
import { feedReader } from '../../adapters/feed-pages.ts';
import { orderRows } from '../../adapters/orders.ts';
import { workQueue } from '../../adapters/queue.ts';
import type { CHANGES } from '../../contract/changes.ts';
import { existing } from '../../core/admin/accounts.ts';
import { plus, SECOND } from '../../core/base/time.ts';
import { readChanges } from '../../core/feed/changes.ts';
import { acknowledge, standing, standings } from '../../core/feed/consumers.ts';
import { endPositions } from '../../core/feed/end.ts';
import type { Positions } from '../../core/feed/positions.ts';
import { resendOrders, resendWindow } from '../../core/feed/resend.ts';
import { awaitChanges } from '../../core/feed/wait.ts';
import { clock, sleep } from '../basics.ts';
import { correlationId } from '../correlation.ts';
import {
  positionFor,
  readAcknowledgement,
  readChangesQuery,
  readConsumersQuery,
  readResend,
} from '../feed-input.ts';
import { changesView, consumerView } from '../feed-views.ts';
import { nextCursor } from '../input.ts';
import { longestWaitMillis } from '../patience.ts';
import type { Routes } from '../serve.ts';
import { setting } from '../settings.ts';
import { processDynamo } from '../store.ts';

/** How long one call goes on sending again; well below the function's time-out. */
const RESEND_TIME = 15 * SECOND;

const NONE: Positions = new Map();

/** The positions in feeds of other accounts. */
const unread = (positions: Positions, accountIds: readonly string[]): Positions =>
  new Map([...positions].filter(([accountId]) => !accountIds.includes(accountId)));

/** The routes about the feed, wired to the real stores. */
export function changeApi(): Routes<typeof CHANGES> {
  const deps = changeDeps();

  const accountIn = async (params: { accountId: string }): Promise<string> =>
    (await existing({ accounts: deps.oneAccount }, params.accountId)).accountId;

  const follow = async (asked: {
    accountIds: readonly string[];
    positions: Positions;
    limit: number;
    waitSeconds: number;
    /** Positions of accounts that are not read, for the answer. */
    kept?: Positions;
  }) => {
    const untilMillis = plus(clock(), Math.min(asked.waitSeconds * SECOND, longestWaitMillis()));
    const look = () => readChanges(deps, asked);
    const page = await awaitChanges({ clock, sleep, look }, { untilMillis, feeds: asked.accountIds.length });
    const positions = new Map([...(asked.kept ?? NONE), ...page.positions]);
    return { status: 200, body: changesView({ ...page, positions }) } as const;
  };

  return {
    async 'changes.listOfAccount'({ params, query }) {
      const { positions: given, ...asked } = readChangesQuery(query);
      const accountId = await accountIn(params);
      const positions =
        given === 'end'
          ? await endPositions(deps.feed, [accountId])
          : new Map([[accountId, positionFor(accountId, { positions: given, field: 'after' })]]);
      return follow({ ...asked, accountIds: [accountId], positions });
    },

    async 'changes.list'({ query, client }) {
      const { positions: given = new Map(), ...asked } = readChangesQuery(query);
      const accountIds = client.accountIds ?? (await deps.accounts.list());
      const positions = given === 'end' ? await endPositions(deps.feed, accountIds) : given;
      // An account that is bound no more may be bound again, and its reader continues then.
      const kept = client.accountIds === undefined ? NONE : unread(positions, accountIds);
      return follow({ ...asked, positions, accountIds, kept });
    },

    async 'consumers.list'({ params, query }) {
      const page = readConsumersQuery(query);
      const accountId = await accountIn(params);
      const { consumers, next } = await standings(deps, accountId, page);
      const views = consumers.map((consumer) => consumerView(accountId, consumer));
      return { status: 200, body: { consumers: views, cursor: nextCursor(next) } };
    },

    async 'consumers.show'({ params }) {
      const { name } = params;
      const accountId = await accountIn(params);
      return { status: 200, body: consumerView(accountId, await standing(deps, accountId, { name })) };
    },

    async 'consumers.acknowledge'({ params, body }) {
      const { name } = params;
      const accountId = await accountIn(params);
      const acknowledged = readAcknowledgement(accountId, body);
      const consumer = await acknowledge({ ...deps, clock }, { accountId, name, ...acknowledged });
      return { status: 200, body: consumerView(accountId, consumer) };
    },

    async 'orders.resend'({ params, body }) {
      const asked = readResend(body);
      const accountId = await accountIn(params);
      const untilMillis = plus(clock(), RESEND_TIME);
      const { next, ...sent } =
        asked.orderIds !== undefined
          ? await resendOrders(deps, { accountId, orderIds: asked.orderIds })
          : await resendWindow({ ...deps, outOfTime: () => clock() >= untilMillis }, { accountId, ...asked });
      return { status: 202, body: { resent: sent.resent, unknown: sent.unknown, cursor: nextCursor(next) } };
    },
  };
}

function changeDeps() {
  const dynamo = processDynamo();
  const accounts = { dynamo, table: setting('ACCOUNTS_TABLE') };
  const orders = setting('ORDERS_TABLE');
  return {
    accounts: followedAccounts(accounts),
    oneAccount: accountParts(accounts, ['accountId', 'phase']),
    feed: feedReader({ dynamo, table: setting('FEED_TABLE') }),
    orders: orderRows({ dynamo, orders }),
    history: orderHistory({ dynamo, table: orders }),
    consumers: consumerStore({ dynamo, table: setting('CONSUMERS_TABLE') }),
    queue: workQueue(setting('WORK_QUEUE_URL'), correlationId),
    clock,
  };
}
