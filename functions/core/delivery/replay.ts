import { type EpochMillis, epochMillis } from '../base/time.ts';
import { type Delivered, deliver, isGone } from './deliver.ts';
import { type CursorDeps, messageOf, typeOfLetter } from './delivery-cursor.ts';
import type { DeadLetter, DeliveryCursor } from './store.ts';
import type { Webhook } from './webhook.ts';

const PAGE = 25;

/**
 * Sends dead letters of an account again, oldest first, each with the present order. A letter that its
 * receiver refuses is skipped; a receiver that cannot be reached ends the replay, and the rest stays. Letters
 * that die during the replay are left for the next one.
 */
export async function replayLetters(
  deps: CursorDeps,
  webhook: Webhook,
  { accountId, askedAtMillis }: Pick<DeliveryCursor, 'accountId'> & { askedAtMillis: EpochMillis },
): Promise<'done' | 'failed' | 'more'> {
  const { webhookId } = webhook;
  let after: string | undefined;
  do {
    const page = await deps.store.deadLetters(webhookId, { accountId, limit: PAGE, after });
    for (const letter of page.letters) {
      if (letter.diedAtMillis > askedAtMillis) continue;
      if (deps.outOfTime()) return 'more';
      const outcome = await resend(deps, webhook, letter);
      if (outcome === 'delivered') continue;
      if (outcome.reason !== 'status' || isGone(outcome)) {
        await deps.store.endReplay({ webhookId, accountId }, askedAtMillis);
        return 'failed';
      }
      // The letter dies again, with a time after the request of this replay, so that the replay does not come
      // to it again.
      const diedAtMillis = epochMillis(Math.max(deps.clock(), askedAtMillis + 1));
      await deps.store.putDeadLetter({ ...letter, diedAtMillis, error: outcome });
    }
    after = page.next;
  } while (after !== undefined);
  await deps.store.endReplay({ webhookId, accountId }, askedAtMillis);
  return 'done';
}

async function resend(deps: CursorDeps, webhook: Webhook, letter: DeadLetter): Promise<Delivered> {
  const { accountId, orderId, number } = letter;
  const row = (await deps.orders.readMany(accountId, [orderId])).get(orderId);
  const type = typeOfLetter(webhook, letter);
  const data = deps.viewOf({
    accountId,
    number,
    orderId,
    changes: letter.changes,
    atMillis: letter.atMillis,
    row,
  });
  const outcome = await deliver(deps, webhook, messageOf({ accountId, entry: letter, type }, data));
  if (outcome === 'delivered') await deps.store.removeDeadLetter(letter);
  else deps.log.warn('replay-failed', { webhookId: webhook.webhookId, accountId, number, ...outcome });
  return outcome;
}
