import { CHANGES } from '../contract/changes.ts';
import { changeApi } from '../entry/api/changes.ts';
import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler(CHANGES, changeApi());
