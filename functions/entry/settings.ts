import * as z from 'zod/mini';
import { MINUTE } from '../core/base/time.ts';
import type { CallBudget } from '../core/limits/limits.ts';
import type { Rhythm } from '../core/run/rhythm.ts';
import { MARKETPLACE_PRESETS, type WebapiSettings } from '../webapi/presets.ts';

/**
 * The only reader of the environment. Each function reads what it uses; serverless.yml sets them all.
 * Throws Error naming the variable.
 */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`the setting ${name} is missing: see serverless.yml`);
  return value;
}

export function secondsSetting(name: string): number {
  const seconds = Number(setting(name));
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new Error(`the setting ${name} is not a number of seconds`);
  return seconds * 1_000;
}

function countSetting(name: string): number {
  const count = Number(setting(name));
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`the setting ${name} is not a whole number from 1 on`);
  return count;
}

/** What the fleet may ask of a marketplace. */
export const callBudget = (): CallBudget => ({
  perSecond: countSetting('CALLS_PER_SECOND'),
  perMinute: countSetting('CALLS_PER_MINUTE'),
  workers: countSetting('WORKERS'),
});

/** How often accounts are synchronised. */
export const rhythmSettings = (): Rhythm => ({
  busyMillis: secondsSetting('SYNC_EVERY_SECONDS'),
  quietMillis: secondsSetting('QUIET_EVERY_SECONDS'),
});

/** Hosts with their port that a webhook may have on this very machine. Tests set it; no deployment does. */
export const webhookTestHosts = (): ReadonlySet<string> =>
  new Set((process.env.WEBHOOK_TEST_HOSTS ?? '').split(',').filter((host) => host !== ''));

const Overrides = z.record(
  z.string(),
  z.partial(
    z.strictObject({
      identity: z.string().check(z.regex(/^[a-z0-9-]{1,40}$/)),
      name: z.string(),
      endpoint: z.url(),
      dialect: z.enum(['document-literal', 'rpc-encoded']),
      namespace: z.string(),
      countryParameter: z.enum(['countryCode', 'countryId']),
      droppedOperations: z.array(z.string()),
      countryId: z.int().check(z.positive()),
      timeZone: z.string(),
      currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
      passwordMaxLength: z.int().check(z.positive()),
      // A handle is renewed up to ten minutes before its end: a shorter life would be renewed in every run.
      sessionLifeMillis: z.int().check(z.minimum(15 * MINUTE, `at least 15 minutes (${15 * MINUTE})`)),
      journalPageSize: z.int().check(z.positive()),
      fillsJournalPages: z.boolean(),
      formBatchSize: z.int().check(z.positive()),
    }),
  ),
);

/** Throws Error that names each field that is wrong. */
function marketplaceChanges(): z.infer<typeof Overrides> {
  const parsed = Overrides.safeParse(parsedJson('MARKETPLACES'));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the setting MARKETPLACES cannot be used: ${faults.join('; ')}`);
}

function parsedJson(name: string): unknown {
  const text = setting(name);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the setting ${name} is not JSON`);
  }
}

/** The built-in marketplaces with the changes of this deployment (setting MARKETPLACES, JSON by id). */
export function marketplaceSettings(): ReadonlyMap<string, WebapiSettings> {
  const changes = marketplaceChanges();
  const presets: Record<string, WebapiSettings> = MARKETPLACE_PRESETS;
  const unknown = Object.keys(changes).find((id) => presets[id] === undefined);
  if (unknown !== undefined)
    throw new Error(`the setting MARKETPLACES names an unknown marketplace: ${unknown}`);
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

/** Drops what is explicitly undefined, so that it cannot hide a preset's value. */
const defined = <T extends object>(changes: T) =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
