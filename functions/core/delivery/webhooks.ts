import type { FollowedAccounts } from '../account/store.ts';
import type { Secret } from '../base/secret.ts';
import { type Clock, HOUR, plus, toIso } from '../base/time.ts';
import type { FeedReader } from '../orders/store.ts';
import { deliver } from './deliver.ts';
import type { OrderEventType } from './events.ts';
import {
  badUrl,
  notInUse,
  refusedAddress,
  tooManyWebhooks,
  unknownAccountIn,
  unknownHost,
  unknownWebhook,
  webhookChangedMeanwhile,
} from './problems.ts';
import { newSigningSecret } from './signature.ts';
import type { SendingMarks, SendingStore, SendQueue, WebhookStore } from './store.ts';
import type { Webhook, WebhookDoor, WebhookSecrets } from './webhook.ts';

/** Most webhooks, because each is served in every turn of an account. */
const MOST_WEBHOOKS = 20;
const OLD_SECRET_LIFE = 24 * HOUR;
const URL_LENGTH = 2_048;
const IN_PARALLEL = 16;
const PAGE = 100;

export interface WebhookDeps {
  readonly webhooks: WebhookStore;
  readonly sending: Pick<SendingStore, 'addDeliveryCursor' | 'deadLetters'>;
  readonly marks: SendingMarks;
  readonly sendQueue: SendQueue;
  readonly secrets: WebhookSecrets;
  readonly door: WebhookDoor;
  readonly accounts: FollowedAccounts;
  readonly feed: FeedReader;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Makes the id of a secret version. The secret store requires a UUID. */
  readonly newVersion: () => string;
}

export interface NewWebhook {
  readonly clientId: string;
  readonly url: string;
  readonly accountIds?: readonly string[] | undefined;
  readonly types?: readonly OrderEventType[] | undefined;
}

/**
 * Registers a webhook. Existing accounts get a delivery cursor at the end of their feed before the webhook comes into
 * use; feeds of later accounts are sent whole. The secret is returned here and never again. Throws Problem.
 */
export async function registerWebhook(
  deps: WebhookDeps,
  input: NewWebhook,
): Promise<{ webhook: Webhook; secret: Secret }> {
  const url = await checkedWebhookUrl(deps, input.url);
  if ((await deps.webhooks.list()).length >= MOST_WEBHOOKS) throw tooManyWebhooks(MOST_WEBHOOKS);
  const accountIds = await checkedAccounts(deps, input.accountIds);
  const webhookId = deps.newId();
  const version = deps.newVersion();
  const webhook: Webhook = {
    webhookId,
    clientId: input.clientId,
    url,
    ...(input.accountIds !== undefined && { accountIds }),
    ...(input.types !== undefined && { types: [...new Set(input.types)] }),
    createdAtMillis: deps.clock(),
    secretVersion: version,
    revision: 0,
  };
  const draft: Webhook = { ...webhook, incomplete: true };
  const secret = newSigningSecret();
  // The row comes first: a secret without a row would cost money and never be found.
  await deps.webhooks.create(draft);
  const secretVersion = await deps.secrets.create(webhookId, { version, value: secret });
  await forEach(accountIds, async (accountId) => {
    const last = (await deps.feed.lastPage(accountId))?.entries.at(-1);
    const place = last === undefined ? { number: 0 } : { number: last.number, atMillis: last.atMillis };
    await deps.sending.addDeliveryCursor({ webhookId, accountId, ...place, failures: 0 });
  });
  const complete: Webhook = { ...webhook, secretVersion };
  if (!(await deps.webhooks.replace(complete))) throw webhookChangedMeanwhile();
  // A feed that grew meanwhile may have been read without this webhook.
  await wake(deps, accountIds);
  return { webhook: complete, secret };
}

/**
 * Whether an interrupted request has registered a webhook under this id. A half-done one is removed, because the
 * request is about to register another. Throws Problem.
 */
export async function wasWebhookRegistered(deps: WebhookDeps, webhookId: string): Promise<boolean> {
  const webhook = await deps.webhooks.read(webhookId);
  if (webhook === undefined) return false;
  if (webhook.incomplete === true) await removeWebhook(deps, webhookId);
  // The request may have been cut off before it woke the senders.
  else if (webhook.disabledAtMillis === undefined) await resumeWebhook(deps, webhookId);
  return webhook.incomplete !== true;
}

/**
 * Makes a new signing secret; the one before also signs for a day. A second call within that day replaces the
 * newest secret: a person who calls twice, because an answer was lost, must not silence the secret that the
 * receiver has, and a header holds two signatures at most. Throws Problem.
 */
