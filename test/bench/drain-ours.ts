import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { epochMillis, HOUR } from '../../functions/core/base/time.ts';
import { runAccount } from '../../functions/core/run/run.ts';
import { workDeps } from '../../functions/entry/work-deps.ts';

/** Requests to the store, by operation; counted from now on. */
function countRequests(): Record<string, number> {
  const counts: Record<string, number> = {};
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { request: ClientRequest };
    const target = String(request.getHeader('x-amz-target') ?? '');
    if (!target.startsWith('DynamoDB_')) return;
    const operation = target.split('.').at(-1) ?? '';
    counts[operation] = (counts[operation] ?? 0) + 1;
  });
  return counts;
}

/** Runs the account named on the command line once, for up to an hour, with the settings of the environment. */
async function main(accountId = ''): Promise<void> {
  const requests = countRequests();
  // From loaded modules, so that the making of the clients is in the time of both programs.
  const start = performance.now();
  const before = process.cpuUsage();
  const deps = workDeps();
  const endsAtMillis = epochMillis(Date.now() + HOUR);
  const message = { accountId, slotMillis: epochMillis(Date.now()), why: 'due' } as const;
  const outcome = await runAccount({ ...deps, endsAtMillis, outOfTime: () => false }, message);
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const processorSeconds = (user + system) / 1_000_000;
  const megabytes = process.resourceUsage().maxRSS / 1_024;
  console.log(JSON.stringify({ outcome, seconds, processorSeconds, megabytes, requests }));
}

void main(process.argv[2]);
