import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { build } from 'esbuild';
import { AS_DEPLOYED } from '../../infra/build/bundle.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { median } from '../support/median.ts';
import { WRITES } from '../support/store-proxy.ts';
import { openTables } from '../support/tables.ts';
import type { Figure } from './report.ts';
import { workEnvironment } from './work-environment.ts';

/**
 * Draining a backlog: our `work`, bundled as deployed, beside the `soap` package that makes the same calls
 * and a PutItem per order. Both run as processes of their own against the simulated marketplace and the
 * embedded store, which run in this process. The two take turns (ours, plain, plain, ours), each pair on a backlog of
 * its own. `npm run bench -- drain [events ...]`.
 */
const EVENTS_PER_ORDER = 4.2;
const GOAL = { speed: 0.9, megabytes: 256, writes: 2.2 };
/** Pairs of readings of a backlog: more of a small one, whose time is short and varies most. */
const pairsOf = (events: number): number => (events <= 1_000 ? 4 : 2);
const run = promisify(execFile);

interface Measured {
  readonly outcome: string;
  readonly seconds: number;
  /** Processor time, which other processes disturb less than wall time. */
  readonly processorSeconds: number;
  /**
   * Processor time of the embedded store and the simulated marketplace: where it equals the wall time, they are the
   * limit.
   */
  readonly aroundSeconds: number;
  readonly megabytes: number;
  /** Requests of `work` to the store, by operation. */
  readonly requests?: Readonly<Record<string, number>>;
}

async function measure(script: string, args: string[], env: Record<string, string>): Promise<Measured> {
  const before = process.cpuUsage();
  const { stdout } = await run(process.execPath, [script, ...args], { env, maxBuffer: 2 ** 28 });
  const measured = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
  if (measured.outcome !== 'done') throw new Error(stdout);
  const { user, system } = process.cpuUsage(before);
  return { ...measured, aroundSeconds: (user + system) / 1_000_000 };
}

async function item(klamka: Klamka, table: string, accountId: string): Promise<Record<string, unknown>> {
  const tables = openTables(klamka.world.stack);
  const { Item } = await tables.send(
    new GetCommand({ TableName: klamka.world.stack.resource(table).name, Key: { accountId } }),
  );
  tables.destroy();
  return Item ?? {};
}

const callsOf = async (klamka: Klamka): Promise<number> => {
  const { calls } = (await klamka.sim('GET', '/stats')) as { calls: Record<string, number> };
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
};

interface Sizes {
  readonly events: number;
  readonly integrationKeyId: string;
  readonly ours: string;
}

/** Result of one pair of readings of a backlog. */
interface Pair {
  readonly events: number;
  readonly orders: number;
  readonly ours: Measured;
  readonly plain: Measured;
  readonly calls: { readonly ours: number; readonly plain: number };
}

type Backlog = Pair & { readonly asked: number; readonly pairs: number };

async function pair(klamka: Klamka, sizes: Sizes & { plainFirst: boolean }): Promise<Pair> {
  const seller = await klamka.seller();
  const body = { marketplace: 'allegro', ...seller, integrationKeyId: sizes.integrationKeyId };
  const accountId = String((await klamka.api('POST', '/accounts', body)).body.accountId);
  for (let runs = 0; runs < 3; runs += 1) await klamka.settle();
  const cursor = String((await item(klamka, 'AccountsTable', accountId)).cursor);
  const handle = String((await item(klamka, 'SessionsTable', accountId)).handle);
  const made = Math.round(sizes.events / EVENTS_PER_ORDER);
  await klamka.sim('POST', '/buyers', { seller: seller.login, orders: made, pace: 'at-once' });
  const { orders } = (await klamka.sim('GET', `/orders?seller=${seller.login}`)) as { orders: unknown[] };
  const env = await workEnvironment(klamka);
  const counted = async (script: string, args: string[]) => {
    const before = await callsOf(klamka);
    const measured = await measure(script, args, env);
    return { measured, calls: (await callsOf(klamka)) - before };
  };
  const drainOurs = () => counted(sizes.ours, [accountId]);
  const drainPlain = () =>
    counted(join(import.meta.dirname, 'drain-plain.ts'), [
      `${klamka.world.simulator.url}/service.php?wsdl`,
      handle,
      cursor,
      env.ORDERS_TABLE ?? '',
    ]);
  const early = sizes.plainFirst ? await drainPlain() : undefined;
  const ours = await drainOurs();
  const plain = early ?? (await drainPlain());
  const { lastRun } = (await klamka.api('GET', `/accounts/${accountId}`)).body as {
    lastRun: { events: number };
  };
  return {
    events: lastRun.events,
    orders: orders.length,
    ours: ours.measured,
    plain: plain.measured,
    calls: { ours: ours.calls, plain: plain.calls },
  };
}

