import type { Account } from '../account/account.ts';
import { connectionOf } from '../account/connection.ts';
import type { BilingualText } from '../base/text.ts';
import { type EpochMillis, earliest, MINUTE, plus } from '../base/time.ts';
import type { SharedTrouble } from '../faults/shared-trouble.ts';
import { type PollInterval, restOf } from './poll-interval.ts';

export type SyncState = 'fresh' | 'late' | 'stalled' | 'disconnected';

export interface Freshness {
  readonly state: SyncState;
  readonly why: BilingualText;
  /**
   * Time since the journal was last read to its end with nothing left open, or since the oldest event that is
   * not processed, whichever is longer; absent before the first time.
   */
  readonly lagMillis?: number;
  /** Age of the last event up to which everything is processed; absent before the first. */
  readonly cursorAgeMillis?: number;
}

/** Lag below which orders are fresh, however often the account is synchronised. */
const FRESH_FOR = 5 * MINUTE;
const STALLED_AFTER = 30 * MINUTE;
/** Number of an account's rests after which its orders are late. */
const LATE_RESTS = 3;

const WHY = {
  fresh: { pl: 'Zamówienia są aktualne.', en: 'The orders are up to date.' },
  first: {
    pl: 'Konto jest połączone; pierwszy odczyt dziennika jeszcze trwa.',
    en: 'The account is connected; the first reading of its journal is not over yet.',
  },
  backlog: {
    pl: 'Odczytujemy zaległe zdarzenia z dziennika; nie mieszczą się w jednym odczycie.',
    en: 'A backlog of journal events is being read; it does not fit into one run.',
  },
  gap: {
    pl: 'Dziennik serwisu nie pamięta zdarzeń z czasu przerwy; uzupełniamy zamówienia z list serwisu.',
    en: "The marketplace's journal has forgotten events of a pause; the orders are being filled in from its lists.",
  },
  bad: {
    pl: 'Niektórych zamówień nie da się teraz odczytać. Próbujemy ponownie; po pięciu próbach je odkładamy.',
    en: 'Some orders cannot be read now. They are tried again, and quarantined after five runs.',
  },
  quiet: {
    pl: 'Od dłuższego czasu żaden odczyt się nie powiódł. Sprawdź, czy działają harmonogram i kolejka.',
    en: 'No run has succeeded for some time. Check that the schedule and the queue are working.',
  },
} as const satisfies Record<string, BilingualText>;

/** The freshness of an account's orders, with the reason. */
export function freshnessOf(
  account: Account,
  signs: {
    shared?: Pick<SharedTrouble, 'reason' | 'sinceMillis'> | undefined;
    now: EpochMillis;
    pollInterval: PollInterval;
  },
): Freshness {
  const { cursorEventAtMillis } = account;
  const behindSince = earliest([account.lastSuccessAtMillis, account.openEventAtMillis]);
  const age = (since: EpochMillis) => Math.max(0, signs.now - since);
  return {
    ...judgeFreshness(account, signs),
    ...(behindSince !== undefined && { lagMillis: age(behindSince) }),
    ...(cursorEventAtMillis !== undefined && { cursorAgeMillis: age(cursorEventAtMillis) }),
  };
}

/** Connection states that end by themselves, and only make orders late. */
const PASSING: ReadonlySet<string> = new Set(['connected', 'retrying', 'session-unstable']);

function judgeFreshness(
  account: Account,
  { shared, now, pollInterval }: Parameters<typeof freshnessOf>[1],
): Pick<Freshness, 'state' | 'why'> {
  const connection = connectionOf(account, shared);
  if (connection.reason === 'sync-stalled' || connection.reason === 'journal-stuck')
    return { state: 'stalled', why: connection.message };
  if (!PASSING.has(connection.state)) return { state: 'disconnected', why: connection.message };
  const succeededAt = account.lastSuccessAtMillis ?? account.connectedAtMillis;
  // A backlog is read from its oldest end, so its age does not show whether the reading makes progress.
  const openSince = account.backlog === undefined ? account.openEventAtMillis : undefined;
  const since = succeededAt && earliest([succeededAt, openSince]);
  if (since === undefined) return { state: 'late', why: WHY.first };
  const why = reasonFor(account, connection);
  const rests = LATE_RESTS * restOf(account, { pollInterval, now });
  if (now >= plus(since, Math.max(STALLED_AFTER, rests))) return { state: 'stalled', why: why ?? WHY.quiet };
  const isLate = now >= plus(since, Math.max(FRESH_FOR, rests));
  if (isLate || account.backlog !== undefined) return { state: 'late', why: why ?? WHY.quiet };
  return { state: 'fresh', why: WHY.fresh };
}

function reasonFor(account: Account, connection: ReturnType<typeof connectionOf>): BilingualText | undefined {
  if (connection.state !== 'connected') return connection.message;
  if (account.gap?.found?.state === 'filling') return WHY.gap;
  if (account.backlog !== undefined) return WHY.backlog;
  return (account.failedOrders ?? 0) > 0 ? WHY.bad : undefined;
}
