import { DAY, HOUR, MINUTE, SECOND } from '../base/time.ts';

/** Possible failures up to which logins are tried without a person. */
export const AUTOMATIC_FAILURES = 2;
/**
 * Possible failures up to which a person may have logins tried. A fourth never happens, because the
 * marketplace locks at four.
 */
export const PERMITTED_FAILURES = 3;

/** Number of attempts that are remembered, whatever a clock says of their age. */
export const ATTEMPTS_KEPT = 6;

/** Most logins of an account within an hour, however they end. */
export const ATTEMPTS = { most: 3, within: HOUR } as const;

/** Longest time after which the marketplace may still judge a login that was sent. */
export const JUDGED_WITHIN = 10 * MINUTE;

/** Number of distinct refused passwords that are remembered. */
export const REFUSED_KEPT = 200;

/** Most confirmations of a login on the website. */
export const UNLOCKS = { most: 3, within: DAY } as const;

/**
 * Age below which the end of a session is early, and the number of early ends from which logins are slowed
 * down.
 */
export const EARLY_DEATH = { age: 15 * MINUTE, most: 3, within: 6 * HOUR, pause: 15 * MINUTE } as const;

/** Largest difference between the clocks of two workers. */
export const CLOCK_SKEW = 30 * SECOND;

/**
 * Longest time for which a login is waited for: as long as the marketplace needs, because a login that is
 * given up counts as a possible failure. Shorter if the lease or the function ends before; a login with less
 * than the least left is not begun.
 */
export const LOGIN_TIMEOUT = { most: 60 * SECOND, least: 20 * SECOND } as const;

/** Part of the function's time that is kept after a login, to write its outcome. */
export const AFTER_LOGIN = 10 * SECOND;

/**
 * Number of accounts whose good passwords are refused within this time, from which the marketplace is
 * believed to err.
 */
export const DOUBT = { refusals: 3, within: 5 * MINUTE } as const;

/** Duration of a lease: enough for preparing, one login with its retry, and saving. */
export const LEASE = 2 * MINUTE;
