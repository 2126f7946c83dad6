import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Account } from '../core/account.ts';
import type { AccountStore } from '../core/ports.ts';
import { type AccountTable, all, condition, readAccount } from './account-item.ts';
import { ifCondition } from './dynamo.ts';

type Logins = Pick<
  AccountStore,
  | 'takeLease'
  | 'releaseLease'
  | 'beginAttempt'
  | 'recordSuccess'
  | 'recordVerdict'
  | 'recordLock'
  | 'forgiveAttempt'
  | 'promoted'
>;

interface Update {
  readonly accountId: string;
  readonly set?: string;
  readonly remove?: string;
  readonly add?: string;
  readonly when: string;
  readonly names?: Record<string, string>;
  readonly values?: Record<string, unknown>;
}

/** Everything that a login writes on the account item, each a single conditional update. */
export function accountLogins(use: AccountTable): Logins {
  const update = async (change: Update): Promise<Account | undefined> => {
    const clauses = [
      change.set && `SET ${change.set}`,
      change.remove && `REMOVE ${change.remove}`,
      change.add && `ADD ${change.add}`,
    ].filter((clause) => clause !== undefined);
    const command = new UpdateCommand({
      TableName: use.table,
      Key: { accountId: change.accountId },
      UpdateExpression: clauses.join(' '),
      ConditionExpression: change.when,
      ...(change.names !== undefined && { ExpressionAttributeNames: change.names }),
      ...(change.values !== undefined && { ExpressionAttributeValues: change.values }),
      ReturnValues: 'ALL_NEW',
    });
    const answer = await ifCondition(use.dynamo.send(command));
    return answer?.Attributes as Account | undefined;
  };

  return {
    async takeLease(accountId, lease) {
      const taken = await update({
        accountId,
        set: 'leaseToken = :leaseToken, leaseUntilMillis = :until',
        when: all(condition.isActive, condition.leaseIsFree),
        values: {
          ':leaseToken': lease.token,
          ':until': lease.untilMillis,
          ':freeBefore': lease.freeBeforeMillis,
          ':active': 'active',
        },
      });
      if (taken !== undefined) return taken;
      const now = await readAccount(use, accountId);
      return now?.leaseToken === lease.token ? now : undefined;
    },

    async releaseLease(accountId, token) {
      await update({
        accountId,
        remove: 'leaseToken, leaseUntilMillis',
        when: condition.leaseIsMine,
        values: { ':leaseToken': token },
      });
    },

    async beginAttempt(accountId, { lease, loginRevision, recentAttemptsMillis, ...openAttempt }) {
      const begun = await update({
        accountId,
        set: 'openAttempt = :openAttempt, recentAttemptsMillis = :recent, leaseUntilMillis = :until',
        add: 'possibleFailures :one, loginRevision :one',
        when: all(condition.isActive, condition.leaseIsMine, condition.nothingChanged),
        values: {
          ':openAttempt': openAttempt,
          ':recent': recentAttemptsMillis,
          ':until': lease.untilMillis,
          ':leaseToken': lease.token,
          ':loginRevision': loginRevision,
          ':active': 'active',
          ':one': 1,
        },
      });
      if (begun !== undefined) return true;
      const now = await readAccount(use, accountId);
      return now?.openAttempt?.id === openAttempt.id && now.leaseToken === lease.token;
    },

    async recordSuccess(accountId, success) {
      const recorded = await update({
        accountId,
        set: [
          'verdicts.#version = :verdict',
          'currentVersion = :version',
          'lastLoginAtMillis = :at',
          'userId = :userId',
          'possibleFailures = :zero',
          ...(success.promote ? ['promoteVersion = :version'] : []),
        ].join(', '),
        remove: ['openAttempt', 'lockedAtMillis', ...(success.promote ? ['stagedVersion'] : [])].join(', '),
        add: 'loginRevision :one',
        when: all(condition.isActive, condition.leaseIsMine),
        names: { '#version': success.version },
        values: {
          ':verdict': { outcome: 'accepted', atMillis: success.atMillis },
          ':version': success.version,
          ':at': success.atMillis,
          ':userId': success.userId,
          ':leaseToken': success.leaseToken,
          ':active': 'active',
          ':zero': 0,
          ':one': 1,
        },
      });
      if (recorded !== undefined) return true;
      const now = await readAccount(use, accountId);
      return now?.lastLoginAtMillis === success.atMillis && now.leaseToken === success.leaseToken;
    },

    async recordVerdict(accountId, verdict) {
      const { version, atMillis, outcome } = verdict;
      await update({
        accountId,
        set: [
          'verdicts.#version = :verdict',
          ...(verdict.fault === undefined ? [] : ['fault = :fault']),
        ].join(', '),
        add: 'loginRevision :one',
        when: all(condition.exists, 'attribute_not_exists(verdicts.#version)'),
        names: { '#version': version },
        values: {
          ':verdict': { outcome, atMillis },
          ':one': 1,
          ...(verdict.fault !== undefined && { ':fault': verdict.fault }),
        },
      });
      // An accepted attempt was no failure, even where its worker may save nothing else.
      if (outcome === 'accepted') await this.forgiveAttempt(accountId, verdict.attemptId);
      await update({
        accountId,
        remove: 'stagedVersion',
        when: all('stagedVersion = :version', 'verdicts.#version.outcome = :refused'),
        names: { '#version': version },
        values: { ':version': version, ':refused': 'refused' },
      });
    },

    async recordLock(accountId, lock) {
      await update({
        accountId,
        set: 'lockedAtMillis = :at, fault = :fault',
        add: 'loginRevision :one',
        when: condition.exists,
        values: { ':at': lock.atMillis, ':fault': lock.fault, ':one': 1 },
      });
    },

    async forgiveAttempt(accountId, attemptId) {
      await update({
        accountId,
        set: 'possibleFailures = possibleFailures - :one',
        remove: 'openAttempt',
        add: 'loginRevision :one',
        when: all(condition.attemptIsOpen, 'possibleFailures > :zero'),
        values: { ':attemptId': attemptId, ':one': 1, ':zero': 0 },
      });
    },

    async promoted(accountId, version) {
      await update({
        accountId,
        remove: 'promoteVersion',
        when: 'promoteVersion = :version',
        values: { ':version': version },
      });
    },
  };
}
