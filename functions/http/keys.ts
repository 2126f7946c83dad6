import { KEYS } from '../contract/keys.ts';
import { keyApi } from '../entry/api/keys.ts';
import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler(KEYS, keyApi());
