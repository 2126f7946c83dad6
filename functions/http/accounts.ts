import { ACCOUNTS, SYNC } from '../contract/accounts.ts';
import { BUYERS } from '../contract/buyers.ts';
import { accountApi } from '../entry/api/accounts.ts';
import { buyerApi } from '../entry/api/buyers.ts';
import { syncApi } from '../entry/api/sync.ts';
import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler(
  { ...ACCOUNTS, ...SYNC, ...BUYERS },
  { ...accountApi(), ...syncApi(), ...buyerApi() },
);
