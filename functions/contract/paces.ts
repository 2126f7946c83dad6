/**
 * How many calls of one route the gateway takes a second, of all callers together, and how many at once beyond that;
 * more are answered with 429. `slow` are calls behind which a marketplace or somebody else's server is asked.
 */
export const PACES = {
  usual: { perSecond: 50, burst: 100 },
  slow: { perSecond: 5, burst: 10 },
} as const;

export type Pace = keyof typeof PACES;
