import type { Shown } from '../contract/operation.ts';
import { ROUTES } from '../contract/routes.ts';
import type { Webhook as WebhookBody } from '../contract/webhooks.ts';
import { toIso } from '../core/base/time.ts';
import { DELIVERY_TEXT } from '../core/delivery/problems.ts';
import type { DeadLetter, DeliveryCursor } from '../core/delivery/store.ts';
import type { DeliveryError, Webhook } from '../core/delivery/webhook.ts';
import { inHttp } from './http-reply.ts';
import { iso } from './iso.ts';

const MESSAGE = {
  active: { pl: 'Wysyłamy zmiany zamówień.', en: 'Order changes are sent.' },
  disabled: {
    pl: `Odbiorca odpowiedział 410 (Gone), więc nic nie wysyłamy. Gdy znów zacznie działać, wyślij ${ROUTES['webhooks.resume'].route}.`,
    en: `The receiver answered 410 (Gone), so nothing is sent. When it works again, send ${ROUTES['webhooks.resume'].route}.`,
  },
  incomplete: {
    pl: 'Rejestracja została przerwana. Usuń ten webhook i dodaj go jeszcze raz.',
    en: 'The registration was cut off. Remove this webhook and add it again.',
  },
} as const;

/** A webhook for its owner, without its secret. */
export function webhookView(webhook: Webhook): Shown<typeof WebhookBody> {
  const disabled = webhook.disabledAtMillis === undefined ? 'active' : 'disabled';
  const state = webhook.incomplete === true ? 'incomplete' : disabled;
  return {
    webhookId: webhook.webhookId,
    url: webhook.url,
    accounts: webhook.accountIds ?? 'all',
    events: webhook.types ?? 'all',
    state,
    message: MESSAGE[state],
    createdAt: toIso(webhook.createdAtMillis),
    disabledAt: iso(webhook.disabledAtMillis),
    oldSecretUntil: iso(webhook.oldSecrets?.at(-1)?.untilMillis),
  };
}

/** Progress of an account; `lag` counts the changes that are not delivered yet. */
export const deliveryCursorView = (deliveryCursor: DeliveryCursor, lag: number) => ({
  accountId: deliveryCursor.accountId,
  number: deliveryCursor.number,
  lag,
  lastDeliveredAt: iso(deliveryCursor.deliveredAtMillis),
  failures: deliveryCursor.failures,
  failingSince: iso(deliveryCursor.failingSinceMillis),
  nextTryAt: iso(deliveryCursor.dueAtMillis),
  lastError: deliveryCursor.lastError === undefined ? null : errorView(deliveryCursor.lastError),
});

export const deadLetterView = (letter: DeadLetter) => ({
  accountId: letter.accountId,
  number: letter.number,
  orderId: letter.orderId,
  changes: letter.changes,
  changedAt: toIso(letter.atMillis),
  givenUpAt: toIso(letter.diedAtMillis),
  error: errorView(letter.error),
});

export const errorView = ({ atMillis, reason, status }: DeliveryError) => ({
  at: toIso(atMillis),
  reason,
  status: status ?? null,
  message: inHttp(DELIVERY_TEXT[reason]),
});
