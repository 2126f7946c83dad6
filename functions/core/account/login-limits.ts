import { DAY, HOUR, MINUTE, SECOND } from '../base/time.ts';

/** Of ourselves we go to two possible failures. */
export const AUTOMATIC_FAILURES = 2;
/** A person may take us to a third; a fourth never happens, because the marketplace locks there. */
export const PERMITTED_FAILURES = 3;

/** So many attempts are remembered, whatever a clock says of their age. */
export const ATTEMPTS_KEPT = 6;

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

/**
 * How long a login is waited for: as long as the marketplace needs, because one that is given up counts as a possible
 * failure. Shorter where the lease or the function ends before; with less than the least it is not begun.
 */
export const LOGIN_TIMEOUT = { most: 60 * SECOND, least: 20 * SECOND } as const;

/** So much of the function's time is left after a login, to write down how it went. */
export const AFTER_LOGIN = 10 * SECOND;

/** So many accounts whose good passwords are refused within this time are trouble of the marketplace. */
export const DOUBT = { refusals: 3, within: 5 * MINUTE } as const;

/** Covers preparing, one login with its retry, and saving. */
export const LEASE = 2 * MINUTE;
