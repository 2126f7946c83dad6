import * as z from 'zod/mini';
import { MINUTE } from '../core/base/time.ts';
import { MARKETPLACE_PRESETS, type WebapiSettings } from '../webapi/presets.ts';
import { fieldProblems, fits } from './field-problems.ts';
import { jsonSetting } from './settings.ts';

/** The settings of a marketplace, by the name of the driver that speaks its protocol. */
export type DriverSettings = WebapiSettings;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Settings that a deployment may change for any marketplace. */
const COMMON = {
  identity: z.string().check(
    fits((text) => /^[a-z0-9-]{1,40}$/.test(text), {
      pl: 'Od 1 do 40 znaków: małe litery a-z, cyfry i łączniki.',
      en: '1 to 40 characters: lower-case letters a-z, digits and hyphens.',
    }),
  ),
  name: z.string(),
  endpoint: z.url(),
  timeZone: z.string().check(
    fits(isTimeZone, {
      pl: 'Podaj strefę z bazy IANA, np. Europe/Warsaw.',
      en: 'Give a zone of the IANA database, e.g. Europe/Warsaw.',
    }),
  ),
  passwordMaxLength: z.int().check(z.positive()),
  // A handle is renewed up to ten minutes before its end, so a shorter life would mean a renewal in every
  // run.
  sessionLifeMillis: z.int().check(
    fits((millis) => millis >= 15 * MINUTE, {
      pl: `Co najmniej 15 minut (${15 * MINUTE}).`,
      en: `At least 15 minutes (${15 * MINUTE}).`,
    }),
  ),
  journalPageSize: z.int().check(z.positive()),
  fillsJournalPages: z.boolean(),
  saleBatchSize: z.int().check(z.positive()),
};

/** Further settings that a deployment may change, by driver. */
const Change = z.discriminatedUnion('driver', [
  z.extend(
    z.partial(
      z.strictObject({
        ...COMMON,
        countryId: z.int().check(z.positive()),
        currency: z.string().check(
          fits((text) => /^[A-Z]{3}$/.test(text), {
            pl: 'Podaj kod waluty ISO 4217, np. PLN.',
            en: 'Give the ISO 4217 code of a currency, e.g. PLN.',
          }),
        ),
        dialect: z.enum(['document-literal', 'rpc-encoded']),
        namespace: z.string(),
        countryParameter: z.enum(['countryCode', 'countryId']),
        droppedOperations: z.array(z.string()),
      }),
    ),
    { driver: z.literal('webapi') },
  ),
]);

/**
 * The built-in marketplaces with the changes of this deployment (setting MARKETPLACES, JSON by id). A change
 * need not name the driver of its marketplace. Throws an error that names each wrong field.
 */
export function marketplaceSettings(): ReadonlyMap<string, DriverSettings> {
  const presets: Record<string, DriverSettings> = MARKETPLACE_PRESETS;
  const setting = checkedSetting(z.record(z.string(), z.unknown()), jsonSetting('MARKETPLACES'));
  const unknown = Object.keys(setting).find((id) => !Object.hasOwn(presets, id));
  if (unknown !== undefined)
    throw new Error(`the setting MARKETPLACES names an unknown marketplace: ${unknown}`);
  const given = checkedSetting(z.record(z.string(), z.looseObject({})), setting);
  const changes = checkedSetting(
    z.record(z.string(), Change),
    Object.fromEntries(
      Object.entries(given).map(([id, change]) => [id, { driver: presets[id]?.driver, ...change }]),
    ),
  );
  const nameless = Object.entries(changes).find(
    ([, change]) => change.endpoint !== undefined && change.identity === undefined,
  );
  if (nameless !== undefined) {
    throw new Error(
      `the setting MARKETPLACES gives ${nameless[0]} another endpoint: add "identity", a name that is equal for all ` +
        `endpoints of the same sellers, such as ${JSON.stringify(presets[nameless[0]]?.identity)}`,
    );
  }
  return new Map(
    Object.entries(presets).map(([id, preset]) => [id, { ...preset, ...defined(changes[id] ?? {}) }]),
  );
}

function checkedSetting<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = fieldProblems(parsed.error, { input: value, root: 'the whole' }).map(
    ({ field, message }) => `${field}: ${message.en}`,
  );
  throw new Error(`the setting MARKETPLACES cannot be used: ${faults.join(' ')}`);
}

/** Drops undefined values, which would hide those of a preset. */
const defined = <T extends object>(changes: T) =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
