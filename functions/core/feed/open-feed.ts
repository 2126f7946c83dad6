import type { Fed, FeedEntry, OrderStore } from '../orders/store.ts';
import { endOf } from './place.ts';

/** The numbered feed of one account, as one run sees it. */
export interface Feed {
  /** Returns the number of the new entry. */
  append(row: Fed): Promise<number>;
}

/**
 * Appends with attribute-not-exists after the last number was read, so no number is ever reserved and
 * readers meet no holes. The last number is kept between appends and read again when somebody else wrote.
 * Those who send on are told before the first append, so that a crash behind it only delays them.
 */
export function openFeed(orders: OrderStore, accountId: string): Feed {
  let last: number | undefined;
  let announced: Promise<void> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const appendNext = async (entry: Omit<FeedEntry, 'number'>): Promise<number> => {
    for (;;) {
      last ??= endOf(await orders.lastPage(accountId));
      const number: number = last + 1;
      last = undefined;
      const page = { first: number, count: 1, entries: [{ ...entry, number }] };
      if (!(await orders.putPage(accountId, page))) continue;
      last = number;
      return number;
    }
  };

  return {
    append: async ({ orderId, revision, changes = ['changed'], changedAtMillis: atMillis }) => {
      announced ??= orders.announce(accountId);
      await announced;
      // One after the other, for each needs the number before it.
      const mine = turn.then(() => appendNext({ orderId, revision, changes, atMillis }));
      turn = mine.catch(() => undefined);
      const number = await mine;
      await orders.markFed(accountId, { orderId, revision, number });
      return number;
    },
  };
}
