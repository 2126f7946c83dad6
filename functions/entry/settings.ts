import * as z from 'zod/mini';
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

const Overrides = z.record(
  z.string(),
  z.partial(
    z.strictObject({
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
      sessionLifeMillis: z.int().check(z.positive()),
      journalPageSize: z.int().check(z.positive()),
      formBatchSize: z.int().check(z.positive()),
    }),
  ),
);

/** The built-in marketplaces with the changes of this deployment (setting MARKETPLACES, JSON by id). */
export function marketplaceSettings(): ReadonlyMap<string, WebapiSettings> {
  const changes = Overrides.parse(JSON.parse(setting('MARKETPLACES')));
  const presets: Record<string, WebapiSettings> = MARKETPLACE_PRESETS;
  const unknown = Object.keys(changes).find((id) => presets[id] === undefined);
  if (unknown !== undefined)
    throw new Error(`the setting MARKETPLACES names an unknown marketplace: ${unknown}`);
  return new Map(
    Object.entries(presets).map(([id, preset]) => [id, { ...preset, ...defined(changes[id] ?? {}) }]),
  );
}

/** Drops what is explicitly undefined, so that it cannot hide a preset's value. */
const defined = <T extends object>(changes: T) =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
