import { type EpochMillis, MINUTE } from '../base/time.ts';
import type { FaultReason } from '../faults/fault.ts';
import type { ListKind } from '../marketplace/lists.ts';
import type { FlagCounts } from '../orders/flags.ts';
import type { RowBatch } from '../orders/store.ts';

/** What the marketplace said of one version of the secret; a version without an entry has no verdict yet. */
export interface Verdict {
  readonly outcome: 'accepted' | 'refused';
  readonly atMillis: EpochMillis;
  /** A person has permitted to send a refused one once more; used before it is sent. */
  readonly resend?: 'permitted' | 'used' | undefined;
}

/** Keyed fingerprint of a password: recognises the password and tells nothing of it. */
export interface Fingerprint {
  readonly print: string;
  /** The version of the key that it was made with. */
  readonly key: string;
}

/** A password that the marketplace has refused, and when that was learnt. */
export interface RefusedPassword extends Fingerprint {
  readonly atMillis: EpochMillis;
}

/** The last trouble, kept until a run succeeds. */
export interface AccountFault {
  readonly reason: FaultReason;
  readonly operation: string;
  /** The marketplace's own code, where it gave one. */
  readonly code?: string;
  readonly sinceMillis: EpochMillis;
  readonly atMillis: EpochMillis;
  /** How often in a row. */
  readonly count: number;
  /** Answers that nobody can explain, since anything last worked; other trouble in between does not reset them. */
  readonly unexplained?: { readonly sinceMillis: EpochMillis; readonly count: number } | undefined;
}

/** A login that was about to be sent, and of which nobody knows how the marketplace has judged it. */
export interface OpenAttempt {
  readonly id: string;
  readonly version: string;
  readonly atMillis: EpochMillis;
  /** The attempt's place in the login log, where that is not its time. */
  readonly placeMillis?: EpochMillis;
  /** A success or an unlock came after it. */
  readonly cleared?: boolean;
}

/** The outcome of reading an order that was not stored yet; the request that asked for it waits for this. */
export interface Repaired {
  readonly orderId: string;
  /** The time that the request bears. */
  readonly askedAtMillis: EpochMillis;
  /** `unnamed`: the marketplace answers, and does not name it. */
  readonly outcome: 'done' | 'failed' | 'unnamed';
}

export interface LastRun {
  readonly startedAtMillis: EpochMillis;
  readonly finishedAtMillis: EpochMillis;
  readonly outcome: 'done' | 'interrupted' | 'failed' | 'stopped';
  readonly events: number;
  readonly ordersChanged: number;
  /** Changed orders that bear a flag. */
  readonly flagged?: number;
  /** How many of them bear each. */
  readonly flags?: FlagCounts;
  /** Events that were found behind the cursor. */
  readonly late?: number;
  readonly reason?: FaultReason;
}

/** What runs did within one hour, and where the cursor stood at the end of the first of them. */
export interface HourMark {
  readonly atMillis: EpochMillis;
  readonly cursor: string;
  readonly events: number;
  readonly ordersChanged: number;
  readonly flagged: number;
  /** How many orders bear each flag; absent where none does. */
  readonly flags?: FlagCounts;
  readonly late: number;
}

/** A re-reading of the journal behind the cursor: one day of it every hour, all of it every day. */
export interface Overlap {
  readonly kind: 'hourly' | 'daily';
  /** Events after this one are still to be read again. */
  readonly after: string;
  /** When it began: what was written since may stand behind the part that is read already. */
  readonly sinceMillis?: EpochMillis | undefined;
}

/** Why a part of the offers is not read for now. */
export interface OfferTrouble {
  readonly reason: FaultReason;
  readonly operation: string;
  readonly code?: string | undefined;
  readonly atMillis: EpochMillis;
}

/** How far the snapshot of the offers has come. */
export interface OfferFacts {
  /** The last entry of the offer journal whose offer was read again. */
  readonly cursor?: string | undefined;
  /** When that journal was last read to its end. */
  readonly readAtMillis?: EpochMillis | undefined;
  /** When the first complete listing began; what the journal tells from before it is passed over. */
  readonly firstListedAtMillis?: EpochMillis | undefined;
  /** When the last complete listing began. */
  readonly listedAtMillis?: EpochMillis | undefined;
  /** Since when an offer is announced that no list has shown yet. */
  readonly announcedAtMillis?: EpochMillis | undefined;
  readonly journalTrouble?: OfferTrouble | undefined;
  readonly listingTrouble?: OfferTrouble | undefined;
}

