import type { Claim, LedgerEntry } from '../../functions/core/access/login-log.ts';
import type { Session } from '../../functions/core/access/session-store.ts';
import { normaliseLogin } from '../../functions/core/account/account.ts';
import { MINUTE } from '../../functions/core/base/time.ts';
import type { SharedNotice } from '../../functions/core/faults/store.ts';
import { type Backend, Calls } from './calls.ts';
import type { Row } from './doors/accounts.ts';
import type { Vault } from './doors/secrets.ts';
import type { TroubleRow } from './doors/shared.ts';
import { Market, type Seller } from './market.ts';
import { newNotes, type Process, type ProcessKind } from './process.ts';
import { Dice, mix } from './random.ts';
import { Watch } from './rules/watch.ts';
import { type Schedule, type SecondName, START } from './schedule.ts';
import { Scheduler } from './scheduler.ts';

export type Core = typeof import('./core.ts');

/** All tables in their true state at this moment. */
export interface Store {
  readonly rows: Map<string, Row>;
  readonly sessions: Map<string, Session>;
  readonly ledger: Map<string, Map<string, LedgerEntry>>;
  readonly troubles: Map<string, TroubleRow>;
  readonly vaults: Map<string, Vault>;
  /** Claims by kind and key. */
  readonly claims: Map<string, Claim>;
  /** Contents of the indexes, which lag behind the rows. */
  readonly index: Map<string, { due?: number | undefined; notify?: number | undefined; of: number }>;
  /** The texts that drivers keep, by key, marketplace and name. */
  readonly driverCache: Map<string, string>;
}

const emptyStore = (): Store => ({
  rows: new Map(),
  sessions: new Map(),
  ledger: new Map(),
  troubles: new Map(),
  vaults: new Map(),
  claims: new Map(),
  index: new Map(),
  driverCache: new Map(),
});

/** The simulated world of a schedule. */
export class World {
  readonly core: Core;
  readonly schedule: Schedule;
  readonly scheduler = new Scheduler(START);
  readonly store = emptyStore();
  readonly market = new Market();
  readonly calls: Calls;
  readonly watch: Watch;
  readonly processes: Process[] = [];
  readonly lines: string[] | undefined;
  egressId: string;
  /** Number of processes that have not ended. */
  running = 0;
  #outages: { of: Backend; until: number }[] = [];
  #jumps: { of: ProcessKind; off: number; until: number }[] = [];
  #ids = 0;
  #writes = 0;

  constructor({ core, schedule, tracing }: { core: Core; schedule: Schedule; tracing: boolean }) {
    this.core = core;
    this.schedule = schedule;
    this.egressId = schedule.egressId;
    this.lines = tracing ? [] : undefined;
    this.calls = new Calls({
      schedule,
      scheduler: this.scheduler,
      isDown: (backend) => this.isDown(backend),
      trace: (process, line) => this.trace(process, line),
      onKill: (process) => this.watch.killed(process),
    });
    this.watch = new Watch(this);
  }

  trace(process: Process | undefined, line: () => string): void {
    if (this.lines === undefined) return;
    const at = ((this.scheduler.now - START) / 1_000).toFixed(3).padStart(10);
    const who = process === undefined ? '' : `${process.kind}#${process.id} `;
    this.lines.push(`${at} ${who}${line()}`);
  }

  newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${this.#ids}`;
  }

  outage(of: Backend, until: number): void {
    this.#outages.push({ of, until });
  }

  endOutages(): void {
    this.#outages = [];
  }

  isDown(backend: Backend): boolean {
    if (this.#outages.length === 0) return false;
    return this.#outages.some(({ of, until }) => of === backend && until > this.scheduler.now);
  }

  process(kind: ProcessKind, account: number): Process {
    const id = this.processes.length;
    const { skews, seed } = this.schedule;
    const process: Process = {
      id,
      kind,
      account,
      skewMillis: (skews[id % Math.max(1, skews.length)] ?? 0) + this.#jumpOf(kind),
      egressId: this.egressId,
      startedAt: this.scheduler.now,
      dice: new Dice(mix(seed, id + 1)),
      alive: true,
      done: false,
      frozenUntil: 0,
      everFrozen: false,
      notes: newNotes(),
    };
    this.processes.push(process);
    return process;
  }

  /** Lets a process sleep; nothing but time passes. */
  sleep(process: Process, millis: number): Promise<void> {
    return new Promise((resolve) => {
      this.scheduler.activity += 1;
      this.scheduler.at(this.scheduler.now + millis, () => this.calls.deliver(process, resolve));
    });
  }

  /** Writes an account item; every such write goes through here. */
  write(process: Process, change: { accountId: string; after: Row | undefined }): Row | undefined {
    const { accountId, after } = change;
    const before = this.store.rows.get(accountId);
    if (after === undefined) this.store.rows.delete(accountId);
    else this.store.rows.set(accountId, after);
    this.watch.written(process, { accountId, before, after });
    if (before?.dueAtMillis !== after?.dueAtMillis || before?.notifyAtMillis !== after?.notifyAtMillis) {
      this.#reindex(process, { accountId, after });
    }
    return after;
  }

  /** Makes the clocks of processes of this kind wrong, for those that start within this time. */
  jump({ of, off, millis }: { of: ProcessKind; off: number; millis: number }): void {
    this.#jumps.push({ of, off, until: this.scheduler.now + millis });
    this.watch.saw('7 clock far off');
  }

  #jumpOf(kind: ProcessKind): number {
    const now = this.scheduler.now;
    return this.#jumps.find(({ of, until }) => of === kind && until > now)?.off ?? 0;
  }

