import { HISTORY } from '../contract/history.ts';
import { historyApi } from '../entry/api/history.ts';
import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler(HISTORY, historyApi());
