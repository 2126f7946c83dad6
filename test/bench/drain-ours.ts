import { epochMillis, HOUR } from '../../functions/core/base/time.ts';
import { runAccount } from '../../functions/core/run/run.ts';
import { workDeps } from '../../functions/entry/work-deps.ts';

/** Runs the account named on the command line to its end, with the settings of the environment. */
async function main(accountId = ''): Promise<void> {
  const deps = workDeps();
  const start = performance.now();
  const endsAtMillis = epochMillis(Date.now() + HOUR);
  const message = { accountId, slotMillis: epochMillis(Date.now()), why: 'due' } as const;
  const outcome = await runAccount({ ...deps, endsAtMillis, outOfTime: () => false }, message);
  const seconds = (performance.now() - start) / 1_000;
  console.log(JSON.stringify({ outcome, seconds, megabytes: process.resourceUsage().maxRSS / 1_024 }));
}

void main(process.argv[2]);
