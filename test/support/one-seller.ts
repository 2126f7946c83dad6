import type { Account } from '../../functions/core/account/account.ts';
import { checkAsked } from '../../functions/core/account/requests.ts';
import { Secret } from '../../functions/core/base/secret.ts';
import { epochMillis, SECOND } from '../../functions/core/base/time.ts';
import type { FailedOrder } from '../../functions/core/ingest/store.ts';
import type { OrderRow } from '../../functions/core/orders/store.ts';
import { type RunOutcome, runAccount } from '../../functions/core/run/run.ts';
import { orderView } from '../../functions/entry/order-view.ts';
import { MARKETPLACE_PRESETS } from '../../functions/webapi/presets.ts';
import { type Comparison, compare, type TrueOrder } from '../../infra/local/compare.ts';
import { request } from '../../infra/local/http-client.ts';
import { SANDBOX_NAMESPACE, startSimulator } from '../../infra/local/simulator/simulator.ts';
import { account } from './accounts.ts';
import { memoryAccount } from './memory-account.ts';
import { memoryJournal } from './memory-journal.ts';
import { memoryListed } from './memory-listed.ts';
import { memoryOrders, untold } from './memory-orders.ts';
import { CLAIM_ENDS, memoryRunDeps } from './memory-run.ts';
import { Killed } from './shaky-orders.ts';
import { createWebapi, logInTo } from './webapi.ts';

const LOGIN = 'sklep';
const KEY = 'k0000test1';
const FOR_EVER_SECONDS = 3_000_000_000;

/** Trouble that a run meets. */
export interface Fate {
  /** Number of the write at which the worker is killed. */
  readonly killedAtWrite?: number | undefined;
  /** Number of questions after which the time is up. */
  readonly patience?: number | undefined;
  /** Milliseconds that the clock of the worker's host is ahead. */
  readonly clockAheadMillis?: number | undefined;
}

/** Tables that are restored to the same moment. */
export type Restored = 'all' | 'account' | 'index';

/** A connected seller of the simulated marketplace, and the real core with its real driver, over memory. */
export interface OneSeller {
  /** Changes the marketplace through its control routes, e.g. `POST /_sim/buyers`. */
  sim<T = unknown>(path: string, body?: object): Promise<T>;
  /** Takes back planned changes of the marketplace, e.g. `/faults`. */
  forget(path: string): Promise<unknown>;
  /** Runs a worker; `killed` when the worker died before its end. */
  run(fate?: Fate): Promise<RunOutcome | 'killed'>;
  /** Runs until the journal has nothing new and every requested check and import is done. */
  settle(): Promise<void>;
  /** Asks for a check of all orders against the marketplace's lists, as a person would. */
  askForCheck(): Promise<void>;
  pass(millis: number): Promise<void>;
  /** Keeps a copy of all tables; the returned function puts some of them back, as a restore does. */
  keep(): (which: Restored) => void;
  /**
   * Compares the stored orders with the true ones. `before`: orders from before the first connect, which need
   * not be stored.
   */
  compare(before?: ReadonlySet<string>): Promise<Comparison>;
  /** The true orders of the marketplace. */
  truth(): Promise<readonly TrueOrder[]>;
  /** The account's present item. */
  account(): Account;
  rows(): readonly OrderRow[];
  quarantined(): readonly FailedOrder[];
  /** Ids of all stored orders. */
  stored(): ReadonlySet<string>;
  /** Rows whose present revision no feed entry tells. */
  untold(): string[];
  close(): Promise<void>;
}

