import {
  connectionOf,
  hasUntriedStagedVersion,
  needsPerson,
} from '../../../functions/core/account/connection.ts';
import { HOUR } from '../../../functions/core/base/time.ts';
import type { Row } from '../doors/accounts.ts';
import { indexOfLogin, type World } from '../world.ts';
import type { AccountLog } from './log.ts';
import type { Rule } from './names.ts';

/** Time after the last interference within which any trouble has to end. */
const PATIENCE = 2 * HOUR;

/** Whether nothing is left to wait for; called after every event. */
export function isSettled(world: World): boolean {
  let troubled = false;
  for (const log of world.watch.logs.values()) {
    if (troubleOf(world, log) === undefined) delete log.troubledSince;
    else log.troubledSince ??= world.scheduler.now;
    troubled ||= log.troubledSince !== undefined;
  }
  return !troubled && world.running === 0;
}

/** Reports trouble that has not ended within that time as a violation. */
export function unsettled(world: World): void {
  const { watch, scheduler } = world;
  const long = (since: number | undefined) => since !== undefined && since < scheduler.now - PATIENCE;
  const hanging = world.processes.find(({ alive, done, startedAt }) => alive && !done && long(startedAt));
  if (hanging !== undefined) watch.violate('end: nobody waits for ever', `p${hanging.id} still waits`);
  for (const log of watch.logs.values()) {
    const trouble = long(log.troubledSince) ? troubleOf(world, log) : undefined;
    if (trouble !== undefined) watch.violate(trouble.rule, `${log.accountId} ${trouble.text}`);
  }
}

type Trouble = { rule: Rule; text: string } | undefined;

function troubleOf(world: World, log: AccountLog): Trouble {
  const row = world.store.rows.get(log.accountId);
  return row === undefined ? leftovers(world, log) : standing(world, { row, log });
}

/**
 * Leftovers of a removed account. Only a claim on its seller may remain, which the next claimant takes over.
 */
function leftovers(world: World, { accountId, login }: AccountLog): Trouble {
  const rule = '13 removed for good';
  const { store } = world;
  if (store.vaults.has(accountId)) return { rule, text: 'leaves its secret' };
  if (store.sessions.has(accountId)) return { rule, text: 'leaves a handle' };
  if (world.claimantOf(login) === accountId) return { rule, text: 'leaves its login claimed' };
  return undefined;
}

/** Trouble of an account: every account has to be at work, or to wait for a person who was told. */
function standing(world: World, { row, log }: { row: Row; log: AccountLog }): Trouble {
  const { state, reason } = connectionOf(row);
  if (row.phase === 'paused') return undefined;
  if (row.phase !== 'active') return { rule: 'end: creation and removal end', text: `is still ${row.phase}` };
  if (state === 'connected') return working(world, row);
  if (!needsPerson(state)) return { rule: 'end: trouble passes', text: `is still ${state} (${reason})` };
  if (log.untold !== undefined || row.pendingNotice !== undefined)
    return { rule: 'end: people are told', text: `is ${state} (${reason}) and nobody knows` };
  const { lastNotice } = row;
  if (lastNotice?.kind !== 'needs-person' || lastNotice.state !== state || lastNotice.reason !== reason)
    return {
      rule: 'end: people are told',
      text: `is ${state} (${reason}), people know of ${lastNotice?.state}`,
    };
  return undefined;
}

function working({ store, market, scheduler }: World, row: Row): Trouble {
  const rule = 'end: handles are used';
  const session = store.sessions.get(row.accountId);
  const seller = market.seller(indexOfLogin(row.login));
  if (row.lastRun?.outcome !== 'done') return { rule, text: `runs end ${row.lastRun?.outcome}` };
  if (session === undefined) return { rule, text: 'has no handle' };
  if (!market.isLive(seller, { handle: session.handle.reveal(), now: scheduler.now }))
    return { rule, text: 'has a dead handle' };
  if (row.leaseToken !== undefined) return { rule, text: 'keeps its lease' };
  if (row.promoteVersion !== undefined) return { rule, text: 'has not promoted its password' };
  // A version whose permitted resend died with its worker stays staged; its permission is used.
  if (hasUntriedStagedVersion(row)) return { rule, text: 'has not tried its new password' };
  return undefined;
}
