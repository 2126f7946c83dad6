import type { Marketplace, MarketplaceSettings } from '../core/marketplace.ts';
import { createCaller } from './caller.ts';
import { forms } from './formbatch.ts';
import { fetchVersionKey, logIn } from './login.ts';
import { buyers, countDealEvents, dealEvents, unpaidDeals } from './sales.ts';
import { createTransport, type Transport } from './transport.ts';

/** The SOAP WebAPI behind the marketplace port. One per marketplace and process: it keeps its connections. */
export function createWebapi(
  settings: MarketplaceSettings,
  { transport = createTransport() }: { transport?: Transport } = {},
): Marketplace {
  const door = { settings, call: createCaller(settings, transport) };
  return {
    settings,
    fetchVersionKey: (webapiKey, options) => fetchVersionKey(door, webapiKey, options),
    logIn: (credentials, options) => logIn(door, credentials, options),
    dealEvents: (handle, after, options) => dealEvents(door, { handle, after }, options),
    countDealEvents: (handle, after, options) => countDealEvents(door, { handle, after }, options),
    forms: (handle, ids, options) => forms(door, { handle, ids }, options),
    unpaidDeals: (handle, purchase, options) => unpaidDeals(door, { handle, ...purchase }, options),
    buyers: (handle, query, options) => buyers(door, { handle, ...query }, options),
  };
}
