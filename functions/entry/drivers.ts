import type { Driver } from '../core/marketplace/driver.ts';
import { webapiDriver } from '../webapi/driver.ts';
import { createTransport, type Transport } from '../webapi/transport.ts';
import { correlationId } from './correlation.ts';
import type { DriverSettings } from './marketplaces.ts';

/** Factories of drivers, by the driver's name in the settings. */
export type Factories<Settings extends { readonly driver: string }> = {
  readonly [Name in Settings['driver']]: (settings: Extract<Settings, { readonly driver: Name }>) => Driver;
};

const DRIVERS: Factories<DriverSettings> = {
  webapi: (settings) => webapiDriver(settings, { transport: correlatedTransport(createTransport()) }),
};

/** Names the work that a call belongs to, for the operators of both sides. */
const correlatedTransport =
  (send: Transport): Transport =>
  (post) => {
    const id = correlationId();
    return send(id === undefined ? post : { ...post, headers: { ...post.headers, 'X-Correlation-Id': id } });
  };

/** A driver for each marketplace, made when first needed, because it keeps its connections between runs. */
export const driverRegistry = (marketplaces: ReadonlyMap<string, DriverSettings>) =>
  registryOf(DRIVERS, marketplaces);

/**
 * Drivers by marketplace. The returned function throws RangeError for a marketplace that is not configured
 * (any more).
 */
export function registryOf<Settings extends { readonly driver: string }>(
  factories: Factories<Settings>,
  marketplaces: ReadonlyMap<string, Settings>,
): (marketplaceId: string) => Driver {
  const drivers = new Map<string, Driver>();
  return (id) => {
    const known = drivers.get(id);
    if (known !== undefined) return known;
    const settings = marketplaces.get(id);
    if (settings === undefined) throw new RangeError(`marketplace ${id} is not configured`);
    const driver = made(factories, settings);
    drivers.set(id, driver);
    return driver;
  };
}

function made<Settings extends { readonly driver: string }>(
  factories: Factories<Settings>,
  settings: Settings,
): Driver {
  const name: Settings['driver'] = settings.driver;
  // The compiler cannot see that the factory fits the settings of the same name.
  const factory: (settings: never) => Driver = factories[name];
  return factory(settings as never);
}
