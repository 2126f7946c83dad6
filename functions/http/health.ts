import { HEALTH } from '../contract/health.ts';
import { apiDocument } from '../entry/api-document.ts';
import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler(HEALTH, {
  'health.show': async () => ({ status: 200, body: { status: 'ok' } }),
  'document.show': async () => ({ status: 200, body: apiDocument() }),
});
