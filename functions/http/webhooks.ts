import { WEBHOOKS } from '../contract/webhooks.ts';
import { webhookApi } from '../entry/api/webhooks.ts';
import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler(WEBHOOKS, webhookApi());
