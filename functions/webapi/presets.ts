import type { MarketplaceSettings } from '../core/marketplace.ts';
import { HOUR } from '../core/time.ts';

/** What all marketplaces of the family have in common. */
const FAMILY = {
  passwordMaxLength: 16,
  sessionLifeMillis: HOUR,
  journalPageSize: 100,
  formBatchSize: 25,
} as const;

/** The marketplaces that are known by name. */
export const MARKETPLACE_PRESETS = {
  /** Historic: closed on 2020-10-26. */
  allegro: {
    ...FAMILY,
    id: 'allegro',
    name: 'Allegro',
    endpoint: 'https://webapi.allegro.pl/service.php',
    namespace: 'https://webapi.allegro.pl/service.php',
    countryId: 1,
    timeZone: 'Europe/Warsaw',
    currency: 'PLN',
  },
  /** Historic: closed on 2020-09-01. */
  'allegro-sandbox': {
    ...FAMILY,
    id: 'allegro-sandbox',
    name: 'Allegro Sandbox',
    endpoint: 'https://webapi.allegro.pl.allegrosandbox.pl/service.php',
    namespace: 'https://webapi.allegro.pl.allegrosandbox.pl/service.php',
    countryId: 1,
    timeZone: 'Europe/Warsaw',
    currency: 'PLN',
  },
  /** Documented; whether it answers today has to be tried with a key. The namespace is assumed. */
  aukro: {
    ...FAMILY,
    id: 'aukro',
    name: 'Aukro',
    endpoint: 'https://webapi.aukro.cz/service.php',
    namespace: 'https://webapi.aukro.cz/service.php',
    countryId: 56,
    timeZone: 'Europe/Prague',
    currency: 'CZK',
  },
} as const satisfies Readonly<Record<string, MarketplaceSettings>>;
