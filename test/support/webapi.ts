import type { Marketplace } from '../../functions/core/marketplace/marketplace.ts';
import { type Operations, webapiDriver, webapiOperations } from '../../functions/webapi/driver.ts';
import type { WebapiSettings } from '../../functions/webapi/presets.ts';
import type { Transport } from '../../functions/webapi/transport.ts';
import { freeTurn, noKey } from './free-turns.ts';

interface Extras {
  readonly transport?: Transport;
}

/** The driver without call limits, for tests of the calls themselves. */
export const createWebapi = (settings: WebapiSettings, extras: Extras = {}): Required<Marketplace> =>
  webapiDriver(settings, extras).open(freeTurn, noKey);

export const createOperations = (settings: WebapiSettings, extras: Extras = {}): Operations =>
  webapiOperations(settings, { ...extras, turn: freeTurn });
