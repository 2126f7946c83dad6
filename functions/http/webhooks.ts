import { webhookApi } from '../entry/api/webhooks.ts';
import { httpHandler } from '../entry/http.ts';

const api = webhookApi();

export const handler = httpHandler({
  'GET /webhooks': api.list,
  'POST /webhooks': api.register,
  'GET /webhooks/{webhookId}': api.show,
  'DELETE /webhooks/{webhookId}': api.remove,
  'POST /webhooks/{webhookId}/secret': api.rotate,
  'POST /webhooks/{webhookId}/test': api.test,
  'POST /webhooks/{webhookId}/resume': api.resume,
  'GET /webhooks/{webhookId}/dead-letters': api.deadLetters,
  'POST /webhooks/{webhookId}/dead-letters/replay': api.replay,
});
