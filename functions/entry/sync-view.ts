import type { SyncState } from '../contract/account.ts';
import type { Shown } from '../contract/operation.ts';
import { ROUTES } from '../contract/routes.ts';
import type { Account } from '../core/account/account.ts';
import type { JournalGap, ListCheck } from '../core/account/sync-facts.ts';
import { type EpochMillis, toIso } from '../core/base/time.ts';
import { FAILED_ORDER_TEXTS } from '../core/ingest/failure-texts.ts';
import { isQuarantined } from '../core/ingest/quarantine.ts';
import type { FailedOrder } from '../core/ingest/store.ts';
import type { Freshness } from '../core/run/freshness.ts';
import { dayCounts } from '../core/run/hours.ts';
import { iso } from './iso.ts';

const seconds = (millis: number | undefined): number | null =>
  millis === undefined ? null : Math.floor(millis / 1_000);

/** Most entries of each kind that an answer shows. */
const MOST_SHOWN = 100;

/**
 * The freshness of an account's orders with its reason, and the orders that could not be stored with theirs.
 */
export const syncView = (
  account: Account,
  facts: { freshness: Freshness; bad: readonly FailedOrder[]; now: EpochMillis },
): Shown<typeof SyncState> => ({
  accountId: account.accountId,
  state: facts.freshness.state,
  message: facts.freshness.why,
  lagSeconds: seconds(facts.freshness.lagMillis),
  lastSuccessAt: iso(account.lastSuccessAtMillis),
  cursor: account.cursor ?? null,
  cursorAgeSeconds: seconds(facts.freshness.cursorAgeMillis),
  lastEventAt: iso(account.cursorEventAtMillis),
  last24Hours: hoursView(dayCounts(account.hours, facts.now)),
  lastCheck: account.check === undefined ? null : checkView(account.check),
  gap: account.gap?.found === undefined ? null : gapView(account.gap.found),
  quarantinedCount: facts.bad.filter(isQuarantined).length,
  quarantined: facts.bad.filter(isQuarantined).slice(0, MOST_SHOWN).map(failedOrderView),
  failingCount: facts.bad.filter((bad) => !isQuarantined(bad)).length,
  failing: facts.bad
    .filter((bad) => !isQuarantined(bad))
    .slice(0, MOST_SHOWN)
    .map(failedOrderView),
});

const hoursView = ({ events, ordersChanged, flagged, flags = {}, late }: ReturnType<typeof dayCounts>) => ({
  events,
  ordersChanged,
  flagged,
  flags,
  late,
});

/** The last comparison with the marketplace's own list, with the changes that the journal had not told. */
const checkView = ({ atMillis, list, since, lost, untold }: ListCheck) => ({
  at: toIso(atMillis),
  list: list ?? null,
  since,
  journalLoss: lost,
  changesNeverTold: untold,
});

/** A pause whose events the journal had forgotten. */
const gapView = ({ atMillis, fromMillis, state, importId }: NonNullable<JournalGap['found']>) => ({
  state,
  foundAt: toIso(atMillis),
  from: toIso(fromMillis),
  importId,
  message: GAP[state],
});

const GAP = {
  filling: {
    pl: 'Dziennik serwisu nie pamięta już zdarzeń z czasu przerwy; uzupełniamy zamówienia z list serwisu.',
    en: "The marketplace's journal has forgotten events of a pause; the orders are being filled in from its lists.",
  },
  filled: {
    pl: 'Dziennik serwisu nie pamiętał zdarzeń z czasu przerwy; zamówienia uzupełniono z list serwisu.',
    en: "The marketplace's journal had forgotten events of a pause; the orders were filled in from its lists.",
  },
  unfilled: {
    pl: `Dziennik serwisu nie pamięta zdarzeń z czasu przerwy, a list serwisu nie dało się odczytać. Porównaj zamówienia ze stroną serwisu albo zleć import (${ROUTES['imports.start'].route}).`,
    en: `The marketplace's journal has forgotten events of a pause, and its lists could not be read. Compare the orders with the website, or ask for an import (${ROUTES['imports.start'].route}).`,
  },
} as const;

const failedOrderView = (bad: FailedOrder) => ({
  orderId: bad.orderId,
  reason: bad.reason,
  detail: bad.detail,
  message: FAILED_ORDER_TEXTS[bad.reason],
  tries: bad.tries,
  firstAt: toIso(bad.firstAtMillis),
  lastAt: toIso(bad.lastAtMillis),
  quarantinedAt: iso(bad.quarantinedAtMillis),
});
