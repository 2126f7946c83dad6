import { ACCOUNTS, SYNC } from '../contract/accounts.ts';
import { accountApi } from '../entry/api/accounts.ts';
import { syncApi } from '../entry/api/sync.ts';
import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler({ ...ACCOUNTS, ...SYNC }, { ...accountApi(), ...syncApi() });
