import type { Claim, LedgerEntry } from '../../../functions/core/access/login-log.ts';
import type { Session } from '../../../functions/core/access/session-store.ts';
import { normaliseLogin } from '../../../functions/core/account/account.ts';
import { MINUTE } from '../../../functions/core/base/time.ts';
import type { Shared, Trouble } from '../../../functions/core/faults/store.ts';
import type { Attempt } from '../attempt.ts';
import type { Row } from '../doors/accounts.ts';
import type { Vault } from '../doors/secrets.ts';
import type { Judgement, Seller } from '../market.ts';
import type { Process } from '../process.ts';
import type { Situation } from '../situations.ts';
import type { World } from '../world.ts';
import * as handles from './handles.ts';
import { checkWaiting } from './leases.ts';
import { unlockAnswered } from './locks.ts';
import { type AccountLog, inherit, newLog } from './log.ts';
import * as logins from './logins.ts';
import type { Rule } from './names.ts';
import * as telling from './notices.ts';
import { checkSending } from './sending.ts';
import { checkPromotion } from './verdicts.ts';
import { checkWrite } from './writes.ts';

export interface Violation {
  readonly rule: Rule;
  readonly text: string;
}

export interface Write {
  readonly accountId: string;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** Longest creation of an account whose row is not there yet, with the difference of clocks. */
const CREATION = 3 * MINUTE;

/** Rules that have to hold even after a freeze between lease check and send: the cap above all. */
const HOLDS_ALWAYS = /^(2 the marketplace|2 written|7 three|13|notify|end)/;
/** Rules that have to hold with any clock. */
const WHATEVER_THE_CLOCK =
  /^(2 the marketplace|2 written|2 never|2 no fourth|2 a refused|4 a lease|7 no login|7 a captcha|7 an unlock)/;

/**
 * Sees every call through a door, knows the true state behind it, and checks both against the thirteen rules.
 */
export class Watch {
  readonly world: World;
  readonly logs = new Map<string, AccountLog>();
  readonly situations = new Set<Situation>();
  violation: Violation | undefined;
  logins = 0;
  /** Time of the marketplace's last accepted login that was heard, by seller. */
  readonly lettingIn = new Map<number, number>();
  /** Good passwords that the marketplace refused since the last accepted login. */
  wronglyRefused: { accountId: string; at: number }[] = [];
  /** Time when a handle of each account was last stored. */
  readonly savedAt = new Map<string, number>();

  constructor(world: World) {
    this.world = world;
  }

  get now(): number {
    return this.world.scheduler.now;
  }

  /** Whether only the cap has to hold: in the schedules about the gap between check and send. */
  get lenient(): boolean {
    return this.world.schedule.frozenBeforeSend;
  }

  violate(rule: Rule, text: string): void {
    const { jumps } = this.world.schedule;
    if (jumps ? !WHATEVER_THE_CLOCK.test(rule) : this.lenient && !HOLDS_ALWAYS.test(rule)) return;
    if (this.violation !== undefined) return;
    this.violation = { rule, text };
    this.world.trace(undefined, () => `!!! ${rule}: ${text}`);
  }

  saw(situation: Situation): void {
    this.situations.add(situation);
  }

  loginOf(accountId: string): string | undefined {
    return this.logs.get(accountId)?.login;
  }

  written(process: Process, write: Write): void {
    const row = write.after ?? write.before;
    if (row === undefined) return;
    const log = this.logs.get(write.accountId) ?? newLog(row);
    this.logs.set(write.accountId, log);
    if (write.after !== undefined) this.#inherit(log, { ...write, after: write.after });
    this.world.trace(process, () => `writes ${differences(write)}`);
    checkWrite(this, { ...write, process, log });
    telling.checkWrite(this, { ...write, log });
    if (write.after === undefined) return;
    log.lastRow = write.after;
    log.history.push({ at: this.now, row: write.after });
  }

  /** Gives a new account the facts of earlier accounts of its login, and of its seller once that is known. */
  #inherit(log: AccountLog, { before, after }: Write & { after: Row }): void {
    const others = [...this.logs.values()]
      .filter((one) => one !== log && !one.passedOn)
      .sort((one, other) => other.succeededAt - one.succeededAt);
    if (before === undefined) {
      const earlier = others.filter(({ login }) => normaliseLogin(login) === normaliseLogin(log.login));
      for (const one of earlier) inherit(log, one);
      if (earlier.length > 0) this.saw('8 account added again');
      if (log.suspects.size > 0) this.saw('8 possible failures taken over');
    }
    if (after.userId === undefined || before?.userId === after.userId) return;
    const gone = others.filter(
      ({ lastRow, removed }) =>
        lastRow?.userId === after.userId && (removed || lastRow?.phase === 'removing'),
    );
    for (const one of gone) inherit(log, one);
    if (gone.some(({ login }) => login !== log.login)) this.saw('8 two memories of one seller');
  }

  sessionRead(process: Process, session: Session | undefined): void {
    handles.read(this, { process, session });
  }

  sessionSaved(process: Process, saved: { accountId: string; session: Session }): void {
    handles.saved(this, { process, ...saved });
  }

  sessionReplaced(process: Process, replaced: { old: Session | undefined; session: Session }): void {
    handles.replaced(this, { process, ...replaced });
  }

  sessionDropped(process: Process, dropped: { accountId: string; session: Session }): void {
    handles.dropped(this, { process, ...dropped });
  }

