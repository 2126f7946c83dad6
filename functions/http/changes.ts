import { changeApi } from '../entry/api/changes.ts';
import { httpHandler } from '../entry/http.ts';

const api = changeApi();

export const handler = httpHandler({
  'GET /changes': api.allChanges,
  'GET /accounts/{accountId}/changes': api.changes,
  'GET /accounts/{accountId}/consumers': api.consumers,
  'GET /accounts/{accountId}/consumers/{name}': api.consumer,
  'PUT /accounts/{accountId}/consumers/{name}/position': api.acknowledge,
  'POST /accounts/{accountId}/orders/resend': api.resend,
});
