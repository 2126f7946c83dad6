import { setTimeout } from 'node:timers/promises';
import type { Chaos } from './chaos/chaos.ts';
import type { ChaosCounts } from './chaos/counts.ts';
import { patiently } from './chaos/patience.ts';
import { type Comparison, compareAll } from './compare.ts';
import { type Place, request } from './http-client.ts';
import { brokenAccessRules } from './login-rules.ts';
import type { StartOptions } from './options.ts';
import { openRecovery, type Recovery } from './recovery.ts';
import { type AccountView, connectSellers, listAccounts } from './sellers.ts';
import type { World } from './world.ts';

interface SimulatorStats {
  readonly calls: Readonly<Record<string, number>>;
  readonly logins: Readonly<Record<string, { attempts: number; failures: number; locked: boolean }>>;
  readonly ordersMade: number;
}

/** Result of a run with `--once`, printed as the last line with `--json`. */
export interface Summary {
  readonly accounts: number;
  readonly logins: number;
  readonly ordersMade: number;
  readonly ordersStored: number;
  readonly missing: number;
  readonly doubled: number;
  readonly different: number;
  /** Accounts that are locked, or would be after one more failure. */
  readonly locked: number;
  /** Times that an account's login log breaks a rule of access: see `brokenRules`. */
  readonly rulesBroken: number;
  readonly marketplaceCalls: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Seconds from the end of all trouble to the first comparison without a fault; null if there was none. */
  readonly recoverySeconds?: number | null;
  readonly chaos?: Readonly<ChaosCounts>;
  readonly examples: readonly string[];
}

/** Number of waves in which buyers act, so that orders are read at several points of their lives. */
const WAVES = { calm: 5, chaos: 10 };
/** Failed logins in a row that do not lock an account; the marketplace locks at the fourth. */
const HARMLESS_FAILURES = 3;
const SYNC_LIMIT_MS = 30 * 60_000;

export const succeeded = ({ missing, doubled, different, locked, rulesBroken }: Summary): boolean =>
  missing + doubled + different + locked + rulesBroken === 0;

interface Run {
  readonly options: StartOptions;
  readonly say: (line: string) => void;
  /** Trouble to make during the run; absent for a calm run. */
  readonly chaos?: Chaos | undefined;
}

/** Connects sellers, lets buyers buy, and fires the schedule until all orders are stored. */
export async function runOnce(world: World, run: Run): Promise<Summary> {
  const { options, chaos, say } = run;
  const started = performance.now();
  const places = { api: world.api, simulator: world.simulator.url };
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
  await chaos?.begin(world);
  await makeOrders(world, run);
  await chaos?.end();
  const recovery = openRecovery(() => compareAll(places));
  await syncUntil(world, async () => {
    await chaos?.help();
    if (chaos !== undefined) await recovery.look();
    return await nothingNew(places.api);
  });
  if (chaos !== undefined) {
    await checkAll(world, { chaos, say, recovery });
    await recovery.look();
  }
  refuseDenials(world);
  const compared = await compareAll(places);
  const after = await stats(places.simulator);
  const broken = await brokenAccessRules(places);
  const done = summary({ before, after, compared, broken, accounts: options.accounts, started });
  return chaos === undefined
    ? done
    : { ...done, recoverySeconds: recovery.seconds ?? null, chaos: chaos.counts };
}

const secondsSince = (start: number): number => Math.round((performance.now() - start) / 10) / 100;

/** Throws if a request was denied: a role that is too narrow would stop the product once it is deployed. */
function refuseDenials({ stack }: World): void {
  const [denial] = stack.denials();
  if (denial === undefined) return;
  const { action, resource } = denial.ask;
  throw new Error(`${denial.functionName} may not ${action} on ${resource}: see infra/access.yml`);
}

async function makeOrders(world: World, { options, chaos, say }: Run): Promise<void> {
  const simulator = world.simulator.url;
  const waves = chaos === undefined ? WAVES.calm : WAVES.chaos;
  let made = 0;
  for (let wave = 1; wave <= waves; wave += 1) {
    const orders = Math.round((options.orders * wave) / waves) - made;
    made += orders;
    if (orders === 0) continue;
    await request(simulator, { method: 'POST', path: '/_sim/buyers', body: { orders, pace: 'live' } });
    await cycle(world);
    await request(simulator, { method: 'POST', path: '/_sim/buyers/finish' });
    await cycle(world);
    say(`${made} orders made, ${await changes(world.api)} order changes in the last runs`);
    if (chaos !== undefined) say(`  so far ${JSON.stringify(chaos.counts)}`);
  }
}

/**
 * Asks for a check of every account against the marketplace's own lists, which finds orders that the journal
 * never told.
 */
