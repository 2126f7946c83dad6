import type { SessionAge } from '../adapters/sessions.ts';
import type { Account as AccountBody, Connection as ConnectionBody, Login } from '../contract/account.ts';
import type { Key } from '../contract/keys.ts';
import type { Shown } from '../contract/operation.ts';
import type { IntegrationKey } from '../core/access/key-store.ts';
import type { LedgerEntry } from '../core/access/login-log.ts';
import type { Account } from '../core/account/account.ts';
import { type Connection, connectionOf } from '../core/account/connection.ts';
import { type PendingPassword, pendingPassword } from '../core/account/pending.ts';
import type { Added } from '../core/admin/add-account.ts';
import { type EpochMillis, toIso } from '../core/base/time.ts';
import { iso } from './iso.ts';

export interface AccountContext {
  readonly now: EpochMillis;
  readonly session?: SessionAge | undefined;
  readonly key?: IntegrationKey | undefined;
}

/** An account for readers of the API: its state and advice, never a secret. */
export function accountView(account: Account, context: AccountContext): Shown<typeof AccountBody> {
  const { session, now } = context;
  const live = session !== undefined && session.expiresAtMillis > now;
  return {
    accountId: account.accountId,
    marketplace: account.marketplaceId,
    login: account.login,
    integrationKeyId: account.integrationKeyId,
    userId: account.userId ?? null,
    createdAt: toIso(account.createdAtMillis),
    connection: connectionView(connectionOf(account, context.key?.trouble)),
    pendingPassword: pendingView(pendingPassword(account, { now, shared: context.key?.trouble })),
    session: live
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

/** The facts that an account took over from an earlier one of the same seller when it was added. */
export const inheritedView = ({ possibleFailures, lockedAtMillis }: Added['inherited']) => ({
  possibleFailures,
  lockedAt: iso(lockedAtMillis),
});

const connectionView = ({
  state,
  reason,
  code,
  message,
  sinceMillis,
}: Connection): Shown<typeof ConnectionBody> => ({
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

const lastRunView = (run: NonNullable<Account['lastRun']>) => ({
  startedAt: toIso(run.startedAtMillis),
  finishedAt: toIso(run.finishedAtMillis),
  outcome: run.outcome,
  events: run.events,
  ordersChanged: run.ordersChanged,
  flagged: run.flagged,
  flags: run.flags,
  late: run.late,
  reason: run.reason,
});

export const keyView = ({ keyId, label, createdAtMillis, trouble }: IntegrationKey): Shown<typeof Key> => ({
  integrationKeyId: keyId,
  label,
  createdAt: toIso(createdAtMillis),
  trouble: trouble === undefined ? null : { reason: trouble.reason, since: toIso(trouble.sinceMillis) },
});

/** A login attempt: time, reason, outcome, worker and address; never the secret. */
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
}: LedgerEntry): Shown<typeof Login> => ({
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
