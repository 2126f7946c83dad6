import type { OpenSession } from '../access/session.ts';
import type { Log } from '../base/log.ts';
import type { Feed } from '../feed/open-feed.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { Form, Purchase } from '../marketplace/sales.ts';
import type { FlagCounts } from '../orders/flags.ts';
import type { OrderId } from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import type { Failure } from './bad-orders.ts';
import type { Doubt } from './doubt.ts';
import type { EarlierForms } from './earlier-forms.ts';
import type { LandDeps } from './land.ts';
import type { HintId } from './store.ts';

/** Another writer may change a row between our reading and writing; this many times in a row it is a bug. */
export const CONFLICTS = 8;

export interface ApplyDeps extends LandDeps {
  readonly accountId: string;
  readonly marketplace: Marketplace;
  readonly session: OpenSession;
  readonly feed: Feed;
  readonly log: Log;
  readonly doubts: { readonly forms: Doubt; readonly deals: Doubt };
  /** In the first day of an account; absent later. */
  readonly earlier?: EarlierForms | undefined;
  /** True when the run has to stop soon. */
  readonly outOfTime: () => boolean;
  /** Which of these forms are to land, given the rows that were read before them; without it, all. */
  readonly choose?: (forms: readonly Form[], rows: Rows) => Promise<readonly Form[]>;
}

/** A deal to look at, and the forms that have just let go of it. */
export interface OpenedDeal extends Purchase {
  readonly releasedBy?: readonly string[];
}

/** What came of applying forms or deals; several are added up. */
export interface Applied {
  /** Orders whose row and feed entry are stored. */
  readonly landed: Set<HintId>;
  /** Deals that a live form holds by now, whatever else is to happen to them, and its surcharges. */
  readonly held: Set<HintId>;
  /** Orders that failed though others could be read. */
  readonly failures: Map<HintId, Failure>;
  /** Deals that no live form holds any more, or never did: to be applied next. */
  readonly opened: OpenedDeal[];
  changed: number;
  /** Changed orders that bear a flag. */
  flagged: number;
  flags: FlagCounts;
  /** A form that could be read. */
  goodFormId?: string | undefined;
}

export const nothingApplied = (): Applied => ({
  landed: new Set(),
  held: new Set(),
  failures: new Map(),
  opened: [],
  changed: 0,
  flagged: 0,
  flags: {},
});

export type Rows = ReadonlyMap<OrderId, OrderRow>;
