import type { OrderId } from '../orders/order.ts';
import { type FeedPage, type FeedReader, type OrderRow, PAGE_ENTRIES } from '../orders/store.ts';
import { endOf } from './place.ts';
import { isOwed } from './row-write.ts';

/**
 * Whether readers were told of rows. Where the account knows how far the feed went, no row needs a look; rows that are told
 * later than that were written by a worker whose batch the account has lost, because it was restored to an earlier moment,
 * and are looked for in the feed.
 */
export class Told {
  readonly #feed: Pick<FeedReader, 'pages'>;
  readonly #accountId: string;
  readonly #own = new Set<string>();
  #until: number;
  #pages: FeedPage[] = [];
  /** From here on there was nothing. */
  #end = Number.POSITIVE_INFINITY;

  constructor(feed: Pick<FeedReader, 'pages'>, { accountId, until }: { accountId: string; until: number }) {
    this.#feed = feed;
    this.#accountId = accountId;
    this.#until = until;
  }

  /** The feed ends here: it may have been restored, too. */
  endsAt(number: number): void {
    this.#until = Math.min(this.#until, number);
  }

  /** The page of this batch stands. */
  has(batchId: string): void {
    this.#own.add(batchId);
  }

  /** Those of these rows that readers were not told of. */
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
