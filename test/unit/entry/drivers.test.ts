import { describe, expect, it, vi } from 'vitest';
import type { MarketplaceSettings } from '../../../functions/core/marketplace/settings.ts';
import { driverRegistry, type Factories, registryOf } from '../../../functions/entry/drivers.ts';
import { marketplaceSettings } from '../../../functions/entry/marketplaces.ts';
import { driverOver } from '../../support/free-turns.ts';
import { shop } from '../../support/shop.ts';

interface Soap extends MarketplaceSettings {
  readonly driver: 'soap';
  readonly namespace: string;
}
interface Rest extends MarketplaceSettings {
  readonly driver: 'rest';
  readonly clientId: string;
}

/** Two drivers that record the settings they were made from. */
function twoDrivers() {
  const { marketplace } = shop();
  const made: string[] = [];
  const driverOf = (settings: MarketplaceSettings) => driverOver({ ...marketplace, settings });
  const factories: Factories<Soap | Rest> = {
    soap: (settings) => {
      made.push(settings.namespace);
      return driverOf(settings);
    },
    rest: (settings) => {
      made.push(settings.clientId);
      return driverOf(settings);
    },
  };
  const { settings } = marketplace;
  const marketplaces = new Map<string, Soap | Rest>([
    ['old', { ...settings, id: 'old', driver: 'soap', namespace: 'urn:old' }],
    ['new', { ...settings, id: 'new', driver: 'rest', clientId: 'client' }],
  ]);
  return { made, driver: registryOf(factories, marketplaces) };
}

describe('drivers', () => {
  it('are made by the name in the settings, from the settings of their own', () => {
    const { made, driver } = twoDrivers();
    expect(driver('new').settings.id).toBe('new');
    expect(driver('old').settings.id).toBe('old');
    expect(made).toEqual(['client', 'urn:old']);
  });

  it('are made once for each marketplace, so that their connections outlive a run', () => {
    const { made, driver } = twoDrivers();
    expect(driver('old')).toBe(driver('old'));
    expect(made).toEqual(['urn:old']);
  });

  it('are missing for a marketplace that is not configured', () => {
    expect(() => twoDrivers().driver('elsewhere')).toThrow(
      new RangeError('marketplace elsewhere is not configured'),
    );
  });

  it('are there for every marketplace that is built in', () => {
    vi.stubEnv('MARKETPLACES', '{}');
    const marketplaces = marketplaceSettings();
    vi.unstubAllEnvs();
    const driver = driverRegistry(marketplaces);
    for (const [id, settings] of marketplaces) expect(driver(id).settings).toBe(settings);
  });
});
