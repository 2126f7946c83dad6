import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { compareAll } from '../../infra/local/compare.ts';
import { request } from '../../infra/local/http-client.ts';
import { brokenAccessRules } from '../../infra/local/login-rules.ts';
import { connectSellers, listAccounts } from '../../infra/local/sellers.ts';
import { startWorld, type World } from '../../infra/local/world.ts';
import { ROOT } from '../e2e/python.ts';
import { openTables } from '../support/tables.ts';
import { growthOf, type Sample } from './growth.ts';
import { type LifeCounts, openLife } from './life.ts';
import { openSampler } from './samples.ts';
import { type Ending, type Explained, explain, failuresOf } from './verdict.ts';

const USAGE = `Runs the embedded stack at its real rhythm and looks for what grows: npm run soak -- --minutes 30 --accounts 200

  --minutes N   after all accounts are connected; 10 at least (default 30)
  --accounts N  sellers (default 200)

Buyers buy, passwords are rotated, sessions end, the marketplace has outages, workers are killed. The last line is JSON.
Exit code 1 if a measure exceeds in the last third what it was in the first by a tenth, or was not measured; if an order
is wrong, a login log breaks a rule of access, an account is locked or needs a person, a new password was refused, or
more logins and items were made than the work explains.`;

const SAMPLE_MILLIS = 10_000;
/** Time for runs to find their rhythm before the measurement. */
const RHYTHM_MILLIS = 2 * 60_000;
/** Time after the end of all trouble for orders to be stored. */
const SETTLE_MILLIS = 10 * 60_000;

const say = (line: string) => process.stderr.write(`${line}\n`);

interface Soaked {
  readonly samples: readonly Sample[];
  readonly life: LifeCounts;
  readonly explained: readonly Explained[];
}

async function soak(
  world: World,
  { minutes, accounts }: { minutes: number; accounts: number },
): Promise<Soaked> {
  const tables = openTables(world.stack);
  const sampler = openSampler(world, tables);
  const connecting = await loginsOf(world);
  const life = await openLife(world);
  const samples: Sample[] = [];
  try {
    await life.first();
    // Work that is left undone would be done during the measurement, and look like growth there.
    await settled(world);
    await life.early();
    await setTimeout(RHYTHM_MILLIS);
    const start = Date.now();
    for (let number = 0; number < minutes; number += 1) {
      const happening = life.minute(number);
      while (Date.now() < start + (number + 1) * 60_000) {
        await setTimeout(SAMPLE_MILLIS);
        samples.push(await sampler.take(life.counts));
      }
      await happening;
      say(`minute ${number + 1}: ${JSON.stringify(samples.at(-1))}`);
    }
    const { totals } = await sampler.take(life.counts);
    return {
      samples,
      life: life.counts,
      explained: explain(totals, { life: life.counts, accounts, connecting }),
    };
  } finally {
    await life.end();
    sampler.close();
    tables.destroy();
  }
}

const statsOf = ({ simulator }: World) =>
  request<{ logins: Record<string, { attempts: number; locked: boolean }> }>(simulator.url, {
    path: '/_sim/stats',
  });

const loginsOf = async (world: World): Promise<number> =>
  Object.values((await statsOf(world)).logins).reduce((sum, { attempts }) => sum + attempts, 0);

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
  if (!(minutes >= 10 && accounts >= 1)) throw new Error('--minutes takes 10 or more, --accounts 1 or more');
  const world = await startWorld({ root: ROOT, seed: 9, port: 0, schedules: 'timed' });
  try {
    await request(world.simulator.url, {
      method: 'POST',
      path: '/_sim/settings',
      body: { journalDelaySeconds: 0 },
    });
    await connectSellers({ api: world.api, simulator: world.simulator.url }, accounts);
    say(`${accounts} accounts are connected`);
    const { samples, life, explained } = await soak(world, { minutes, accounts });
    const compared = await settled(world);
    const growth = growthOf(samples);
    const locked = Object.entries((await statsOf(world)).logins).filter(([, one]) => one.locked);
    const rulesBroken = await brokenAccessRules({ api: world.api, simulator: world.simulator.url });
    const ending: Ending = {
      accounts: await listAccounts(world.api),
      life,
      compared,
      locked: locked.map(([login]) => login),
      rulesBroken,
      denials: world.stack.denials().length,
      growth,
      explained,
    };
    for (const { measure, first, last, verdict } of growth)
      say(`${measure}: ${first} in the first third, ${last} in the last: ${verdict}`);
    for (const { measure, value, most } of explained)
      say(`${measure}: ${value}, of ${Math.round(most)} explained`);
    say(`rules of access broken: ${rulesBroken.length}`);
    const states = Map.groupBy(ending.accounts, ({ connection }) => connection.state);
    const connections = Object.fromEntries([...states].map(([state, all]) => [state, all.length]));
    say(`connections: ${JSON.stringify(connections)}`);
    const failures = failuresOf(ending);
    for (const failure of failures) say(`FAILED: ${failure}`);
    const { examples: _, ...counts } = compared;
    const result = {
      ...{ minutes, accounts, life, explained, ...counts, locked: locked.length },
      ...{ rulesBroken: rulesBroken.length, connections, samples: samples.length, growth, failures },
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return failures.length === 0 ? 0 : 1;
  } finally {
    await world.close();
  }
}

process.exitCode = await main();
