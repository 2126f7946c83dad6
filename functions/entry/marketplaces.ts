import * as z from 'zod/mini';
import { MINUTE } from '../core/base/time.ts';
import { MARKETPLACE_PRESETS, type WebapiSettings } from '../webapi/presets.ts';
import { jsonSetting } from './settings.ts';

/** The settings of a marketplace, by the name of the driver that speaks its protocol. */
export type DriverSettings = WebapiSettings;

/** What a deployment may change of a marketplace, whatever its protocol. */
const COMMON = {
  identity: z.string().check(z.regex(/^[a-z0-9-]{1,40}$/)),
  name: z.string(),
  endpoint: z.url(),
  timeZone: z.string(),
  passwordMaxLength: z.int().check(z.positive()),
  // A handle is renewed up to ten minutes before its end: a shorter life would be renewed in every run.
  sessionLifeMillis: z.int().check(z.minimum(15 * MINUTE, `at least 15 minutes (${15 * MINUTE})`)),
  journalPageSize: z.int().check(z.positive()),
  fillsJournalPages: z.boolean(),
  formBatchSize: z.int().check(z.positive()),
};

/** What a deployment may change besides, by driver. */
const Change = z.discriminatedUnion('driver', [
  z.extend(
    z.partial(
      z.strictObject({
        ...COMMON,
        countryId: z.int().check(z.positive()),
        currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
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
 * The built-in marketplaces with the changes of this deployment (setting MARKETPLACES, JSON by id). A change need not
 * name the driver of its marketplace. Throws Error that names each field that is wrong.
 */
export function marketplaceSettings(): ReadonlyMap<string, DriverSettings> {
  const presets: Record<string, DriverSettings> = MARKETPLACE_PRESETS;
  const given = checked(z.record(z.string(), z.looseObject({})), jsonSetting('MARKETPLACES'));
  const unknown = Object.keys(given).find((id) => presets[id] === undefined);
  if (unknown !== undefined)
    throw new Error(`the setting MARKETPLACES names an unknown marketplace: ${unknown}`);
  const changes = checked(
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

function checked<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${textOf(issue)}`);
  throw new Error(`the setting MARKETPLACES cannot be used: ${faults.join('; ')}`);
}

const textOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys' ? `unknown, leave it out: ${issue.keys.join(', ')}` : issue.message;

/** Drops what is explicitly undefined, so that it cannot hide a preset's value. */
const defined = <T extends object>(changes: T) =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
