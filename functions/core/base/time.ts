/** Seconds since 1970-01-01 UTC: what DynamoDB's TTL and the marketplace speak. */
export type EpochSeconds = number & { readonly unit: 'epoch-seconds' };

/** Milliseconds since 1970-01-01 UTC: what everything of our own is kept in. */
export type EpochMillis = number & { readonly unit: 'epoch-millis' };

/** The only way time enters the core. */
export type Clock = () => EpochMillis;

export const epochSeconds = (value: number): EpochSeconds => value as EpochSeconds;
export const epochMillis = (value: number): EpochMillis => value as EpochMillis;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const plus = (time: EpochMillis, millis: number): EpochMillis => epochMillis(time + millis);

/**
 * The latest moment that a stored time may name now if it must not lie in the future. What is later was written by a
 * clock that was ahead, and is ignored, or it would stop its account until then.
 */
export const latestTrueTime = (now: EpochMillis): EpochMillis => plus(now, 5 * MINUTE);

/** Whole seconds, rounded down, so that a TTL never outlives what it stands for. */
export const toSeconds = (time: EpochMillis): EpochSeconds => epochSeconds(Math.floor(time / SECOND));

export const toMillis = (time: EpochSeconds): EpochMillis => epochMillis(time * SECOND);

/** ISO 8601 in UTC, for people and API answers. */
export const toIso = (time: EpochMillis): string => new Date(time).toISOString();
