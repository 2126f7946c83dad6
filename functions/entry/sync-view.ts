import type { Account } from '../core/account.ts';
import type { BadOrder } from '../core/ports/journal.ts';
import { dayCounts } from '../core/sync/hours.ts';
import type { Standing } from '../core/sync/standing.ts';
import { type EpochMillis, toIso } from '../core/time.ts';

const iso = (millis: EpochMillis | undefined): string | null => (millis === undefined ? null : toIso(millis));
const seconds = (millis: number | undefined): number | null =>
  millis === undefined ? null : Math.floor(millis / 1_000);

/** How fresh the orders of an account are, and why; orders that could not be stored, with their reasons. */
export const syncView = (
  account: Account,
  use: { standing: Standing; bad: readonly BadOrder[]; now: EpochMillis },
) => ({
  accountId: account.accountId,
  state: use.standing.state,
  message: use.standing.why,
  lagSeconds: seconds(use.standing.lagMillis),
  lastSuccessAt: iso(account.lastSuccessAtMillis),
  cursor: account.cursor ?? null,
  cursorAgeSeconds: seconds(use.standing.cursorAgeMillis),
  lastEventAt: iso(account.cursorEventAtMillis),
  last24Hours: dayCounts(account.hours, use.now),
  setAside: use.bad.filter(({ setAsideAtMillis }) => setAsideAtMillis !== undefined).map(badOrderView),
  failing: use.bad.filter(({ setAsideAtMillis }) => setAsideAtMillis === undefined).map(badOrderView),
});

const badOrderView = (bad: BadOrder) => ({
  orderId: bad.orderId,
  reason: bad.reason,
  detail: bad.detail,
  tries: bad.tries,
  firstAt: toIso(bad.firstAtMillis),
  lastAt: toIso(bad.lastAtMillis),
  setAsideAt: iso(bad.setAsideAtMillis),
});