  /** Restores the accounts table: the row as it was `millis` ago, with a new revision. */
  restore(accountId: string, { millis, idle }: { millis: number; idle?: true }): void {
    const row = this.store.rows.get(accountId);
    if (idle === true && row?.leaseToken !== undefined) return;
    const log = this.watch.logs.get(accountId);
    const past = log?.history.findLast(({ at }) => at <= this.scheduler.now - millis)?.row;
    if (row === undefined || row.phase !== 'active' || log === undefined || past?.phase !== 'active') return;
    const after = { ...past, revision: row.revision + 1 };
    this.store.rows.set(accountId, after);
    log.restored = true;
    // The login log has no outcome of a worker that died between row and log, so a restore loses its
    // refusals.
    const entries = [...(this.store.ledger.get(accountId)?.values() ?? [])];
    const known = new Set(
      entries.filter(({ outcome }) => outcome !== undefined).map(({ version }) => version),
    );
    for (const { version, password } of log.attempts)
      if (!known.has(version) && after.verdicts[version] === undefined) log.refusedPasswords.delete(password);
    delete log.untold;
    this.watch.saw('6 row restored from the past');
    this.store.index.set(accountId, {
      due: after.dueAtMillis,
      notify: after.notifyAtMillis,
      of: this.#writes,
    });
  }

  /** Updates the indexes after a while, never with an older row than the last one. */
  #reindex(process: Process, { accountId, after }: { accountId: string; after: Row | undefined }): void {
    this.#writes += 1;
    const of = this.#writes;
    const lag = this.schedule.calm ? 10 : process.dice.between(1, process.dice.chance(0.05) ? 20_000 : 500);
    this.scheduler.at(this.scheduler.now + lag, () => {
      if ((this.store.index.get(accountId)?.of ?? 0) > of) return;
      this.store.index.set(accountId, { due: after?.dueAtMillis, notify: after?.notifyAtMillis, of });
    });
  }

  /** Deletes a session some time after its end, as the TTL does. */
  expire(accountId: string, session: Session): void {
    const after = session.expiresAtMillis + (this.#writes % 20) * MINUTE;
    this.scheduler.at(after, () => {
      if (this.store.sessions.get(accountId) === session) this.store.sessions.delete(accountId);
    });
  }

  /** Trouble that people were not told of since then, and ends that they were not told of at all. */
  untoldNews(sinceMillis: number): SharedNotice[] {
    return [...this.store.troubles].flatMap(([key, { trouble, untoldEnd }]) => {
      const cut = key.indexOf('/');
      const kind = key.slice(0, cut) as SharedNotice['kind'];
      const name = key.slice(cut + 1);
      if (kind === 'marketplace') return [];
      const begun = trouble !== undefined && (trouble.notifiedAtMillis ?? 0) <= sinceMillis;
      return [
        ...(begun ? [{ kind, name, trouble, over: false }] : []),
        ...(untoldEnd === undefined ? [] : [{ kind, name, trouble: untoldEnd, over: true }]),
      ];
    });
  }

  /** The seller of a login: `seller3` and `seller3@shop.example` are the same. */
  sellerOf(login: string): Seller {
    return this.market.seller(indexOfLogin(login));
  }

  /** The account that holds this login of a seller now. */
  accountIdOf(index: number, by?: SecondName): string | undefined {
    return this.claimantOf(by === undefined ? loginOf(index) : twinLoginOf(index));
  }

  /** The account that holds a login, at whichever marketplace. */
  claimantOf(login: string): string | undefined {
    const name = `/${normaliseLogin(login)}`;
    const claim = [...this.store.claims].find(
      ([key, { accountId }]) => key.startsWith('login/') && key.endsWith(name) && accountId !== undefined,
    );
    return claim?.[1].accountId;
  }
}

export const loginOf = (index: number): string => `seller${index}`;
export const twinLoginOf = (index: number): string => `seller${index}@shop.example`;
export const indexOfLogin = (login: string): number => Number(/\d+/.exec(login)?.[0] ?? 0);
