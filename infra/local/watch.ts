import { setTimeout } from 'node:timers/promises';
import { storedOrders } from './compare.ts';
import { type Place, request, Unsuccessful } from './http-client.ts';
import { type AccountView, connectSellers, listAccounts } from './sellers.ts';
import { drawTable, type Snapshot, type SyncView } from './table.ts';
import type { World } from './world.ts';

const DRAW_EVERY_MS = 1_000;
const PLAIN_EVERY_MS = 15_000;
const ORDERS_PER_MINUTE = 20;
/** Seconds between two synchronisations, so that the demonstration does not wait a minute for each. */
export const DEMO_SYNC_SECONDS = 10;

/**
 * Settings of the functions in the demonstration: a webhook may be a server on this machine, at the port that the READMEs
 * name, with a certificate that Node was told to trust.
 */
export const demoEnvironment = ({
  NODE_EXTRA_CA_CERTS: trusted,
}: NodeJS.ProcessEnv): Record<string, string> => ({
  WEBHOOK_TEST_HOSTS: 'localhost:4000',
  ...(trusted !== undefined && { NODE_EXTRA_CA_CERTS: trusted }),
});

interface Watch {
  readonly accounts: number;
  readonly signal: AbortSignal;
  readonly output: NodeJS.WriteStream;
}

/**
 * Connects sellers, lets buyers trickle in, fires the schedule, and draws the table until the signal aborts.
 */
export async function watch(world: World, { accounts, output, signal }: Watch): Promise<void> {
  const places = { api: world.api, simulator: world.simulator.url };
  await connectSellers(places, accounts);
  const trickle = { ordersPerMinute: ORDERS_PER_MINUTE };
  await request(places.simulator, { method: 'POST', path: '/_sim/buyers/trickle', body: trickle });
  const interactive = output.isTTY === true;
  if (!interactive) output.write(`${banner(world)}\n\n`);
  await Promise.all([
    every(DEMO_SYNC_SECONDS * 1_000, signal, () => world.stack.fireSchedules()),
    every(interactive ? DRAW_EVERY_MS : PLAIN_EVERY_MS, signal, async () => {
      const table = `${drawTable(await look(places))}\n`;
      output.write(interactive ? `\x1b[H\x1b[2J${banner(world)}\n\n${table}` : `${table}\n`);
    }),
  ]);
}

async function every(millis: number, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await act().catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    await setTimeout(millis, undefined, { signal }).catch(() => undefined);
  }
}

const banner = ({ api, simulator }: World): string =>
  [
    'Klamka on an embedded stack. Ctrl-C ends it.',
    `  HTTP API    ${api.url}   (loopback only)`,
    `  marketplace ${simulator.url}   (simulated; buyers buy about ${ORDERS_PER_MINUTE} times a minute)`,
    `  schedule    every ${DEMO_SYNC_SECONDS} s here, every minute when deployed`,
    '',
    '  in another window: npm run klamka -- --help',
    '  or, with a token that holds for hours:',
    `    curl -H 'Authorization: Bearer ${api.token}' ${api.url}/accounts`,
  ].join('\n');

const byName = (a: AccountView, b: AccountView): number =>
  a.login.localeCompare(b.login) || a.marketplace.localeCompare(b.marketplace);

/** The values to show. An account that is being removed is left out. */
export async function look(places: { api: Place; simulator: string }): Promise<Snapshot> {
  const listed = (await listAccounts(places.api)).toSorted(byName);
  const accounts: AccountView[] = [];
  const stats = await request<{
    calls: Record<string, number>;
    logins: Record<string, { attempts: number }>;
  }>(places.simulator, { path: '/_sim/stats' });
  const made: Record<string, number> = {};
  const stored: Record<string, number> = {};
  const sync: Record<string, SyncView> = {};
  for (const account of listed) {
    const { accountId, login } = account;
    const path = `/_sim/orders?seller=${encodeURIComponent(login)}`;
    const asked = request<{ orders: { live: boolean }[] }>(places.simulator, { path });
    // Anybody may add an account whose login the simulated marketplace does not know.
    const { orders } = (await unlessRefused(asked)) ?? { orders: [] };
    const fresh = await unlessRefused(request<SyncView>(places.api, { path: `/accounts/${accountId}/sync` }));
    const rows = await unlessRefused(storedOrders(places.api, accountId));
    if (fresh === undefined || rows === undefined) continue;
    accounts.push(account);
    made[accountId] = orders.filter(({ live }) => live).length;
    sync[accountId] = fresh;
    stored[accountId] = rows.filter(({ live }) => live).length;
  }
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    nowMillis: Date.now(),
    accounts,
    made,
    stored,
    sync,
    logins: sum(Object.values(stats.logins).map(({ attempts }) => attempts)),
    calls: sum(Object.values(stats.calls)),
  };
}

/** The answer; undefined where there is no such thing (any more). */
const unlessRefused = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof Unsuccessful && (error.status === 404 || error.status === 409)) return undefined;
    throw error;
  });
