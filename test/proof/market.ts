import { HOUR } from '../../functions/core/base/time.ts';
import type { FaultReason } from '../../functions/core/faults/fault.ts';
import type { MarketplaceSettings } from '../../functions/core/marketplace/settings.ts';
import type { MarketTrouble } from './schedule.ts';

export const SETTINGS: MarketplaceSettings = {
  id: 'proof',
  name: 'Proof',
  endpoint: 'https://marketplace.invalid',
  timeZone: 'Europe/Warsaw',
  passwordMaxLength: 16,
  sessionLifeMillis: HOUR,
  identity: 'market',
  journalPageSize: 100,
  fillsJournalPages: false,
  saleBatchSize: 25,
};

/** Another entrance to the same sellers. */
export const SECOND_ENTRANCE: MarketplaceSettings = { ...SETTINGS, id: 'proof-2' };

/** Number of failures in a row at which the marketplace locks. */
const LOCKS_AT = 4;
const SESSION_CAP = 3;

const DISGUISES = [
  'login-service-trouble',
  'marketplace-unavailable',
  'unknown-fault',
  'account-migrating',
  'account-closed',
] as const satisfies readonly FaultReason[];

interface OpenHandle {
  readonly handle: string;
  readonly address: string;
  readonly until: number;
}

export interface Seller {
  readonly index: number;
  readonly userId: string;
  right: string;
  failures: number;
  locked: boolean;
  /** Time of the owner's last login on the website. */
  websiteLoginAt: number;
  handles: OpenHandle[];
}

export type Judgement = 'accepted' | FaultReason;

/** Judges logins in the order of the real service: country, key, version key, lock, password. */
export class Market {
  readonly settings = SETTINGS;
  readonly sellers: Seller[] = [];
  versionKey = 1;
  #troubles: { of: MarketTrouble; until: number }[] = [];
  #handles = 0;

  seller(index: number): Seller {
    const known = this.sellers[index];
    if (known !== undefined) return known;
    const seller: Seller = {
      index,
      userId: String(1_000 + index),
      right: `right-${index}`,
      failures: 0,
      locked: false,
      websiteLoginAt: 0,
      handles: [],
    };
    this.sellers[index] = seller;
    return seller;
  }

  begin(of: MarketTrouble, until: number): void {
    this.#troubles.push({ of, until });
  }

  endTroubles(): void {
    this.#troubles = [];
  }

  has(of: MarketTrouble, now: number): boolean {
    return this.#troubles.some((trouble) => trouble.of === of && trouble.until > now);
  }

  /** A trouble of the marketplace that is answered in the place of a judgement. */
  sharedAnswer(now: number, which: readonly MarketTrouble[]): FaultReason | undefined {
    const found = this.#troubles.find(({ of, until }) => until > now && which.includes(of));
    return found?.of as FaultReason | undefined;
  }

  /** Judges a login and counts a failure, even if the answer is lost. */
  judge(login: { seller: Seller; password: string; versionKey: string | undefined; now: number }): Judgement {
    const { seller, now } = login;
    const shared = this.sharedAnswer(now, [
      'key-refused',
      'key-rate-limited',
      'address-blocked',
      'marketplace-unavailable',
      'login-service-trouble',
      'unknown-fault',
    ]);
    if (shared !== undefined) return shared;
    if (login.versionKey !== String(this.versionKey)) return 'preparation-stale';
    if (seller.locked) return 'account-locked';
    if (login.password !== seller.right || this.has('refuses-wrongly', now)) {
      seller.failures += 1;
      if (seller.failures >= LOCKS_AT) seller.locked = true;
      return 'password-refused';
    }
    seller.failures = 0;
    return 'accepted';
  }

  /** The answer to a login whose judgement is withheld: a fault that says nothing of the password. */
  disguise(seed: number): FaultReason {
    return DISGUISES[seed % DISGUISES.length] ?? 'unknown-fault';
  }

  /** Opens a session; the oldest sessions beyond the cap end silently. */
  open(seller: Seller, { address, now }: { address: string; now: number }): string {
    this.#handles += 1;
    const handle = `handle-${this.#handles}`;
    seller.handles.push({ handle, address, until: now + SETTINGS.sessionLifeMillis });
    if (seller.handles.length > SESSION_CAP) seller.handles = seller.handles.slice(-SESSION_CAP);
    return handle;
  }

  /** Opens sessions as another program of the seller would, until all of ours have ended. */
  crowdOut(seller: Seller, now: number): void {
    for (let others = 0; others < SESSION_CAP; others += 1) this.open(seller, { address: 'elsewhere', now });
  }

  isLive(seller: Seller, caller: { handle: string; now: number; address?: string }): boolean {
    return seller.handles.some(
      ({ handle, until, address }) =>
        handle === caller.handle &&
        until > caller.now &&
        (caller.address === undefined || caller.address === address),
    );
  }

  /** Records a good login of the owner on the website, with its captcha. */
  websiteLogin(seller: Seller, now: number): void {
    seller.failures = 0;
    seller.locked = false;
    seller.websiteLoginAt = now;
  }
}
