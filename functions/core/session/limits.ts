import { DAY, HOUR, MINUTE, SECOND } from '../time.ts';

/** Of ourselves we go to two possible failures. */
export const AUTOMATIC_FAILURES = 2;
/** A person may take us to a third; a fourth never happens, because the marketplace locks there. */
export const PERMITTED_FAILURES = 3;

/** However they end, no account sees more logins than this in an hour. */
export const ATTEMPTS = { most: 3, within: HOUR } as const;

/** So long after it was sent the marketplace may still judge a login, in the worst case. */
export const JUDGED_WITHIN = 10 * MINUTE;

/** So many distinct refused passwords are remembered. */
export const REFUSED_KEPT = 200;

/** How often people may say that they have logged in on the website. */
export const UNLOCKS = { most: 3, within: DAY } as const;

/** Sessions that ended this soon ended early; from so many on, logging in is slowed down, not repeated. */
export const EARLY_DEATH = { age: 15 * MINUTE, most: 3, within: 6 * HOUR, pause: 15 * MINUTE } as const;

/** Clocks of two workers may differ by this much. */
export const CLOCK_SKEW = 30 * SECOND;

export const LOGIN_TIMEOUT = 20 * SECOND;

/** Covers version key, one login with its retry, and saving. */
export const LEASE = 2 * MINUTE;
