import type { Account } from '../account/account.ts';
import { type AmendDeps, amend } from '../account/amend.ts';
import { checkAsked } from '../account/requests.ts';
import type { AccountAdmin } from '../account/store.ts';
import type { WorkQueue } from '../account/work-queue.ts';
import { dayAfter, dayOf } from '../base/days.ts';
import { unknownAccount } from '../base/problem.ts';
import type { BilingualText } from '../base/text.ts';
import type { EpochMillis } from '../base/time.ts';
import type { ConsumerStore } from '../feed/consumer-store.ts';
import { isStillThere } from '../feed/place.ts';
import type { ListKind } from '../marketplace/lists.ts';
import { type OrderId, orderIdOfSale } from '../orders/order.ts';
import type { FeedReader } from '../orders/store.ts';
import type { ListedPart, ListedSale, ListedStore, OrderMarks } from '../reconcile/store.ts';
import { noList, notChecked, notYetConnected } from './problems.ts';
import { unseenByCheck } from './unseen.ts';

export interface CompletenessDeps {
  readonly listed: Pick<ListedStore, 'parts'>;
  readonly orders: OrderMarks;
  readonly consumers: Pick<ConsumerStore, 'list'>;
  readonly feed: Pick<FeedReader, 'pages'>;
}

/**
 * The marketplace's own list of a day compared with our present orders. Sales only: no list shows a purchase
 * without a sale.
 */
export interface Completeness {
  readonly day: string;
  readonly checkedAtMillis: EpochMillis;
  /** Whether the day was over when it was checked. */
  readonly dayWasOver: boolean;
  readonly list: ListKind;
  /** Number of sales that the list named, without cancelled ones and those from before the first connect. */
  readonly marketplace: number;
  readonly ours: number;
  readonly cancelled: number;
  readonly surcharges: number;
  readonly beforeConnect: number;
  readonly journalLoss: number;
  readonly changesNeverTold: number;
  readonly missing: readonly OrderId[];
  /**
   * By consumer, how many of our orders it has acknowledged in their present state; none if the feed lacks its
   * position.
   */
  readonly acknowledged: Readonly<Record<string, number>>;
  readonly cannotSee: readonly BilingualText[];
}

const CONSUMERS = 100;

/** The comparison of a day. Throws Problem for a day that was not checked yet. */
export async function completenessOf(
  deps: CompletenessDeps,
  account: Account,
  asked: { day: string; timeZone: string },
): Promise<Completeness> {
  const { accountId } = account;
  const { day, timeZone } = asked;
  const parts = await deps.listed.parts(accountId, { from: day, to: day });
  const { list, blind, checkedAtMillis } = checkOf(account, { ...asked, parts });
  const sales = parts.flatMap((part) => part.sales);
  const counted = sales.filter(({ kind }) => kind === 'live' || kind === 'open' || kind === 'unread');
  const orderIds = counted.map(({ id }) => orderIdOfSale(id));
  const marks = await deps.orders.marks(accountId, orderIds);
  const number = (kind: ListedSale['kind']) => sales.filter((sale) => sale.kind === kind).length;
  return {
    day,
    checkedAtMillis,
    dayWasOver: dayOf(checkedAtMillis, timeZone) > day,
    list,
    marketplace: counted.length,
    ours: marks.size,
    cancelled: number('cancelled'),
    surcharges: number('surcharge'),
    beforeConnect: number('earlier') + number('earlier-open'),
    journalLoss: sales.filter(({ lost }) => lost === true).length,
    changesNeverTold: sales.reduce((sum, { untold = [] }) => sum + untold.length, 0),
    missing: orderIds.filter((id) => !marks.has(id)),
    acknowledged: await acknowledged(deps, accountId, [...marks.values()]),
    cannotSee: unseenByCheck(list, blind),
  };
}

/**
 * The check of a day: the last one if it covered the day, otherwise the latest that wrote parts of it. Throws
 * Problem.
 */
function checkOf(
  { accountId, check }: Account,
  { day, timeZone, parts }: { day: string; timeZone: string; parts: readonly ListedPart[] },
): { list: ListKind; blind?: readonly ListKind[] | undefined; checkedAtMillis: EpochMillis } {
  if (check !== undefined && day >= check.since && day <= dayOf(check.atMillis, timeZone)) {
    if (check.list === undefined) throw noList();
    return { list: check.list, blind: check.blind, checkedAtMillis: check.atMillis };
  }
  const newest = parts.toSorted((one, other) => other.writtenAtMillis - one.writtenAtMillis)[0];
  const isFuture = check === undefined || day > dayOf(check.atMillis, timeZone);
  if (newest === undefined || isFuture) throw notChecked(day, accountId);
  return { list: newest.list, checkedAtMillis: newest.writtenAtMillis };
}

async function acknowledged(
  deps: CompletenessDeps,
  accountId: string,
  marks: readonly { readonly fedNumber?: number }[],
): Promise<Record<string, number>> {
  const numbers = marks.map(({ fedNumber }) => fedNumber ?? Number.POSITIVE_INFINITY);
  const found: Record<string, number> = {};
  let after: string | undefined;
  do {
    const page = await deps.consumers.list(accountId, { limit: CONSUMERS, after });
    for (const consumer of page.consumers) {
      const number = (await isStillThere(deps.feed, accountId, consumer)) ? consumer.number : 0;
      found[consumer.name] = numbers.filter((fed) => fed <= number).length;
    }
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** The day before today, in the marketplace's calendar. */
export const yesterday = (now: EpochMillis, timeZone: string): string => dayAfter(dayOf(now, timeZone), -1);

/** Has all daily work done now. Throws Problem. */
export async function askForCheck(
  deps: AmendDeps & { accounts: Pick<AccountAdmin, 'read' | 'amend'>; queue: WorkQueue },
  account: Account,
): Promise<void> {
  if (account.connectedAtMillis === undefined) throw notYetConnected();
  const now = deps.clock();
  const asked = await amend(deps, account.accountId, {
    to: (present) => ({
      ...checkAsked(present, now),
      ...(account.dueAtMillis !== undefined && { dueAtMillis: now }),
    }),
  });
  if (asked === undefined) throw unknownAccount();
  await deps.queue.send({ accountId: account.accountId, slotMillis: now, why: 'now' });
}
