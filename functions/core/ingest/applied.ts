import type { OpenSession } from '../access/session.ts';
import type { Log } from '../base/log.ts';
import type { Clock } from '../base/time.ts';
import type { Stop } from '../faults/own-stop.ts';
import type { RowWriter } from '../feed/row-writer.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import { addFlags, type FlagCounts } from '../orders/flags.ts';
import type { OrderContent, OrderId } from '../orders/order.ts';
import type { OrderRow, OrderStore } from '../orders/store.ts';
import type { EarlierSales } from './earlier-sales.ts';
import type { OutageDetector } from './outage-detector.ts';
import type { Failure } from './quarantine.ts';
import type { HintId, OpenedPurchase } from './store.ts';

/** Most conflicts in a row: another batch may change a row between reading and writing, but more of them are a bug. */
export const CONFLICTS = 8;

export interface ApplyDeps {
  readonly accountId: string;
  readonly marketplace: Marketplace;
  readonly session: OpenSession;
  readonly orders: Pick<OrderStore, 'readMany'>;
  readonly rows: RowWriter;
  readonly clock: Clock;
  readonly log: Log;
  readonly detectors: { readonly sales: OutageDetector; readonly purchases: OutageDetector };
  /** Sales from before the connect, in the first day of an account; absent later. */
  readonly earlier?: EarlierSales | undefined;
  /** True when the run has to stop soon. */
  readonly outOfTime: () => boolean;
}

/**
 * The result for an order: its row and feed entry are stored (`stored`); or a live sale holds it by now, so
 * that nothing else has to be done for it alone (`held`: purchases and surcharges); or it failed although others
 * could be read.
 */
export type Fate = 'stored' | 'held' | Failure;

/** Result of applying sales or purchases: a value, of one step or of several added up. */
export interface Applied {
  readonly fates: ReadonlyMap<HintId, Fate>;
  /** Purchases that no live sale holds (any more), to be applied next. */
  readonly opened: readonly OpenedPurchase[];
  readonly changed: number;
  /** Number of changed orders with a flag. */
  readonly flagged: number;
  readonly flags: FlagCounts;
  /** A sale that could be read. */
  readonly goodSaleId?: string | undefined;
  /** The reason for which reading stopped after some sales were read. */
  readonly stop?: Stop | undefined;
}

export const NOTHING_APPLIED: Applied = { fates: new Map(), opened: [], changed: 0, flagged: 0, flags: {} };

/**
 * Adds up the results of several steps, in their order. For an order that occurs twice, the later fate holds.
 */
export const allOf = (parts: readonly Partial<Applied>[]): Applied => ({
  fates: new Map(parts.flatMap(({ fates = [] }) => [...fates])),
  opened: parts.flatMap(({ opened = [] }) => opened),
  changed: parts.reduce((sum, { changed = 0 }) => sum + changed, 0),
  flagged: parts.reduce((sum, { flagged = 0 }) => sum + flagged, 0),
  flags: parts.reduce<FlagCounts>((sum, { flags = {} }) => addFlags(sum, flags), {}),
  goodSaleId: parts.findLast(({ goodSaleId }) => goodSaleId !== undefined)?.goodSaleId,
  stop: parts.find(({ stop }) => stop !== undefined)?.stop,
});

/** A changed order, as counted in the result. */
export function changedOrder(content: OrderContent | undefined): Partial<Applied> {
  if (content?.flags === undefined) return { changed: 1 };
  return { changed: 1, flagged: 1, flags: Object.fromEntries(content.flags.map((flag) => [flag, 1])) };
}

export const failureIn = ({ fates }: Pick<Applied, 'fates'>, id: HintId): Failure | undefined => {
  const fate = fates.get(id);
  return typeof fate === 'object' ? fate : undefined;
};

/** Whether the order's row is stored, which includes an order in doubt that is to be read again. */
export const isStoredIn = (applied: Pick<Applied, 'fates'>, id: HintId): boolean =>
  applied.fates.get(id) === 'stored' || failureIn(applied, id)?.reason === 'unconfirmed';

export type Rows = ReadonlyMap<OrderId, OrderRow>;

/** Throws the reason for which reading stopped after some sales were read. */
export function unstopped<T extends { readonly stop?: Stop | undefined }>(done: T): T {
  if (done.stop !== undefined) throw done.stop;
  return done;
}
