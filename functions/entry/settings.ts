import { DAY } from '../core/base/time.ts';
import type { CallBudget } from '../core/limits/limits.ts';
import type { PollInterval } from '../core/run/poll-interval.ts';

/**
 * A setting from the environment, which nothing else reads. Each function reads its own; serverless.yml sets
 * all. Throws an error that names the variable.
 */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`the setting ${name} is missing: see serverless.yml`);
  return value;
}

/** A setting that may be absent; undefined if it is not set or empty. */
export function optionalSetting(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
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

/** Calls that all workers together may make to a marketplace. */
export const callBudget = (): CallBudget => ({
  perSecond: countSetting('CALLS_PER_SECOND'),
  perMinute: countSetting('CALLS_PER_MINUTE'),
  workers: countSetting('WORKERS'),
});

/** Where secrets are, and the key that encrypts new ones. */
export const vaultSettings = () => ({ prefix: setting('SECRETS_PREFIX'), key: setting('SECRETS_KEY') });

/** Pauses between synchronisations of an account. */
export const pollIntervalSettings = (): PollInterval => ({
  busyMillis: secondsSetting('SYNC_EVERY_SECONDS'),
  quietMillis: secondsSetting('QUIET_EVERY_SECONDS'),
});

const FEWEST_DAYS = 30;

/**
 * Time for which buyers' data are kept after the last change of their order. Not less than thirty days, because younger
 * orders are still paid and sent.
 */
export function buyersDataKept(): number | 'for-ever' {
  const days = setting('BUYERS_DATA_DAYS');
  if (days === 'keep') return 'for-ever';
  if (/^\d{1,5}$/.test(days) && Number(days) >= FEWEST_DAYS) return Number(days) * DAY;
  throw new Error(
    `the setting BUYERS_DATA_DAYS (buyersDataDays in serverless.yml) is neither "keep" nor a whole number of days from ${FEWEST_DAYS} on`,
  );
}

/** Hosts with their port on this machine that webhooks may have. Set by tests and `npm start` only. */
export const webhookTestHosts = (): ReadonlySet<string> =>
  new Set((process.env.WEBHOOK_TEST_HOSTS ?? '').split(',').filter((host) => host !== ''));

/** A setting as JSON. Throws an error if it is not JSON. */
export function jsonSetting(name: string): unknown {
  const text = setting(name);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the setting ${name} is not JSON`);
  }
}
