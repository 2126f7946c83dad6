import { isDeepStrictEqual } from 'node:util';
import type { PasswordVersions } from '../access/password-store.ts';
import type { Account, Notice } from '../account/account.ts';
import { type AmendDeps, amend } from '../account/amend.ts';
import { connectionOf, needsPerson } from '../account/connection.ts';
import { noticeFor } from '../account/notice.ts';
import type { AccountStore, NoticeIndex } from '../account/store.ts';
import type { Transition } from '../account/transitions.ts';
import type { WorkQueue } from '../account/work-queue.ts';
import type { Log } from '../base/log.ts';
import type { BilingualText } from '../base/text.ts';
import { DAY, type EpochMillis, plus, toIso } from '../base/time.ts';
import { meaningOf } from '../faults/fault.ts';
import type { SharedNotice, TroubleNotices } from '../faults/store.ts';
import type { Bus } from './bus.ts';

/** Time between reminders to people, and between checks of a waiting account's secret. */
const REMIND_EVERY = DAY;

export interface NotifyDeps extends AmendDeps {
  readonly accounts: AccountStore;
  readonly notices: NoticeIndex;
  readonly troubleNotices: TroubleNotices;
  readonly passwords: PasswordVersions;
  readonly queue: WorkQueue;
  readonly bus: Bus;
  readonly log: Log;
}

/** Types of notices, which are their names on the bus. */
type NoticeType =
  | 'account.needs-person'
  | 'account.recovered'
  | 'account.reminder'
  | 'shared.trouble'
  | 'shared.recovered';

/**
 * Tells people of changes, and reminds them daily of accounts that wait for a person. Publishes first and
 * notes it afterwards, so that a crash in between repeats a notice and never loses one. A failure for one
 * account stops no other.
 */
export async function notifyPeople(deps: NotifyDeps): Promise<number> {
  let count = 0;
  for await (const page of deps.notices.pages(deps.clock())) {
    for (const { accountId } of page) {
      const done = await notifyAbout(deps, accountId).catch((error: unknown) => {
        deps.log.warn('notifying-failed', { accountId, error });
        return false;
      });
      if (done) count += 1;
    }
  }
  for (const notice of await deps.troubleNotices.list(plus(deps.clock(), -REMIND_EVERY))) {
    await publish(deps, sharedEvent(notice));
    await deps.troubleNotices.notified(notice, deps.clock());
    count += 1;
  }
  return count;
}

async function notifyAbout(deps: NotifyDeps, accountId: string): Promise<boolean> {
  const now = deps.clock();
  const account = await deps.accounts.read(accountId);
  if (account?.notifyAtMillis === undefined || account.notifyAtMillis > now) return false;
  const { pendingNotice } = account;
  if (pendingNotice !== undefined) {
    const type = pendingNotice.kind === 'recovered' ? 'account.recovered' : 'account.needs-person';
    await publish(deps, accountEvent(account, { type, notice: pendingNotice }));
    await amend(deps, accountId, { to: notified(pendingNotice, now) });
    // The refused password may have been read just before a newer one replaced it, so the newer one is tried
    // soon.
    if (pendingNotice.kind === 'needs-person' && (await isRotated(deps, account)))
      await sendToWork(deps, account);
    return true;
  }
  return await remind(deps, { account, now });
}

/**
 * Whether the secret store has a current password that the account does not know and that was not refused.
 */
async function isRotated(deps: NotifyDeps, account: Account): Promise<boolean> {
  const version = await deps.passwords.current(account.accountId);
  const refused = version !== undefined && account.verdicts[version]?.outcome === 'refused';
  return version !== undefined && !refused && version !== account.currentVersion;
}

async function sendToWork(deps: NotifyDeps, { accountId }: Account): Promise<void> {
  const now = deps.clock();
  await amend(deps, accountId, { to: lookedAt(now) });
  await deps.queue.send({ accountId, slotMillis: now, why: 'now' });
}