export async function rotateSecret(
  deps: WebhookDeps,
  webhookId: string,
): Promise<{ webhook: Webhook; secret: Secret }> {
  const before = await existingWebhook(deps, webhookId);
  if (before.incomplete === true) throw notInUse();
  const now = deps.clock();
  const inForce = before.oldSecrets?.find(({ untilMillis }) => now < untilMillis);
  const old = inForce ?? { version: before.secretVersion, untilMillis: plus(now, OLD_SECRET_LIFE) };
  const secret = newSigningSecret();
  // Labels come first: a new version takes the store's own labels from those before it, and the row might not
  // be written afterwards.
  await deps.secrets.hold(webhookId, [...new Set([old.version, before.secretVersion])]);
  const secretVersion = await deps.secrets.add(webhookId, { version: deps.newVersion(), value: secret });
  const webhook: Webhook = { ...before, secretVersion, oldSecrets: [old] };
  if (!(await deps.webhooks.replace(webhook))) throw webhookChangedMeanwhile();
  return { webhook, secret };
}

/** Sends to a disabled webhook again, from its position. Throws Problem. */
export async function resumeWebhook(deps: WebhookDeps, webhookId: string): Promise<Webhook> {
  const before = await existingWebhook(deps, webhookId);
  if (before.incomplete === true) throw notInUse();
  const { disabledAtMillis, ...webhook } = before;
  if (disabledAtMillis !== undefined && !(await deps.webhooks.replace(webhook)))
    throw webhookChangedMeanwhile();
  // Wakes senders even if the webhook was not disabled, because an earlier call may have been cut off here.
  const accountIds = webhook.accountIds ?? (await deps.accounts.list());
  await wake(deps, accountIds);
  return webhook;
}

/** Removes a webhook. Disables it first, so that no sender adds delivery cursors meanwhile. Throws Problem. */
export async function removeWebhook(deps: WebhookDeps, webhookId: string): Promise<void> {
  const before = await existingWebhook(deps, webhookId);
  const disabled: Webhook = { ...before, disabledAtMillis: deps.clock() };
  if (!(await deps.webhooks.replace(disabled))) throw webhookChangedMeanwhile();
  await deps.secrets.remove(webhookId);
  await deps.webhooks.remove(webhookId);
}

/**
 * Has the dead letters of this account, or of all, sent again. Returns the number of accounts. Throws
 * Problem.
 */
export async function askReplay(
  deps: WebhookDeps,
  { webhookId, accountId }: { webhookId: string; accountId?: string | undefined },
): Promise<number> {
  const webhook = await existingWebhook(deps, webhookId);
  if (webhook.disabledAtMillis !== undefined || webhook.incomplete === true) throw notInUse();
  const found = new Set<string>();
  let after: string | undefined;
  do {
    const only = accountId === undefined ? {} : { accountId };
    const page = await deps.sending.deadLetters(webhookId, { ...only, limit: PAGE, after });
    for (const letter of page.letters) found.add(letter.accountId);
    after = page.next;
  } while (after !== undefined);
  const atMillis = deps.clock();
  await forEach([...found], (one) => deps.webhooks.askReplay({ webhookId, accountId: one }, atMillis));
  await wake(deps, [...found]);
  return found.size;
}

/** Sends a test message, which tells of no order, to the receiver. Throws Problem. */
export async function tryWebhook(deps: WebhookDeps, webhookId: string) {
  const webhook = await existingWebhook(deps, webhookId);
  if (webhook.incomplete === true) throw notInUse();
  const message = {
    id: `test-${deps.newId()}`,
    type: 'webhook.test',
    timestamp: toIso(deps.clock()),
    data: { webhookId },
  };
  return await deliver({ ...deps, viewOf: () => ({}) }, webhook, message);
}

export async function existingWebhook(
  deps: Pick<WebhookDeps, 'webhooks'>,
  webhookId: string,
): Promise<Webhook> {
  const webhook = await deps.webhooks.read(webhookId);
  if (webhook === undefined) throw unknownWebhook();
  return webhook;
}

async function checkedWebhookUrl(deps: Pick<WebhookDeps, 'door'>, text: string): Promise<string> {
  const url = URL.parse(text);
  const plain = url?.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === '';
  if (url === null || !plain || text.length > URL_LENGTH) throw badUrl();
  const refusal = await deps.door.refusal(url.href);
  if (refusal !== undefined) throw refusal === 'unknown-host' ? unknownHost() : refusedAddress();
  return url.href;
}

async function checkedAccounts(
  { accounts }: Pick<WebhookDeps, 'accounts'>,
  wanted: readonly string[] | undefined,
): Promise<readonly string[]> {
  const known = await accounts.list();
  const unknown = wanted?.find((accountId) => !known.includes(accountId));
  if (unknown !== undefined) throw unknownAccountIn(unknown);
  return wanted === undefined ? known : [...new Set(wanted)];
}

/** Marks the feeds and sends messages. The mark lasts; the message only makes it faster. */
const wake = ({ marks, sendQueue, clock }: WebhookDeps, accountIds: readonly string[]): Promise<void> =>
  forEach(accountIds, async (accountId) => {
    await marks.mark(accountId, clock());
    await sendQueue.send({ accountId, slotMillis: clock() });
  });

async function forEach<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < items.length; start += IN_PARALLEL)
    await Promise.all(items.slice(start, start + IN_PARALLEL).map(work));
}
