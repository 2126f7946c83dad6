/** `few` in `npm test`, which has to end in minutes; `many` in `npm run test:long`, which sets LONG. */
export const amount = (few: number, many: number): number => (process.env.LONG === undefined ? few : many);

/** Number of generated cases; RUNS=n sets any other number. */
export const runs = (few: number, many: number): number => Number(process.env.RUNS ?? amount(few, many));
