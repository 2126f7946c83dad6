import type { SessionAge } from '../adapters/sessions.ts';
import type { WebapiKey } from '../core/access/key-store.ts';
import type { LedgerEntry } from '../core/access/login-log.ts';
import type { Account } from '../core/account/account.ts';
import { type Connection, connectionOf } from '../core/account/connection.ts';
import { type PendingPassword, pendingPassword } from '../core/account/pending.ts';
import type { Added } from '../core/admin/add-account.ts';
import { type EpochMillis, toIso } from '../core/base/time.ts';
import { isLive } from '../core/orders/order.ts';
import type { OrderRow } from '../core/orders/store.ts';
import { iso } from './iso.ts';

export interface AccountContext {
  readonly now: EpochMillis;
  readonly session?: SessionAge | undefined;
  readonly key?: WebapiKey | undefined;
}

/** An account as API readers see it: where it stands and what to do, never a secret. */
export function accountView(account: Account, context: AccountContext) {
  const { session, now } = context;
  const live = session !== undefined && session.expiresAtMillis > now;
  return {
    accountId: account.accountId,
    marketplace: account.marketplaceId,
    login: account.login,
    webapiKeyId: account.webapiKeyId,
    userId: account.userId ?? null,
    createdAt: toIso(account.createdAtMillis),
    connection: connectionView(connectionOf(account, context.key?.trouble)),
    pendingPassword: pendingView(pendingPassword(account, { now, shared: context.key?.trouble })),
    sessionHandle: live
      ? {
          createdAt: toIso(session.loggedInAtMillis),
          expiresAt: toIso(session.expiresAtMillis),
          ageSeconds: Math.max(0, Math.floor((now - session.loggedInAtMillis) / 1_000)),
        }
      : null,
    lastLoginAt: iso(account.lastLoginAtMillis),
    ordersSince: iso(account.connectedAtMillis),
    lastRun: account.lastRun === undefined ? null : lastRunView(account.lastRun),
    nextRunAt: iso(account.dueAtMillis),
  };
}

/** What an account took over from an earlier one of the same seller when it was added. */
export const inheritedView = ({ possibleFailures, lockedAtMillis }: Added['inherited']) => ({
  possibleFailures,
  lockedAt: iso(lockedAtMillis),
});

export const connectionView = ({ state, reason, code, message, sinceMillis }: Connection) => ({
  state,
  reason: reason ?? null,
  code: code ?? null,
  since: iso(sinceMillis),
  message,
});

const pendingView = (pending: PendingPassword | undefined) =>
  pending === undefined
    ? null
    : {
        reason: pending.reason ?? null,
        until: iso(pending.untilMillis),
        message: pending.message,
      };

const lastRunView = ({ startedAtMillis, finishedAtMillis, ...run }: NonNullable<Account['lastRun']>) => ({
  ...run,
  startedAt: toIso(startedAtMillis),
  finishedAt: toIso(finishedAtMillis),
});

export const keyView = ({ keyId, label, createdAtMillis, trouble }: WebapiKey) => ({
  webapiKeyId: keyId,
  label,
  createdAt: toIso(createdAtMillis),
  trouble: trouble === undefined ? null : { reason: trouble.reason, since: toIso(trouble.sinceMillis) },
});

/** An order with its place in history. Amounts are whole minor units (grosze, halire) with their currency. */
export const orderView = ({ orderId, revision, content, createdAtMillis, changedAtMillis }: OrderRow) => ({
  orderId,
  revision,
  live: content !== undefined && isLive(content.state),
  ...content,
  firstSeenAt: toIso(createdAtMillis),
  changedAt: toIso(changedAtMillis),
});

/** One login attempt: when, why, how it ended, which worker, from where; never the secret. */
export const loginView = ({
  attemptId,
  version,
  atMillis,
  why,
  worker,
  egressId,
  outcome,
  code,
  endedAtMillis,
}: LedgerEntry) => ({
  attemptId,
  at: toIso(atMillis),
  endedAt: iso(endedAtMillis),
  why,
  outcome: outcome ?? 'unknown',
  code: code ?? null,
  secretVersion: version,
  worker,
  egressId,
});