/** Sends the account to work if its password was changed at its source; otherwise reminds its person. */
async function remind(
  deps: NotifyDeps,
  { account, now }: { account: Account; now: EpochMillis },
): Promise<boolean> {
  const { accountId } = account;
  if (await isRotated(deps, account)) {
    await sendToWork(deps, account);
    return false;
  }
  const waits = account.lastNotice !== undefined && needsPerson(connectionOf(account).state);
  if (waits && account.lastNotice !== undefined) {
    await publish(deps, accountEvent(account, { type: 'account.reminder', notice: account.lastNotice }));
  }
  await amend(deps, accountId, { to: reminded(waits ? plus(now, REMIND_EVERY) : undefined) });
  return waits;
}

/** Sets the next reminder, unless a new notice was written meanwhile, whose own time must stay. */
const reminded =
  (notifyAtMillis: EpochMillis | undefined): Transition =>
  ({ pendingNotice }) =>
    pendingNotice === undefined ? { notifyAtMillis } : undefined;

const lookedAt =
  (now: EpochMillis): Transition =>
  ({ phase, pendingNotice }) => ({
    ...(pendingNotice === undefined && { notifyAtMillis: plus(now, REMIND_EVERY) }),
    ...(phase === 'active' && { dueAtMillis: now }),
  });

/**
 * Marks a notice as told, unless another notice has replaced it, which the next tick tells. A notice that was withdrawn
 * while it was published has misinformed people: the truth is told at the next tick.
 */
const notified =
  (notice: Notice, now: EpochMillis): Transition =>
  (account) => {
    const { pendingNotice } = account;
    if (pendingNotice !== undefined && !isDeepStrictEqual(pendingNotice, notice)) return undefined;
    const heard =
      notice.kind === 'recovered'
        ? { pendingNotice: undefined, lastNotice: undefined, notifyAtMillis: undefined }
        : { pendingNotice: undefined, lastNotice: notice, notifyAtMillis: plus(now, REMIND_EVERY) };
    if (pendingNotice !== undefined) return heard;
    return account.phase === 'removing' ? undefined : { ...heard, ...noticeFor(account, { ...heard, now }) };
  };

interface PublishedEvent {
  readonly type: NoticeType;
  readonly detail: Readonly<Record<string, unknown>> & {
    readonly title: string;
    readonly message: BilingualText;
  };
}

async function publish(deps: NotifyDeps, event: PublishedEvent): Promise<void> {
  await deps.bus.publish(event);
  const { type, detail } = event;
  deps.log.info('notified', {
    type,
    accountId: detail.accountId,
    state: detail.state,
    reason: detail.reason,
  });
}

function accountEvent(
  account: Account,
  { notice, type }: { type: NoticeType; notice: Notice },
): PublishedEvent {
  const { accountId, marketplaceId, login } = account;
  const { state, reason, sinceMillis } = notice;
  const connection = connectionOf(account);
  const isThat = reason === undefined || connection.reason === reason;
  const { message } = isThat ? connection : meaningOf(reason);
  return {
    type,
    detail: {
      accountId,
      marketplace: marketplaceId,
      login,
      state,
      ...(reason !== undefined && { reason }),
      since: toIso(sinceMillis),
      title: `Klamka: ${login} @ ${marketplaceId}: ${state}`,
      message,
    },
  };
}

function sharedEvent({ kind, name, trouble, over }: SharedNotice): PublishedEvent {
  const message = over
    ? {
        pl: 'Kłopot minął; konta są znów synchronizowane. Nic nie trzeba robić.',
        en: 'The trouble is over; accounts are synchronised again. Nothing needs to be done.',
      }
    : meaningOf(trouble.reason).message;
  const state = over ? 'recovered' : meaningOf(trouble.reason).state;
  return {
    type: over ? 'shared.recovered' : 'shared.trouble',
    detail: {
      kind,
      name,
      state,
      reason: trouble.reason,
      since: toIso(trouble.sinceMillis),
      title: `Klamka: ${kind} ${name}: ${state}`,
      message,
    },
  };
}
