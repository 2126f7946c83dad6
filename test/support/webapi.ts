import type { Secret } from '../../functions/core/base/secret.ts';
import type { Credentials, Login } from '../../functions/core/marketplace/access.ts';
import type { DriverCache } from '../../functions/core/marketplace/driver.ts';
import type { Marketplace } from '../../functions/core/marketplace/marketplace.ts';
import type { CallOptions } from '../../functions/core/marketplace/settings.ts';
import { type Operations, webapiDriver, webapiOperations } from '../../functions/webapi/driver.ts';
import type { WebapiSettings } from '../../functions/webapi/presets.ts';
import type { Transport } from '../../functions/webapi/transport.ts';
import { freeRun, freeTurn } from './free-turns.ts';
import { memoryCache } from './memory-cache.ts';

interface Extras {
  readonly transport?: Transport;
  readonly cache?: DriverCache;
}

/** The version key of the logins in the fixtures, as the driver has kept it from an earlier login. */
export const keptVersionKey = (versionKey: string): DriverCache => memoryCache({ 'version-key': versionKey });

/** The driver without call limits, for tests of the calls themselves. */
export const createWebapi = (
  settings: WebapiSettings,
  { cache = memoryCache(), ...extras }: Extras = {},
): Required<Marketplace> => webapiDriver(settings, extras).open(freeRun({ cache }));

/** Prepares a login with the driver, and sends it. */
export async function logInTo(
  { access }: Pick<Marketplace, 'access'>,
  { integrationKey, ...credentials }: Credentials & { integrationKey: Secret },
  options: CallOptions,
): Promise<Login> {
  const prepared = await access.prepareLogin({ integrationKey, fresh: false }, options);
  return await prepared.send(credentials, options);
}

export const createOperations = (settings: WebapiSettings, extras: Extras = {}): Operations =>
  webapiOperations(settings, { ...extras, turn: freeTurn });
