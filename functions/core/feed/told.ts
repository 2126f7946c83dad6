import type { OrderId } from '../orders/order.ts';
import { type FeedPage, type FeedReader, type OrderRow, PAGE_ENTRIES } from '../orders/store.ts';
import { endOf } from './place.ts';
import { isOwed } from './row-write.ts';

/**
 * Finds rows whose state the feed lacks. Rows with a number up to the end of the feed that the account knows need no
 * look. Rows with a later number are looked up in the feed: the account has lost their batch, because it was restored to
 * an earlier moment.
 */
export class Told {
  readonly #feed: Pick<FeedReader, 'pages'>;
  readonly #accountId: string;
  readonly #own = new Set<string>();
  #until: number;
  #pages: FeedPage[] = [];
  /** Number from which on the feed had no entries. */
  #end = Number.POSITIVE_INFINITY;

  constructor(feed: Pick<FeedReader, 'pages'>, { accountId, until }: { accountId: string; until: number }) {
    this.#feed = feed;
    this.#accountId = accountId;
    this.#until = until;
  }

  /** Notes the end of the feed, which may have been restored to an earlier moment, too. */
  endsAt(number: number): void {
    this.#until = Math.min(this.#until, number);
  }

  /** Notes that the page of this batch is stored. */
  has(batchId: string): void {
    this.#own.add(batchId);
  }

  /** Ids of the rows whose state the feed lacks. */
  async owed(rows: readonly OrderRow[]): Promise<ReadonlySet<OrderId>> {
    const found = new Set<OrderId>();
    for (const row of rows) if (isOwed(row) || !(await this.#isTold(row))) found.add(row.orderId);
    return found;
  }

  async #isTold({ orderId, content, batchId, fedNumber = 0 }: OrderRow): Promise<boolean> {
    if (content === undefined || batchId === undefined) return true;
    if (fedNumber <= this.#until || this.#own.has(batchId)) return true;
    const page = await this.#pageWith(fedNumber);
    return page?.batchId === batchId && page.entries.some((entry) => entry.orderId === orderId);
  }

  async #pageWith(number: number): Promise<FeedPage | undefined> {
    const holds = (page: FeedPage) => page.first <= number && number <= endOf(page);
    const known = this.#pages.find(holds);
    if (known !== undefined || number >= this.#end) return known;
    const pages = await this.#feed.pages(this.#accountId, { after: number, limit: PAGE_ENTRIES });
    if (pages.length === 0) this.#end = number;
    this.#pages.push(...pages);
    return pages.find(holds);
  }
}