  sessionRemoved(process: Process, accountId: string): void {
    const phase = this.world.store.rows.get(accountId)?.phase;
    if (phase === 'active' || phase === 'paused')
      this.violate('10 only the dead handle is dropped', `p${process.id} drops any handle of ${accountId}`);
  }

  callBegun(process: Process, handle: string): void {
    handles.begun(this, { process, handle });
  }

  handleUsed(process: Process, used: { handle: string; live: boolean }): void {
    handles.used(this, { process, ...used });
  }

  passwordRead(process: Process, password: { version: string; value: string }): void {
    process.notes.password = { ...password, readAt: this.now };
    if (password.value !== password.value.trim()) this.saw('12 secret edited by hand');
  }

  promoted(process: Process, promotion: { accountId: string; version: string; vault: Vault }): void {
    checkPromotion(this, { process, ...promotion });
  }

  /** Forgets the trouble that the process knew, because a new reading replaces it. */
  troublesAsked(process: Process, of: 'marketplace' | 'shared'): void {
    const { shunned } = process.notes;
    for (const name of [...shunned])
      if (name.startsWith('marketplace') === (of === 'marketplace')) shunned.delete(name);
  }

  troubleRead(process: Process, shared: Trouble): void {
    process.notes.shunned.add(`${shared.kind}/${shared.name}`);
    if (shared.kind === 'marketplace') this.saw('3 marketplace known to be silent');
    else this.saw('9 key or address in trouble');
  }

  elected(process: Process, shared: Shared): void {
    const silent = shared.kind === 'marketplace';
    // A single probe answers for the key and for the address.
    this.troublesAsked(process, silent ? 'marketplace' : 'shared');
    if (silent) process.notes.triesForAll = true;
    this.saw(silent ? '3 one account tries for all' : '9 one worker probes for all');
  }

  probed(process: Process): void {
    this.world.trace(process, () => 'has a version key');
  }

  ledgerOpened(process: Process, opened: { accountId: string; entry: LedgerEntry }): void {
    const { entry, accountId } = opened;
    process.notes.opened = { accountId, attemptId: entry.attemptId, version: entry.version, why: entry.why };
  }

  sellerAsked({ notes }: Process): void {
    if (notes.leaseToken !== undefined) notes.askedSellerUnder = notes.leaseToken;
  }

  /** Records that a process that logs in read or wrote the claim on its seller. */
  sellerSeen(process: Process, claim: Claim | undefined): void {
    const { leased } = process.notes;
    this.sellerAsked(process);
    const owner = claim?.accountId;
    const isOther = leased !== undefined && owner !== undefined && owner !== leased;
    // A process whose own account is gone only passes an answer on.
    const isDead =
      isOther &&
      this.world.store.rows.has(leased) &&
      !this.world.store.rows.has(owner) &&
      this.now > (claim?.atMillis ?? 0) + CREATION;
    process.notes.deadOwner = isDead ? owner : undefined;
    process.notes.notOwner = isOther ? leased : undefined;
    if (isOther) this.saw('13 one seller, two accounts');
  }

  notSent(process: Process): void {
    this.world.trace(process, () => 'could not send its login');
    this.saw('3 failed before anything was sent');
  }

  goodPasswordRefused(accountId: string): void {
    this.wronglyRefused.push({ accountId, at: this.now });
    if (new Set(this.wronglyRefused.map((one) => one.accountId)).size >= 3)
      this.saw('9 good passwords refused');
  }

  unlockAnswered(answered: { accountId: string; askedAt: number; answer: string }): void {
    unlockAnswered(this, answered);
  }

  unlockClicked(accountId: string): void {
    logins.unlockClicked(this, accountId);
  }

  sent(
    process: Process,
    sending: { seller: Seller; password: string; versionKey: string | undefined; deadline: number },
  ): Attempt {
    this.logins += 1;
    return checkSending(this, { process, ...sending });
  }

  /** Time when a version key was last stored. */
  versionKeySavedAt = 0;

  /** Records that a process asked for the version key in force and got no answer. */
  versionKeyLost(process: Process): void {
    if (process.notes.staleKey !== undefined) this.saw('9 no version key after a stale one');
  }

  /** Sellers whose owners claimed a login on the website that never was. */
  readonly lies = new Set<number>();

  /**
   * Sellers that were logged in under two names while the marketplace did not tell that both are the same.
   */
  readonly unnamed = new Set<number>();

  judged(attempt: Attempt, judgement: Judgement): void {
    logins.judged(this, { attempt, judgement });
  }

  /** Records that the sender heard the judgement; undefined if no judgement will come. */
  heard(attempt: Attempt, judgement: Judgement | undefined): void {
    logins.heard(this, { attempt, judgement });
  }

  overAt(attempt: Attempt): void {
    attempt.endedAt = this.now;
  }

  published(event: { type: string; detail: Readonly<Record<string, unknown>> }): void {
    telling.published(this, event);
  }

  killed(process: Process): void {
    this.world.running -= 1;
    if (process.kind === 'notify') this.saw('notify: the tick is cut off');
  }

  tick(): void {
    telling.checkDelay(this);
    checkWaiting(this);
  }

  /** Records the end of a process; `ok` unless it threw. */
  ended(process: Process, ok: boolean): void {
    logins.ended(this, { process, ok });
  }
}

function differences({ accountId, before, after }: Write): string {
  if (after === undefined) return `${accountId}: gone`;
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])] as (keyof Row)[];
  const changed = keys.filter(
    (key) => before?.[key] !== after[key] && key !== 'writer' && key !== 'revision',
  );
  return `${accountId}: ${changed.map((key) => `${key}=${JSON.stringify(after[key])}`).join(' ')}`;
}
