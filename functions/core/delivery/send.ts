import type { Account } from '../account/account.ts';
import { type ClientStore, sees } from '../account/client.ts';
import { allEnded } from '../base/batches.ts';
import { type EpochMillis, latestTrueTime, plus, SECOND } from '../base/time.ts';
import { type CursorDeps, type CursorOutcome, entriesFrom, sendAfterCursor } from './delivery-cursor.ts';
import { eventsOf } from './events.ts';
import { readOnce } from './read-once.ts';
import { replayLetters } from './replay.ts';
import { lastStillThere, movedTo } from './rewind.ts';
import type { OrderBus, SenderPlace, SendingState, SendMessage, SendQueue, WebhookStore } from './store.ts';
import type { Webhook } from './webhook.ts';

/**
 * Seconds of a claim, just above the time-out of the function, so that a killed sender's claim ends before
 * its message returns.
 */
const CLAIM = 65 * SECOND;
/** Longest turn, plus one attempt, for which a slow receiver keeps the others of its account waiting. */
const TURN = 20 * SECOND;
/** Number of entries told to the bus between two saves. */
const PAGE = 100;

/** The part of an account that its events need. */
type SentAccount = Pick<Account, 'accountId' | 'phase' | 'marketplaceId'>;

export interface SendDeps extends CursorDeps {
  readonly accounts: { read(accountId: string): Promise<SentAccount | undefined> };
  readonly webhooks: Pick<WebhookStore, 'list'>;
  /** Says which accounts a webhook's client sees now. */
  readonly clients: ClientStore;
  readonly bus: OrderBus;
  readonly sendQueue: SendQueue;
  readonly newId: () => string;
}

export type SendOutcome = 'done' | 'more' | 'busy' | 'gone';

/**
 * Sends an account's feed to the bus and to each webhook, each from its own position. The feed's mark is
 * removed only if its time had passed before the feed was read (so its writer has stopped appending),
 * everything is sent or due by itself, and the feed was not marked again. Throws the bus's errors.
 */
export async function sendOn(deps: SendDeps, { accountId }: SendMessage): Promise<SendOutcome> {
  const account = await deps.accounts.read(accountId);
  if (account === undefined) {
    await deps.store.removeDeliveries(accountId);
    return 'gone';
  }
  if (account.phase === 'removing') return 'gone';
  const nowMillis = deps.clock();
  const token = deps.newId();
  const claimed = await deps.store.claim(accountId, {
    token,
    untilMillis: plus(nowMillis, CLAIM),
    nowMillis,
    latestMillis: latestTrueTime(nowMillis),
  });
  if (claimed === 'busy') return 'busy';
  const sending = { account, token, nowMillis, bus: claimed.bus };
  const more = await serveAll(deps, sending).finally(() => deps.store.release(accountId, token));
  if (more) await deps.sendQueue.send({ accountId, slotMillis: deps.clock() });
  return more ? 'more' : 'done';
}

/** Sends to the bus and all webhooks; true if something is left to be sent at once. */
async function serveAll(
  deps: SendDeps,
  {
    account,
    token,
    nowMillis,
    bus,
  }: { account: SentAccount; token: string; nowMillis: EpochMillis; bus: SenderPlace },
): Promise<boolean> {
  const { accountId } = account;
  const webhooks = await ofClientsThatSee(
    deps,
    accountId,
    (await deps.webhooks.list()).filter((webhook) => covers(webhook, accountId)),
  );
  const state = await deps.store.read(
    accountId,
    webhooks.map(({ webhookId }) => webhookId),
  );
  const endMillis = plus(nowMillis, TURN);
  const turn = {
    ...deps,
    feed: readOnce(deps.feed, accountId),
    outOfTime: () => deps.outOfTime() || deps.clock() >= endMillis,
  };
  const outcomes = await allEnded([
    tellBus(turn, { account, token, from: bus }),
    ...webhooks.map((webhook) => serveWebhook(turn, { webhook, accountId, state })),
  ]);
  const more = outcomes.includes('more');
  const { lookAtMillis } = state;
  const isPast = lookAtMillis !== undefined && lookAtMillis <= nowMillis;
  if (isPast && !more && !outcomes.includes('lost')) await deps.store.looked(accountId, lookAtMillis);
  return more;
}

