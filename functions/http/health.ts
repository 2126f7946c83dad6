import { HEALTH } from '../contract/health.ts';
import { apiDocument } from '../entry/api-document.ts';
import { openHandler } from '../entry/open-http.ts';

export const handler = openHandler(HEALTH, {
  'health.show': async () => ({ status: 200, body: { status: 'ok' } }),
  'document.show': async () => ({
    status: 200,
    body: apiDocument(),
    headers: { 'cache-control': 'public, max-age=300' },
  }),
});
