import { keyApi } from '../entry/api/keys.ts';
import { httpHandler } from '../entry/http.ts';

const api = keyApi();

export const handler = httpHandler({
  'GET /webapi-keys': api.list,
  'POST /webapi-keys': api.register,
  'PUT /webapi-keys/{keyId}': api.replace,
  'DELETE /webapi-keys/{keyId}': api.remove,
});