/** The webhooks whose client sees the account at this moment: one that was bound no more, or removed, gets nothing. */
async function ofClientsThatSee(
  { clients }: Pick<SendDeps, 'clients'>,
  accountId: string,
  webhooks: readonly Webhook[],
): Promise<Webhook[]> {
  const ids = [...new Set(webhooks.flatMap(({ clientId }) => clientId ?? []))];
  const read = await Promise.all(ids.map((clientId) => clients.read(clientId)));
  const seeing = new Set(ids.filter((_, index) => read[index] !== undefined && sees(read[index], accountId)));
  return webhooks.filter(({ clientId }) => clientId === undefined || seeing.has(clientId));
}

const covers = ({ accountIds, incomplete }: Webhook, accountId: string): boolean =>
  incomplete !== true && (accountIds === undefined || accountIds.includes(accountId));

/**
 * Tells the bus each entry at least once, even in a restored feed: the bus accepts events before the position
 * moves past them.
 */
async function tellBus(
  deps: SendDeps,
  { account, token, from }: { account: SentAccount; token: string; from: SenderPlace },
): Promise<CursorOutcome> {
  const { accountId } = account;
  let place = from;
  for (;;) {
    if (deps.outOfTime()) return 'more';
    const entries = await entriesFrom(deps, accountId, { place, limit: PAGE });
    if (entries === undefined) {
      place = await lastStillThere(deps.feed, accountId, place);
      if (!(await deps.store.moveBus(accountId, { token, to: place }))) return 'lost';
      continue;
    }
    if (entries.length === 0) return 'at-end';
    const orderIds = [...new Set(entries.map(({ orderId }) => orderId))];
    const rows = await deps.orders.readMany(accountId, orderIds);
    await deps.bus.publishAll(
      entries.flatMap((entry) => eventsOf(account, { entry, row: rows.get(entry.orderId) })),
    );
    place = entries.reduce(movedTo, place);
    if (!(await deps.store.moveBus(accountId, { token, to: place }))) return 'lost';
    const lagMillis = Math.max(0, deps.clock() - Math.min(...entries.map(({ atMillis }) => atMillis)));
    deps.log.info('told-bus', { accountId, entries: entries.length, lagMillis });
  }
}

/** Serves a webhook; a requested replay goes before new entries. */
async function serveWebhook(
  deps: SendDeps,
  { webhook, accountId, state }: { webhook: Webhook; accountId: string; state: SendingState },
): Promise<CursorOutcome> {
  const { webhookId } = webhook;
  // Accounts that existed before the webhook got a delivery cursor with it; without a delivery cursor, the account came
  // later.
  const known = state.deliveryCursors.get(webhookId);
  const deliveryCursor = known ?? { webhookId, accountId, number: 0, failures: 0 };
  const replayMillis: EpochMillis | undefined = state.replays.get(webhookId);
  if (webhook.disabledAtMillis !== undefined) {
    const { dueAtMillis, failingSinceMillis, ...resting } = deliveryCursor;
    if (dueAtMillis !== undefined || failingSinceMillis !== undefined)
      await deps.store.saveDeliveryCursor(resting, deliveryCursor.number);
    if (replayMillis !== undefined) await deps.store.endReplay(deliveryCursor, replayMillis);
    return 'stopped';
  }
  if (known === undefined && !(await deps.store.addDeliveryCursor(deliveryCursor))) return 'lost';
  if (replayMillis !== undefined) {
    const replayed = await replayLetters(deps, webhook, { accountId, askedAtMillis: replayMillis });
    if (replayed === 'more') return 'more';
  }
  return await sendAfterCursor(deps, webhook, deliveryCursor);
}