export async function oneSeller({ seed, settings }: { seed: number; settings: object }): Promise<OneSeller> {
  const simulator = await startSimulator({ port: 0, seed });
  const sim = async <T = unknown>(path: string, body: object = {}) =>
    request<T>(simulator.url, { method: 'POST', path: `/_sim${path}`, body });
  const marketplace = createWebapi({
    ...MARKETPLACE_PRESETS['allegro-sandbox'],
    endpoint: `${simulator.url}/service.php`,
    namespace: SANDBOX_NAMESPACE,
  });
  const handle = await connect({ sim, marketplace });
  await sim('/settings', { sessionSeconds: FOR_EVER_SECONDS, ...settings });

  let ahead = 0;
  let clockAheadMillis = 0;
  const clock = () => epochMillis(Date.now() + ahead + clockAheadMillis);
  const pass = async (millis: number) => {
    ahead += millis;
    await sim('/clock', { advanceSeconds: Math.ceil(millis / SECOND) });
  };
  const accounts = memoryAccount(account({ createdAtMillis: clock(), lastLoginAtMillis: clock() }));
  const orders = memoryOrders();
  const listed = memoryListed();
  const journal = memoryJournal();
  const deps = memoryRunDeps({ accounts, orders, listed, journal }, { marketplace, clock, handle });

  const run = async ({ killedAtWrite = Infinity, patience = Infinity, ...of }: Fate = {}) => {
    clockAheadMillis = of.clockAheadMillis ?? 0;
    let writes = 0;
    // A dead worker writes nothing more, even if code catches the error.
    const onWrite = () => {
      writes += 1;
      if (writes >= killedAtWrite) throw new Killed();
    };
    for (const store of [accounts, orders, listed, journal]) store.onWrite = onWrite;
    let asked = 0;
    const outOfTime = () => {
      asked += 1;
      return asked > patience;
    };
    try {
      const { accountId } = accounts.row;
      return await runAccount({ ...deps, outOfTime }, { accountId, slotMillis: clock(), why: 'now' });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      await pass(CLAIM_ENDS);
      return 'killed' as const;
    } finally {
      clockAheadMillis = 0;
      // Slots are milliseconds, and a run in memory ends within one: without this the next would have the
      // same slot.
      ahead += 1;
    }
  };
  /** Whether the check that was requested last is still to be done, and no list is in trouble. */
  const isCheckWaiting = (): boolean => {
    const { checkAskedAtMillis: asked, check } = accounts.row;
    const inTrouble = listed.readings.get('check')?.againAtMillis !== undefined;
    return asked !== undefined && check?.requestMillis !== asked && !inTrouble;
  };
  const truth = async () =>
    (await request<{ orders: TrueOrder[] }>(simulator.url, { path: '/_sim/orders' })).orders;
  return {
    sim,
    forget: (path) => request(simulator.url, { method: 'DELETE', path: `/_sim${path}` }),
    run,
    pass,
    keep() {
      const { row } = accounts;
      const kept = structuredClone({
        rows: orders.rows,
        feedPages: orders.feedPages,
        bad: journal.bad,
        seen: journal.seenIds,
        written: listed.written,
        readings: listed.readings,
      });
      return (which) => {
        if (which === 'account' || which === 'all') accounts.row = row;
        if (which === 'index' || which === 'all') {
          refill(listed.written, kept.written);
          refill(listed.readings, kept.readings);
        }
        if (which !== 'all') return;
        refill(orders.rows, kept.rows);
        orders.feedPages.splice(0, Infinity, ...kept.feedPages);
        refill(journal.bad, kept.bad);
        journal.seenIds.clear();
        for (const id of kept.seen) journal.seenIds.add(id);
      };
    },
    async settle() {
      for (let runs = 0; runs < 50; runs += 1) {
        const outcome = await run();
        if (outcome === 'done' && accounts.row.lastRun?.events === 0 && !isCheckWaiting()) return;
        if (outcome === 'failed') throw new Error(`a run failed: ${JSON.stringify(accounts.row.lastRun)}`);
      }
      throw new Error('the account does not come to rest');
    },
    async askForCheck() {
      accounts.row = { ...accounts.row, ...checkAsked(accounts.row, clock()) };
      ahead += 1;
    },
    truth,
    account: () => accounts.row,
    stored: () => new Set(orders.rows.keys()),
    async compare(before = new Set()) {
      const stored = [...orders.rows.values()].filter(({ content }) => content !== undefined);
      const isOurs = ({ orderId }: TrueOrder) => !before.has(orderId);
      return compare(
        await truth(),
        JSON.parse(
          JSON.stringify(stored.flatMap((row) => (row.content ? [orderView(row, row.content)] : []))),
        ),
        isOurs,
      );
    },
    rows: () => [...orders.rows.values()],
    quarantined: () =>
      [...journal.bad.values()].filter(({ quarantinedAtMillis }) => quarantinedAtMillis !== undefined),
    untold: () => untold(orders).map(({ orderId }) => orderId),
    close: simulator.close,
  };
}

function refill<K, V>(map: Map<K, V>, from: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of from) map.set(key, value);
}

async function connect({
  sim,
  marketplace,
}: {
  sim: OneSeller['sim'];
  marketplace: ReturnType<typeof createWebapi>;
}): Promise<Secret> {
  const soon = { timeoutMillis: 10_000 };
  const integrationKey = new Secret(KEY);
  await sim('/keys', { key: KEY });
  await sim('/sellers', { login: LOGIN, country: 1, twoStep: true });
  const made = await sim<{ applicationPassword: string }>(`/sellers/${LOGIN}/application-passwords`, {
    name: 'Klamka',
  });
  const applicationPassword = new Secret(made.applicationPassword);
  const login = { login: LOGIN, applicationPassword, integrationKey };
  return (await logInTo(marketplace, login, soon)).session;
}
