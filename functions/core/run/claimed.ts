import type { Account } from '../account/account.ts';
import { type AmendDeps, amend } from '../account/amend.ts';
import type { AccountStore, SavedFacts, SavedProgress, SyncChanges } from '../account/store.ts';
import { type EpochMillis, latestTrueTime, plus, SECOND } from '../base/time.ts';
import { recover } from '../feed/recovery.ts';
import { ClaimLost, openRows, type RowWriter } from '../feed/row-writer.ts';
import type { OrderStore } from '../orders/store.ts';

/** Just above the time-out of the function, so that a killed worker's claim ends before its message returns. */
const CLAIM = 125 * SECOND;

export interface ClaimDeps extends AmendDeps {
  readonly accounts: AccountStore;
  readonly orders: OrderStore;
}

/**
 * An account under its claim. Orders and feed are written only through this class, by the worker that holds the claim,
 * for a run, a repair, or orders that are sent again.
 */
export class Claimed {
  /** The account at the moment of the claim. */
  readonly account: Account;
  readonly token: string;
  readonly rows: RowWriter;
  readonly #deps: ClaimDeps;
  #isRecovered: boolean;
  /** Facts to be saved with the next batch, which is written to the account anyway. */
  #waiting: SavedProgress = {};
  #saved: SavedFacts = {};
  #hasBatch: boolean;
  #noted: SyncChanges<'lastRepair' | 'retentionPlace' | 'retentionSinceMillis'> = {};

  constructor(deps: ClaimDeps, { account, token }: { account: Account; token: string }) {
    const { accountId, batch } = account;
    this.account = account;
    this.token = token;
    this.#deps = deps;
    this.#isRecovered = batch === undefined;
    this.#hasBatch = batch !== undefined;
    const saveBatch: Parameters<typeof openRows>[0]['saveBatch'] = async (next, before) => {
      this.#hasBatch = true;
      await this.save({ batch: next, afterBatch: before });
    };
    this.rows = openRows({ ...deps, saveBatch }, { accountId, before: batch, fedUntil: account.fedUntil });
  }

  /** Ends the batch of the worker before, before anything else is read or written. Throws ClaimLost. */
  async recover(): Promise<void> {
    const { accountId, batch } = this.account;
    if (batch !== undefined) await recover(this.#deps, accountId, batch);
    this.#isRecovered = true;
  }

  /** Saves progress on the account, for the case that the worker is killed. Throws ClaimLost. */
  async save(newFacts: SavedProgress): Promise<void> {
    const { afterBatch, ...facts } = { ...this.#waiting, ...newFacts };
    this.#waiting = {};
    const saved = await this.#deps.accounts.saveFacts(this.account.accountId, {
      claimToken: this.token,
      ...facts,
      ...(afterBatch !== undefined && { afterBatch }),
    });
    if (!saved) throw new ClaimLost(`the claim of account ${this.account.accountId} was lost`);
    this.#saved = { ...this.#saved, ...facts };
  }

  /**
   * The account with everything that was saved under the claim. Saving leaves the revision, so that a change decided on
   * the account of the claim would be written without knowing of it.
   */
  get current(): Account {
    return { ...this.account, ...this.#saved };
  }

  /** Saves progress with the next batch, or at once if other facts wait for it already. Throws ClaimLost. */
  async saveWithNext(facts: SavedProgress): Promise<void> {
    const isFirst = Object.keys(this.#waiting).length === 0;
    this.#waiting = { ...this.#waiting, ...facts };
    if (!isFirst) await this.save({});
  }

  /** Saves the waiting facts. Throws ClaimLost. */
  async flush(): Promise<void> {
    if (Object.keys(this.#waiting).length > 0) await this.save({});
  }

  /** The changes that end the claim, to be written with others. A batch that has not ended stays for the next claim. */
  get ending(): SyncChanges<'claimToken' | 'claimUntilMillis' | 'batch' | 'fedUntil'> {
    const isOver = this.#hasBatch && this.#isRecovered && this.rows.isDone;
    const { end } = this.rows;
    return {
      claimToken: undefined,
      claimUntilMillis: undefined,
      ...(isOver && { batch: undefined, ...(end !== undefined && { fedUntil: end }) }),
    };
  }

  /**
   * Notes the result of an errand, written when the claim ends: of repairing an unknown order, for the request that
   * waits for it, or of erasing old data.
   */
  note(facts: SyncChanges<'lastRepair' | 'retentionPlace' | 'retentionSinceMillis'>): void {
    this.#noted = facts;
  }

  /** Ends the claim of an errand, leaving last slot and due time unchanged. */
  async release(): Promise<void> {
    const { ending, token } = this;
    await amend(this.#deps, this.account.accountId, {
      to: ({ claimToken }) => (claimToken === token ? { ...this.#noted, ...ending } : undefined),
      from: this.current,
    });
  }
}

/** Claims an account. Work without `slotMillis` has no due time, and is never stale. */
export async function claimAccount(
  deps: ClaimDeps,
  { accountId, slotMillis }: { accountId: string; slotMillis?: EpochMillis },
): Promise<Claimed | 'gone' | 'busy' | 'stale'> {
  const nowMillis = deps.clock();
  const token = deps.newId();
  const account = await deps.accounts.claim(accountId, {
    token,
    untilMillis: plus(nowMillis, CLAIM),
    slotMillis,
    nowMillis,
    latestMillis: latestTrueTime(nowMillis),
  });
  return typeof account === 'string' ? account : new Claimed(deps, { account, token });
}
