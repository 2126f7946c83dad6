/** Seconds since 1970-01-01 UTC, the unit of DynamoDB's TTL and of the marketplace. */
export type EpochSeconds = number & { readonly unit: 'epoch-seconds' };

/** Milliseconds since 1970-01-01 UTC, the unit of all our own times. */
export type EpochMillis = number & { readonly unit: 'epoch-millis' };

/** Gives the present time. Nothing else in the core reads a clock. */
export type Clock = () => EpochMillis;

export const epochSeconds = (value: number): EpochSeconds => value as EpochSeconds;
export const epochMillis = (value: number): EpochMillis => value as EpochMillis;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const plus = (time: EpochMillis, millis: number): EpochMillis => epochMillis(time + millis);

/**
 * The latest moment that a stored time may have at `now`. A later one was written by a clock that was ahead,
 * and is ignored, because it would stop its account until then.
 */
export const latestTrueTime = (now: EpochMillis): EpochMillis => plus(now, 5 * MINUTE);

/**
 * Whether a wait until that time is still to be kept, where no wait is longer than `atMost` milliseconds. A time that
 * is further off was written by a clock that was ahead, and its wait is over.
 */
export const hasToWait = (
  until: EpochMillis | undefined,
  { now, atMost }: { now: EpochMillis; atMost: number },
): boolean => until !== undefined && now < until && until <= latestTrueTime(plus(now, atMost));

/**
 * Whether that time is less than `atMost` milliseconds ago. A time of the future was written by a clock that was ahead,
 * and does not count.
 */
export const isWithin = (
  atMillis: EpochMillis,
  { now, atMost }: { now: EpochMillis; atMost: number },
): boolean => hasToWait(plus(atMillis, atMost), { now, atMost });

/** The first of the known moments; undefined if none is known. */
export function earliest(moments: readonly (EpochMillis | undefined)[]): EpochMillis | undefined {
  const known = moments.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : epochMillis(Math.min(...known));
}

/** Whole seconds, rounded down, so that a TTL never outlives its item's end. */
export const toSeconds = (time: EpochMillis): EpochSeconds => epochSeconds(Math.floor(time / SECOND));

export const toMillis = (time: EpochSeconds): EpochMillis => epochMillis(time * SECOND);

/** ISO 8601 in UTC, for people and API answers. */
export const toIso = (time: EpochMillis): string => new Date(time).toISOString();
