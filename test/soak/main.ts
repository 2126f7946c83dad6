import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { compareAll } from '../../infra/local/compare.ts';
import { request } from '../../infra/local/http-client.ts';
import { connectSellers, listAccounts } from '../../infra/local/sellers.ts';
import { startWorld, type World } from '../../infra/local/world.ts';
import { ROOT } from '../e2e/python.ts';
import { openTables } from '../support/tables.ts';
import { type LifeCounts, openLife } from './life.ts';
import { growthOf, openSampler, type Sample } from './samples.ts';

const USAGE = `Runs the embedded stack at its real rhythm and looks for what grows: npm run soak -- --minutes 30 --accounts 200

  --minutes N   after all accounts are connected (default 30)
  --accounts N  sellers (default 200)

Buyers buy, passwords are rotated, sessions end, the marketplace has outages, workers are killed. The last line is JSON.
Exit code 1 if the median of a measure in the last third exceeds that in the first by a tenth, or an order is wrong.`;

const SAMPLE_MILLIS = 10_000;
/** Time for runs, at their real rhythm, after what happened before the measurement. */
const SETTLED_MILLIS = 2 * 60_000;
/** Time after the end of all trouble for orders to be stored. */
const SETTLE_MILLIS = 10 * 60_000;

const say = (line: string) => process.stderr.write(`${line}\n`);

async function soak(world: World, minutes: number): Promise<{ samples: Sample[]; life: LifeCounts }> {
  const tables = openTables(world.stack);
  const sampler = openSampler(world.stack, tables);
  const life = await openLife(world);
  const samples: Sample[] = [];
  try {
    await life.before();
    await setTimeout(SETTLED_MILLIS);
    const start = Date.now();
    for (let number = 0; number < minutes; number += 1) {
      const happening = life.minute(number);
      while (Date.now() < start + (number + 1) * 60_000) {
        await setTimeout(SAMPLE_MILLIS);
        samples.push(await sampler.take());
      }
      await happening;
      say(`minute ${number + 1}: ${JSON.stringify(samples.at(-1))}`);
    }
  } finally {
    sampler.close();
    tables.destroy();
  }
  return { samples, life: life.counts };
}

/** Waits until all orders of the marketplace are stored right; the last comparison if that takes too long. */
async function settled(world: World) {
  await request(world.simulator.url, { method: 'DELETE', path: '/_sim/faults' });
  await request(world.simulator.url, { method: 'POST', path: '/_sim/buyers/finish' });
  const until = Date.now() + SETTLE_MILLIS;
  for (;;) {
    for (const { accountId } of await listAccounts(world.api))
      await request(world.api, { method: 'POST', path: `/accounts/${accountId}/sync` });
    await setTimeout(SAMPLE_MILLIS);
    const compared = await compareAll({ api: world.api, simulator: world.simulator.url });
    const { missing, doubled, different } = compared;
    if (missing + doubled + different === 0 || Date.now() > until) return compared;
    say(`waiting for orders: ${missing} missing, ${different} different, e.g. ${compared.examples[0]}`);
    for (const { login, connection } of await listAccounts(world.api))
      if (connection.state !== 'connected') say(`${login}: ${connection.state}, ${connection.message.en}`);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      accounts: { type: 'string', default: '200' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const minutes = Number(values.minutes);
  const accounts = Number(values.accounts);
  if (!(minutes >= 3 && accounts >= 1)) throw new Error('--minutes takes 3 or more, --accounts 1 or more');
  const world = await startWorld({ root: ROOT, seed: 9, port: 0, schedules: 'timed' });
  try {
    await request(world.simulator.url, {
      method: 'POST',
      path: '/_sim/settings',
      body: { journalDelaySeconds: 0 },
    });
    await connectSellers({ api: world.api, simulator: world.simulator.url }, accounts);
    say(`${accounts} accounts are connected`);
    const { samples, life } = await soak(world, minutes);
    const { examples, ...compared } = await settled(world);
    const stats = await request<{ logins: Record<string, { locked: boolean }> }>(world.simulator.url, {
      path: '/_sim/stats',
    });
    const locked = Object.values(stats.logins).filter((one) => one.locked).length;
    const growth = growthOf(samples);
    for (const line of examples) say(line);
    for (const { measure, first, last, grows } of growth)
      say(`${measure}: ${first} in the first third, ${last} in the last${grows ? ': GROWS' : ''}`);
    const result = { minutes, accounts, life, ...compared, locked, samples: samples.length, growth };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    const wrong = compared.missing + compared.doubled + compared.different + locked;
    return wrong === 0 && growth.every(({ grows }) => !grows) ? 0 : 1;
  } finally {
    await world.close();
  }
}

process.exitCode = await main();
