import { setTimeout } from 'node:timers/promises';
import { type Comparison, compareAll } from './compare.ts';
import { request } from './http-client.ts';
import type { StartOptions } from './options.ts';
import { connectSellers, listAccounts } from './sellers.ts';
import type { World } from './world.ts';

interface SimulatorStats {
  readonly calls: Readonly<Record<string, number>>;
  readonly logins: Readonly<Record<string, { attempts: number; failures: number }>>;
  readonly ordersMade: number;
}

/** What one run did; the last line of `--json`. */
export interface Summary {
  readonly accounts: number;
  readonly logins: number;
  readonly ordersMade: number;
  readonly ordersStored: number;
  readonly missing: number;
  readonly doubled: number;
  readonly different: number;
  readonly webapiCalls: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly examples: readonly string[];
}

/** Buyers act in this many waves, so that orders are seen at several points of their lives. */
const WAVES = 5;
const SYNC_LIMIT_MS = 30 * 60_000;

export const succeeded = ({ missing, doubled, different }: Summary): boolean =>
  missing === 0 && doubled === 0 && different === 0;

/** Connects sellers, lets buyers buy, and fires the schedule until everything is stored. */
export async function runOnce(
  world: World,
  use: { options: StartOptions; say: (line: string) => void },
): Promise<Summary> {
  const { options, say } = use;
  const started = performance.now();
  const places = { api: world.stack.apiUrl, simulator: world.simulator.url };
  const before = await stats(places.simulator);
  await request(places.simulator, {
    method: 'POST',
    path: '/_sim/settings',
    body: { journalDelaySeconds: 0 },
  });
  await connectSellers(places, options.accounts);
  await syncUntil(world, async () =>
    (await listAccounts(places.api)).every(({ ordersSince }) => ordersSince !== null),
  );
  say(`${options.accounts} sellers connected; ${options.orders} orders are being made`);
  await makeOrders(world, { orders: options.orders, say });
  await syncUntil(world, async () => await nothingNew(places.api));
  const compared = await compareAll(places);
  const after = await stats(places.simulator);
  return summary({ before, after, compared, accounts: options.accounts, started });
}

async function makeOrders(world: World, use: { orders: number; say: (line: string) => void }): Promise<void> {
  const simulator = world.simulator.url;
  let made = 0;
  for (let wave = 1; wave <= WAVES; wave += 1) {
    const orders = Math.round((use.orders * wave) / WAVES) - made;
    made += orders;
    if (orders === 0) continue;
    await request(simulator, { method: 'POST', path: '/_sim/buyers', body: { orders, pace: 'live' } });
    await cycle(world);
    await request(simulator, { method: 'POST', path: '/_sim/buyers/finish' });
    await cycle(world);
    use.say(`${made} orders made, ${await changes(world.stack.apiUrl)} order changes in the last runs`);
  }
}

const changes = async (api: string): Promise<number> =>
  (await listAccounts(api)).reduce((sum, { lastRun }) => sum + (lastRun?.ordersChanged ?? 0), 0);

/** The schedule fires, and the queue runs empty. */
async function cycle(world: World): Promise<void> {
  await world.stack.fireSchedules();
  while (!(await world.stack.queueIdle())) await setTimeout(10);
}

async function syncUntil(world: World, done: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + SYNC_LIMIT_MS;
  do {
    await cycle(world);
    if (await done()) return;
    await setTimeout(20);
  } while (performance.now() < limit);
  throw new Error('the orders were not all stored in time');
}

/** Every account has looked and found its journal empty. */
async function nothingNew(api: string): Promise<boolean> {
  const accounts = await listAccounts(api);
  return accounts.every(({ lastRun }) => lastRun?.outcome === 'done' && lastRun.events === 0);
}

const stats = (simulator: string): Promise<SimulatorStats> => request(simulator, { path: '/_sim/stats' });

function summary(use: {
  before: SimulatorStats;
  after: SimulatorStats;
  compared: Comparison;
  accounts: number;
  started: number;
}): Summary {
  const { before, after, compared } = use;
  const attempts = ({ logins }: SimulatorStats) =>
    Object.values(logins).reduce((sum, one) => sum + one.attempts, 0);
  const calls = Object.entries(after.calls).map(
    ([method, count]) => [method, count - (before.calls[method] ?? 0)] as const,
  );
  return {
    accounts: use.accounts,
    logins: attempts(after) - attempts(before),
    ordersMade: after.ordersMade - before.ordersMade,
    ordersStored: compared.stored - before.ordersMade,
    missing: compared.missing,
    doubled: compared.doubled,
    different: compared.different,
    webapiCalls: Object.fromEntries(calls.filter(([, count]) => count > 0)),
    seconds: Math.round((performance.now() - use.started) / 10) / 100,
    examples: compared.examples,
  };
}