async function checkAll(
  world: World,
  { say, chaos, recovery }: { chaos: Chaos; say: Run['say']; recovery: Recovery },
): Promise<void> {
  const { api } = world;
  let asked = '';
  let awaited = new Set<string>();
  const ask = async (accountIds: readonly string[]) => {
    asked = new Date().toISOString();
    awaited = new Set(accountIds);
    for (const accountId of accountIds) await askForCheck(world, accountId);
  };
  await ask((await listAccounts(api)).map(({ accountId }) => accountId));
  say('every account is being compared with the lists of the marketplace');
  let again = 0;
  await syncUntil(world, async () => {
    await chaos.help();
    await recovery.look();
    const accounts = await listAccounts(api);
    const isDone = ({ accountId, lastRun }: AccountView) =>
      isQuiet(lastRun) && (!awaited.has(accountId) || (lastRun?.startedAt ?? '') > asked);
    if (!accounts.every(isDone)) return false;
    // A check that began before the request does not count: the journal may have lost events since.
    const states = await Promise.all(accounts.map(({ accountId }) => syncState(world, accountId)));
    if (states.some(({ accountId, lastCheck }) => awaited.has(accountId) && lastCheck <= asked)) return false;
    // An interrupted overlap answers the request that it began with, so that an order that trouble has put into
    // quarantine may wait for the request after it.
    const waiting = states.filter(({ open }) => open.length > 0);
    if (waiting.length === 0 || again === ASKED_AGAIN) {
      for (const { open } of waiting) for (const one of open) say(`not stored: ${one}`);
      return true;
    }
    again += 1;
    await ask(waiting.map(({ accountId }) => accountId));
    return false;
  });
}

/** Most times that accounts with open orders are asked for another check. */
const ASKED_AGAIN = 5;

interface SyncState {
  readonly accountId: string;
  /** Time when the last check began; empty before the first. */
  readonly lastCheck: string;
  /** Orders that could not be stored, with their reasons; all but events that nobody can read. */
  readonly open: readonly string[];
}

async function syncState({ api }: World, accountId: string): Promise<SyncState> {
  type Failed = { orderId: string; reason: string; detail: string; tries: number };
  const state = await request<{ lastCheck: { at: string } | null; quarantined: Failed[]; failing: Failed[] }>(
    api,
    { path: `/accounts/${accountId}/sync` },
  );
  const failed = [...state.quarantined, ...state.failing];
  return {
    accountId,
    lastCheck: state.lastCheck?.at ?? '',
    open: failed
      .filter(({ reason }) => reason !== 'event-unreadable')
      .map(({ orderId, reason, detail, tries }) => `${orderId} (${reason}, ${detail}, ${tries} tries)`),
  };
}

async function askForCheck({ api }: World, accountId: string): Promise<void> {
  await request(api, { method: 'POST', path: `/accounts/${accountId}/completeness` });
}

const changes = async (api: Place): Promise<number> =>
  (await patiently(() => listAccounts(api))).reduce(
    (sum, { lastRun }) => sum + (lastRun?.ordersChanged ?? 0),
    0,
  );

/** Fires the schedule and waits until the queues are empty. */
async function cycle(world: World): Promise<void> {
  await patiently(() => world.stack.fireSchedules());
  while (!world.stack.queueIdle()) await setTimeout(10);
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

/** Whether the last run of every account found its journal empty. */
const nothingNew = async (api: Place): Promise<boolean> =>
  (await listAccounts(api)).every(({ lastRun }) => isQuiet(lastRun));

const isQuiet = (lastRun: AccountView['lastRun']): boolean =>
  lastRun?.outcome === 'done' && lastRun.events === 0;

const stats = (simulator: string): Promise<SimulatorStats> => request(simulator, { path: '/_sim/stats' });

function summary({
  before,
  after,
  compared,
  broken,
  accounts,
  started,
}: {
  before: SimulatorStats;
  after: SimulatorStats;
  compared: Comparison;
  broken: readonly string[];
  accounts: number;
  started: number;
}): Summary {
  const attempts = ({ logins }: SimulatorStats) =>
    Object.values(logins).reduce((sum, one) => sum + one.attempts, 0);
  const calls = Object.entries(after.calls).map(
    ([method, count]) => [method, count - (before.calls[method] ?? 0)] as const,
  );
  return {
    accounts,
    logins: attempts(after) - attempts(before),
    ordersMade: after.ordersMade - before.ordersMade,
    ordersStored: compared.stored - before.ordersMade,
    missing: compared.missing,
    doubled: compared.doubled,
    different: compared.different,
    locked: Object.values(after.logins).filter((one) => one.locked || one.failures > HARMLESS_FAILURES)
      .length,
    rulesBroken: broken.length,
    marketplaceCalls: Object.fromEntries(calls.filter(([, count]) => count > 0)),
    seconds: secondsSince(started),
    examples: [...broken.slice(0, 5), ...compared.examples],
  };
}
