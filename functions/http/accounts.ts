import { accountApi } from '../entry/api/accounts.ts';
import { syncApi } from '../entry/api/sync.ts';
import { httpHandler } from '../entry/http.ts';

const api = { ...accountApi(), ...syncApi() };

export const handler = httpHandler({
  'GET /accounts': api.list,
  'POST /accounts': api.add,
  'GET /accounts/{accountId}': api.show,
  'DELETE /accounts/{accountId}': api.remove,
  'PUT /accounts/{accountId}/application-password': api.replacePassword,
  'POST /accounts/{accountId}/sync': api.syncNow,
  'GET /accounts/{accountId}/sync': api.standing,
  'POST /accounts/{accountId}/orders/{orderId}/repair': api.repair,
  'POST /accounts/{accountId}/orders/{orderId}/dismiss': api.dismiss,
  'POST /accounts/{accountId}/pause': api.pause,
  'POST /accounts/{accountId}/resume': api.resume,
  'POST /accounts/{accountId}/unlocked': api.unlocked,
  'POST /accounts/{accountId}/application-password/resend': api.resend,
  'GET /accounts/{accountId}/logins': api.logins,
});