/** How the last comparison with the marketplace's own lists ended. */
export interface ListCheck {
  /** When it began: what was made later is not in it. */
  readonly atMillis: EpochMillis;
  /** Absent where the marketplace has no list that could be read. */
  readonly list?: ListKind | undefined;
  /** Lists that named nothing, though forms that they should name are known. */
  readonly blind?: readonly ListKind[] | undefined;
  /** The first day that it is about, in the marketplace's own calendar. */
  readonly since: string;
  /** Of these days: forms that the journal lost, and changes that it never told. */
  readonly lost: number;
  readonly untold: number;
}

/** Whether the journal still had the cursor's own event after a pause. */
export interface JournalGap {
  readonly lookedAtMillis: EpochMillis;
  /** The last time that it had not. */
  readonly found?:
    | {
        readonly atMillis: EpochMillis;
        /** Sales from then on are imported. */
        readonly fromMillis: EpochMillis;
        /** `filled` once a check has also read again what was known before: a payment or cancellation of the pause. */
        readonly state: 'filling' | 'filled' | 'unfilled';
        readonly importId: string;
        /** When the lists had been read, or given up; the check that follows begins after it. */
        readonly listedAtMillis?: EpochMillis | undefined;
        /** Whether one of them could be read. */
        readonly isRead?: boolean | undefined;
      }
    | undefined;
}

/** What people are to be told, or were told last. */
export interface Tidings {
  readonly kind: 'needs-person' | 'recovered';
  readonly state: string;
  readonly reason?: FaultReason;
  readonly sinceMillis: EpochMillis;
}

/**
 * `creating` until the secret is stored, `active` from then on; `removing` until nothing of it is left.
 */
export type AccountPhase = 'creating' | 'active' | 'paused' | 'removing';

/** What never changes about an account. */
export interface AccountIdentity {
  readonly accountId: string;
  readonly marketplaceId: string;
  readonly login: string;
  readonly webapiKeyId: string;
  readonly createdAtMillis: EpochMillis;
}

/** Facts that guard a seller's login and outlive the account, because the marketplace goes on counting failures. */
export interface LoginMemory {
  /** Refusals, and attempts whose judgement nobody knows, since the last success or unlock. */
  readonly possibleFailures: number;
  /** Logins sent since the last success or unlock, whatever their answer, captcha faults excepted. */
  readonly loginsSent?: number | undefined;
  /**
   * Attempts without a proven judgement, oldest first, the one under way too; each is counted as a possible
   * failure. A success or an unlock leaves the young ones, because the marketplace may judge them after it.
   */
  readonly unclearAttempts?: readonly OpenAttempt[] | undefined;
  /** When the last attempts were made, oldest first, whatever their outcome. */
  readonly recentAttemptsMillis: readonly EpochMillis[];
  /** Passwords that the marketplace has refused, each once, the newest last. */
  readonly refused?: readonly RefusedPassword[] | undefined;
  readonly lockedAtMillis?: EpochMillis | undefined;
  readonly unlockedAtMillis?: EpochMillis | undefined;
  /** When people said lately that they had unlocked it. */
  readonly recentUnlocksMillis?: readonly EpochMillis[] | undefined;
  readonly lastLoginAtMillis?: EpochMillis | undefined;
  readonly userId?: string | undefined;
}

/** What decisions about logins and telling are made from. Written only by comparing `revision`. */
export interface LoginFacts extends LoginMemory {
  readonly phase: AccountPhase;
  /** The secret version that is in use, or the first one to be proven. */
  readonly currentVersion: string;
  /** A new version that waits to be tried once. */
  readonly stagedVersion?: string | undefined;
  /** An accepted version whose stage in the secret store still has to be moved. */
  readonly promoteVersion?: string | undefined;
  /** The version that was in use before. */
  readonly promoteFrom?: string | undefined;
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** The first password of an account, until it is tried: a person has typed it, as one that is staged later. */
  readonly typedVersion?: string | undefined;
  /** The accounts whose memory this one has taken over, so that none is counted twice. */
  readonly inherited?: readonly string[] | undefined;

  /** The place of the newest attempt in the log of logins; a log that has later ones knows more than this row. */
  readonly lastPlaceMillis?: EpochMillis | undefined;
  /** The one attempt that an unlock grants, until it is used. */
  readonly permit?: boolean | undefined;
  /** After an unlock that follows our own caution only a password that is typed then is tried, until one succeeds. */
  readonly typedOnly?: boolean | undefined;
  readonly fault?: AccountFault | undefined;
  /** When sessions ended long before their time, lately. */
  readonly earlyDeathsMillis?: readonly EpochMillis[] | undefined;

