import { historyApi } from '../entry/api/history.ts';
import { httpHandler } from '../entry/http.ts';

const api = historyApi();

export const handler = httpHandler({
  'GET /accounts/{accountId}/completeness': api.completeness,
  'POST /accounts/{accountId}/completeness': api.check,
  'GET /accounts/{accountId}/imports': api.imports,
  'POST /accounts/{accountId}/imports': api.startImport,
  'GET /accounts/{accountId}/imports/{importId}': api.showImport,
});
