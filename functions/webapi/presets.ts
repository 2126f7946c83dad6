import { HOUR } from '../core/base/time.ts';
import type { MarketplaceSettings } from '../core/marketplace/settings.ts';
import type { CountryParameter, DialectId } from './dialect.ts';

/** Settings of a SOAP marketplace, besides those of every driver. */
export interface WebapiSettings extends MarketplaceSettings {
  readonly driver: 'webapi';
  /** Number of the platform's country, which most calls without a session name. */
  readonly countryId: number;
  /** ISO 4217: the protocol's amounts come without a currency. */
  readonly currency: string;
  readonly dialect: DialectId;
  /** Target namespace; in document/literal it differs per environment. */
  readonly namespace: string;
  /** The name of the country's field in login operations. */
  readonly countryParameter: CountryParameter;
  /** Operations that the marketplace has taken out of service. Without doLoginEnc, doLogin is used. */
  readonly droppedOperations: readonly string[];
}

/** Settings that all marketplaces of the family share. */
const FAMILY = {
  driver: 'webapi',
  passwordMaxLength: 16,
  sessionLifeMillis: HOUR,
  journalPageSize: 100,
  // Promised by the documentation, but shown by no recording.
  fillsJournalPages: false,
  saleBatchSize: 25,
  dialect: 'document-literal',
  countryParameter: 'countryCode',
  droppedOperations: [],
} as const;

const POLAND = { countryId: 1, timeZone: 'Europe/Warsaw', currency: 'PLN' } as const;
const CZECHIA = { countryId: 56, timeZone: 'Europe/Prague', currency: 'CZK' } as const;

/** The built-in marketplaces. */
export const MARKETPLACE_PRESETS = {
  /** Historic: closed on 2020-10-26. */
  allegro: {
    ...FAMILY,
    ...POLAND,
    id: 'allegro',
    identity: 'allegro',
    name: 'Allegro',
    endpoint: 'https://webapi.allegro.pl/service.php',
    namespace: 'https://webapi.allegro.pl/service.php',
  },
  /** Historic: closed on 2020-09-01. */
  'allegro-sandbox': {
    ...FAMILY,
    ...POLAND,
    id: 'allegro-sandbox',
    identity: 'allegro-sandbox',
    name: 'Allegro Sandbox',
    endpoint: 'https://webapi.allegro.pl.allegrosandbox.pl/service.php',
    namespace: 'https://webapi.allegro.pl.allegrosandbox.pl/service.php',
  },
  /**
   * Aukro's own service after it left the Allegro platform, as documented. Whether it still answers has to be
   * tried with a key. The namespace is assumed.
   */
  aukro: {
    ...FAMILY,
    ...CZECHIA,
    id: 'aukro',
    identity: 'aukro',
    name: 'Aukro',
    endpoint: 'https://webapi.aukro.cz/service.php',
    namespace: 'https://webapi.aukro.cz/service.php',
    countryParameter: 'countryId',
    droppedOperations: ['doGetFilledPostBuyForms', 'doLoginWithAccessToken'],
  },
  /** The older endpoint, with the RPC/encoded dialect. */
  'aukro-uploader': {
    ...FAMILY,
    ...CZECHIA,
    id: 'aukro-uploader',
    identity: 'aukro',
    name: 'Aukro (uploader.php)',
    endpoint: 'https://webapi.aukro.cz/uploader.php',
    namespace: 'urn:AllegroWebApi',
    dialect: 'rpc-encoded',
  },
} as const satisfies Readonly<Record<string, WebapiSettings>>;