  readonly leaseToken?: string | undefined;
  readonly leaseUntilMillis?: EpochMillis | undefined;

  readonly toTell?: Tidings | undefined;
  readonly told?: Tidings | undefined;
  /** When to tell or to remind; absent while there is nothing to tell. */
  readonly tellAtMillis?: EpochMillis | undefined;
}

/** What belongs to the synchronisation and its claim. */
export interface SyncFacts {
  readonly claimToken?: string | undefined;
  readonly claimUntilMillis?: EpochMillis | undefined;
  /** Rows that are being written, from before the first of them until the end of a run whose page of the feed stands. */
  readonly batch?: RowBatch | undefined;
  /** Number of the last entry of the feed when a batch was last ended: whatever is told up to there needs no look. */
  readonly fedUntil?: number | undefined;
  /** The last deal event up to which everything has landed; '0' = before the first. Absent before the first connect. */
  readonly cursor?: string | undefined;
  /** When the first connect set the cursor: earlier sales are not ours unless imported. */
  readonly connectedAtMillis?: EpochMillis | undefined;
  /** How far the search for the journal's end has come, in words of whoever searches. */
  readonly search?: string | undefined;
  /** Where the journal is read again from: a day before the first connect, or before its ids began anew. */
  readonly firstCursor?: string | undefined;
  /** An event far beyond the cursor, as if ids had leapt, that is stored and that nothing has followed yet. */
  readonly leap?: string | undefined;
  /** When the event that the cursor stands on was written. */
  readonly cursorEventAtMillis?: EpochMillis | undefined;
  /** When the oldest event was written that was read and is not settled; absent while there is none. */
  readonly openEventAtMillis?: EpochMillis | undefined;
  /** When a run last came to the journal's end and left nothing open. */
  readonly lastSuccessAtMillis?: EpochMillis | undefined;
  /** Hours with events in them, oldest first: a day of them, and the one before. */
  readonly hours?: readonly HourMark[] | undefined;
  readonly hourlyOverlapAtMillis?: EpochMillis | undefined;
  readonly dailyOverlapAtMillis?: EpochMillis | undefined;
  /** While the journal has more than one run can read: the newest event that was read ahead of its turn. */
  readonly backlog?: { readonly headAfter?: string } | undefined;
  /** When somebody last asked for everything that is done daily to be done now. */
  readonly checkAskedAtMillis?: EpochMillis | undefined;
  /** An overlap that was interrupted. */
  readonly overlap?: Overlap | undefined;
  readonly offers?: OfferFacts | undefined;
  readonly check?: ListCheck | undefined;
  /** The import that somebody has asked for and that is not over. */
  readonly importing?: string | undefined;
  readonly gap?: JournalGap | undefined;
  /** How many orders failed and wait, set aside or not; they are read only while there are any. */
  readonly badOrders?: number | undefined;
  /** A form that was readable lately: whether it still is tells a bad order from an outage. */
  readonly goodFormId?: string | undefined;
  /** Interrupted runs in a row that got nowhere. */
  readonly fruitlessRuns?: number | undefined;
  readonly lastSlotMillis?: EpochMillis | undefined;
  readonly lastRepair?: Repaired | undefined;
  readonly lastRun?: LastRun | undefined;
  /** When `plan` shall send it to work; absent while only a person can help. */
  readonly dueAtMillis?: EpochMillis | undefined;
}

/** One seller at one marketplace: everything that guards it lives here, on one item without a TTL. */
export interface Account extends AccountIdentity, LoginFacts, SyncFacts {
  /** Grows with every write but those of the cursor and the due time. */
  readonly revision: number;
}

/** A change of an account: an attribute that is there and undefined is removed. */
export type AccountChanges = Partial<LoginFacts & SyncFacts>;

/** Logins are compared without case, surrounding blanks and differences of Unicode form. */
export const normaliseLogin = (login: string): string => login.trim().normalize('NFKC').toLowerCase();

/** The account as it is once `changes` are written. */
export const withChanges = (account: Account, changes: AccountChanges): Account => ({
  ...account,
  ...changes,
});

/** A creation that is not active by then was cut off, and is undone. */
export const CREATION_TIME = 2 * MINUTE;
