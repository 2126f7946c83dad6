import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Chaos, planChaos } from '../../infra/local/chaos/chaos.ts';
import { runOnce, succeeded } from '../../infra/local/once.ts';
import { startWorld } from '../../infra/local/world.ts';
import { ROOT } from '../e2e/python.ts';
import { notSpoilt, shownTooLittle } from './kinds.ts';
import { openProxies, type Proxies } from './proxies.ts';

const USAGE = `Spoils calls between functions and AWS services, while marketplaces fail and workers are killed: npm run faults

  --orders N    orders that buyers make (default 200)
  --accounts N  sellers (default 4)
  --seed N      of all chance (default 5)

Throttling, errors, resets, slow answers and time-outs at 5 to 30 % of the calls of DynamoDB, Secrets Manager, SQS and
EventBridge, then none until all is settled. Exit code 0: nothing missing, doubled or different, no account locked, no
login log breaks a rule of access; every service has met every kind of trouble, and workers were killed.`;

/** Shares of spoilt calls, in turns. */
const SHARES = [0.05, 0.1, 0.2, 0.3];
const TURN_MILLIS = 10_000;

/** The chaos of \`npm start -- --once --chaos\`, with spoilt calls from its beginning to its end. */
function withSpoiltCalls(chaos: Chaos, proxies: Proxies): Chaos {
  const stop = new AbortController();
  let turning: Promise<void> = Promise.resolve();
  const turn = async (): Promise<void> => {
    for (let at = 0; !stop.signal.aborted; at += 1) {
      // After a turn of each share, kinds that chance has left out get a larger one.
      const overdue = at < SHARES.length ? [] : notSpoilt(await proxies.spoilt());
      await proxies.spoil(SHARES[at % SHARES.length] ?? 0, overdue);
      await setTimeout(TURN_MILLIS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  return {
    ...chaos,
    async begin(world) {
      await chaos.begin(world);
      turning = turn();
    },
    async end() {
      stop.abort();
      await turning;
      await proxies.spoil(0);
      await chaos.end();
    },
  };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      orders: { type: 'string', default: '200' },
      accounts: { type: 'string', default: '4' },
      seed: { type: 'string', default: '5' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const [orders, accounts, seed] = [values.orders, values.accounts, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const options = { once: true, json: true, orders, accounts, seed, port: 0, data: undefined, chaos: true };
  const proxies = await openProxies(seed);
  const chaos = planChaos(options);
  const { accidents } = chaos;
  const { between } = proxies;
  const folder = join(ROOT, '.klamka', 'faults');
  await mkdir(folder, { recursive: true });
  const log = createWriteStream(join(folder, 'functions.log'));
  const world = await startWorld({
    log: ({ source, text }) => log.write(`${source} ${text}\n`),
    root: ROOT,
    seed,
    port: 0,
    schedules: 'manual',
    syncEverySeconds: 0,
    accidents,
    between,
  });
  try {
    const say = (line: string) => process.stderr.write(`${line}\n`);
    const summary = await runOnce(world, { options, chaos: withSpoiltCalls(chaos, proxies), say });
    const spoilt = await proxies.spoilt();
    for (const example of summary.examples) say(example);
    process.stdout.write(`${JSON.stringify({ ...summary, spoilt })}\n`);
    const tooLittle = shownTooLittle({ spoilt, killed: chaos.counts.killed, orders });
    for (const sentence of tooLittle) say(sentence);
    return succeeded(summary) && tooLittle.length === 0 ? 0 : 1;
  } finally {
    await world.close();
    log.end();
    await proxies.close();
  }
}

process.exitCode = await main();
