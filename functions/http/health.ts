import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler({
  'GET /health': async () => ({ status: 200, body: { status: 'ok' } }),
});
