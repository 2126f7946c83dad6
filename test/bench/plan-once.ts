import { handler } from '../../functions/schedule/plan.ts';

/** Milliseconds that Lambda gives to `plan`. */
const TIMEOUT_MILLIS = 60_000;

/** Runs the function `plan` once, with the settings of the environment, and prints the seconds that it took. */
async function main(): Promise<void> {
  const start = performance.now();
  const until = start + TIMEOUT_MILLIS;
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => until - performance.now() };
  await handler({} as never, context as never);
  console.log((performance.now() - start) / 1_000);
}

await main();