async function backlog(klamka: Klamka, sizes: Sizes): Promise<Backlog> {
  const pairs: Pair[] = [];
  for (let at = 0; at < pairsOf(sizes.events); at += 1)
    pairs.push(await pair(klamka, { ...sizes, plainFirst: at % 2 === 1 }));
  const [first] = pairs;
  if (first === undefined) throw new RangeError('no pair was measured');
  /** The median of readings per order, times the orders of the first backlog: the others differ by a few. */
  const middle = (who: 'ours' | 'plain', what: 'seconds' | 'processorSeconds' | 'aroundSeconds') =>
    first.orders * median(pairs.map((one) => one[who][what] / one.orders));
  const merged = (who: 'ours' | 'plain'): Measured => ({
    ...first[who],
    seconds: middle(who, 'seconds'),
    processorSeconds: middle(who, 'processorSeconds'),
    aroundSeconds: middle(who, 'aroundSeconds'),
    megabytes: Math.max(...pairs.map((one) => one[who].megabytes)),
  });
  // Requests and calls are those of the first backlog, whose orders they are divided by.
  return { ...first, asked: sizes.events, pairs: pairs.length, ours: merged('ours'), plain: merged('plain') };
}

const verdict = (met: boolean, goal: string): string => `${met ? 'met' : 'MISSED'} (${goal})`;

function perOrder(
  { ours: { requests = {} }, orders }: Backlog,
  which: (operation: string) => boolean,
): number {
  const counts = Object.entries(requests).filter(([operation]) => which(operation));
  return counts.reduce((sum, [, count]) => sum + count, 0) / orders;
}

function row(one: Backlog) {
  const { events, orders, ours, plain, calls } = one;
  const ratio = plain.seconds / ours.seconds;
  const writes = perOrder(one, (operation) => WRITES.has(operation));
  return {
    events,
    orders,
    'readings each': one.pairs,
    'calls, ours': calls.ours,
    'calls, plain': calls.plain,
    'orders/s, ours': (orders / ours.seconds).toFixed(0),
    'orders/s, plain': (orders / plain.seconds).toFixed(0),
    ratio: ratio.toFixed(2),
    'wall s, ours': ours.seconds.toFixed(1),
    'processor s, ours': ours.processorSeconds.toFixed(1),
    'processor s of store and marketplace': ours.aroundSeconds.toFixed(1),
    'ratio of processor time': (plain.processorSeconds / ours.processorSeconds).toFixed(2),
    speed: verdict(ratio >= GOAL.speed, `at least ${GOAL.speed}`),
    'requests/order': perOrder(one, () => true).toFixed(2),
    'writes/order': writes.toFixed(2),
    writes: verdict(writes <= GOAL.writes, `at most ${GOAL.writes}`),
    'MB, ours': ours.megabytes.toFixed(0),
    'MB, plain': plain.megabytes.toFixed(0),
    memory: verdict(ours.megabytes < GOAL.megabytes, `under ${GOAL.megabytes}`),
  };
}

/** The figures of a backlog, for `--json`. */
function figuresOf(one: Backlog): Figure[] {
  const { orders, ours, plain } = one;
  const name = (what: string) => `drain of ${one.asked} events: ${what}`;
  return [
    { name: name('orders a second'), value: orders / ours.seconds, better: 'more' },
    { name: name('speed beside plain soap'), value: plain.seconds / ours.seconds, better: 'more' },
    {
      name: name('processor milliseconds an order'),
      value: (1_000 * ours.processorSeconds) / orders,
      better: 'less',
    },
    { name: name('requests per order'), value: perOrder(one, () => true), better: 'less' },
    { name: name('writes per order'), value: perOrder(one, (each) => WRITES.has(each)), better: 'less' },
    { name: name('megabytes'), value: ours.megabytes, better: 'less' },
  ];
}

export async function benchDrain(sizes: readonly number[]): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'klamka-bench-'));
  const ours = join(folder, 'drain-ours.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'drain-ours.ts')],
    outfile: ours,
    ...AS_DEPLOYED,
  });
  const klamka = await startKlamka({ seed: 5 });
  try {
    const integrationKeyId = await klamka.registerKey();
    const backlogs: Backlog[] = [];
    for (const events of sizes.length > 0 ? sizes : [1_000, 5_000, 20_000])
      backlogs.push(await backlog(klamka, { events, integrationKeyId, ours }));
    console.log(
      `draining a backlog, beside soap with a bare PutItem per order, Node ${process.version}. Time from loaded modules ` +
        'to the last write, with the making of the clients (plain: with fetching and reading the WSDL); medians, and the most memory',
    );
    console.table(backlogs.map(row));
    return backlogs.flatMap(figuresOf);
  } finally {
    await klamka.close();
    await rm(folder, { recursive: true });
  }
}
