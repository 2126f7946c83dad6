import type { OrderId } from '../orders/order.ts';
import { type FeedPage, type FeedReader, type OrderRow, PAGE_ENTRIES } from '../orders/store.ts';
import { endOf } from './place.ts';
import { isOwed } from './row-write.ts';

/**
 * Finds rows whose state the feed lacks. Rows with a later number than the end of the feed that the account knows are
 * looked up in the feed: the account has lost their batch, because it was restored to an earlier moment. A later batch
 * may have taken the number of such a row, so that only the page of a number proves that a row was told: a nightly
 * check looks there for each row that it meets for the first time; other readings do not pay for that.
 */
export class FeedCoverage {
  readonly #feed: Pick<FeedReader, 'pages'>;
  readonly #accountId: string;
  readonly #own = new Set<string>();
  /** Rows, as their batch has written them, that are known to be missing in the feed. */
  readonly #lacking = new Set<string>();
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

  /** Ids of the rows whose state the feed lacks. `isThorough`: looks up the page of each row. */
  async owed(rows: readonly OrderRow[], { isThorough = false } = {}): Promise<ReadonlySet<OrderId>> {
    const found = new Set<OrderId>();
    for (const row of rows) {
      if (!isOwed(row) && (await this.#isTold(row, { isThorough }))) continue;
      this.#lacking.add(writingOf(row));
      found.add(row.orderId);
    }
    return found;
  }

  async #isTold(row: OrderRow, { isThorough }: { isThorough: boolean }): Promise<boolean> {
    const { orderId, content, batchId, fedNumber = 0 } = row;
    if (content === undefined || batchId === undefined || this.#own.has(batchId)) return true;
    if (this.#lacking.has(writingOf(row))) return false;
    if (fedNumber <= this.#until && !isThorough) return true;
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

const writingOf = ({ orderId, batchId = '' }: OrderRow): string => `${orderId} ${batchId}`;
