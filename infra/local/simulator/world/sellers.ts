import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** A salted hash of the value that doLoginEnc carries; the password itself is never kept. */
interface StoredPassword {
  readonly salt: string;
  readonly hash: string;
}

export interface LoginCounts {
  attempts: number;
  failures: number;
  successes: number;
  captchaRefusals: number;
}

export interface Seller {
  readonly login: string;
  /** E-mail address, which serves as a login too. */
  readonly email?: string | undefined;
  readonly id: number;
  readonly countryId: number;
  twoStep: boolean;
  accountPassword?: StoredPassword;
  readonly applicationPasswords: { readonly name: string; readonly password: StoredPassword }[];
  /** OAuth tokens of the REST login. */
  readonly accessTokens: StoredPassword[];
  /** Number of wrong passwords since the last successful login. */
  failuresInRow: number;
  locked: boolean;
  /** Code with which every login of this seller is refused; absent unless a script has set it. */
  refusal?: string;
  readonly counts: LoginCounts;
}

export const noCounts = (): LoginCounts => ({ attempts: 0, failures: 0, successes: 0, captchaRefusals: 0 });

/** Length up to which the server reads a password; further characters are ignored. */
const READ_CHARACTERS = 16;
const FAILURES_THAT_LOCK = 4;
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** The value that doLoginEnc carries: base64 of the raw SHA-256 of the part that the server reads. */
export function hashedPassword(password: string): string {
  const read = [...password].slice(0, READ_CHARACTERS).join('');
  return createHash('sha256').update(read, 'utf8').digest('base64');
}

const saltedHash = (salt: string, hashed: string) =>
  createHmac('sha256', salt).update(hashed).digest('base64');

const digest = (token: string) => createHash('sha256').update(token, 'utf8').digest('base64');

function store(hashed: string): StoredPassword {
  const salt = randomBytes(12).toString('base64');
  return { salt, hash: saltedHash(salt, hashed) };
}

const matches = (stored: StoredPassword, hashed: string) =>
  timingSafeEqual(Buffer.from(stored.hash), Buffer.from(saltedHash(stored.salt, hashed)));

export const normalised = (login: string): string => login.trim().toLowerCase();

export interface NewSeller {
  readonly login: string;
  readonly email?: string | undefined;
  readonly countryId: number;
  readonly twoStep: boolean;
  readonly accountPassword?: string | undefined;
  readonly id: number;
}

export function makeSeller({ login, email, countryId, twoStep, accountPassword, id }: NewSeller): Seller {
  return {
    login,
    ...(email === undefined ? {} : { email }),
    id,
    countryId,
    twoStep,
    ...(accountPassword === undefined ? {} : { accountPassword: store(hashedPassword(accountPassword)) }),
    applicationPasswords: [],
    accessTokens: [],
    failuresInRow: 0,
    locked: false,
    counts: noCounts(),
  };
}

/**
 * Makes a password for a named application and returns it; no later call can. A secret, so not drawn from the
 * seed.
 */
export function addApplicationPassword(seller: Seller, name: string): string {
  const password = Array.from({ length: READ_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join(
    '',
  );
  seller.applicationPasswords.push({ name, password: store(hashedPassword(password)) });
  return password;
}

/** Makes an access token and returns it; no later call can. */
export function addAccessToken(seller: Seller): string {
  const token = randomBytes(32).toString('base64url');
  seller.accessTokens.push(store(digest(token)));
  return token;
}

export const acceptsToken = (seller: Seller, token: string): boolean =>
  seller.accessTokens.some((stored) => matches(stored, digest(token)));

/**
 * Whether the password works: with two-step login only application passwords do, without it only the account
 * password.
 */
export function acceptsPassword(seller: Seller, hashed: string): boolean {
  if (seller.twoStep) return seller.applicationPasswords.some(({ password }) => matches(password, hashed));
  return seller.accountPassword !== undefined && matches(seller.accountPassword, hashed);
}

export function countFailure(seller: Seller): void {
  seller.counts.failures += 1;
  seller.failuresInRow += 1;
  if (seller.failuresInRow >= FAILURES_THAT_LOCK) seller.locked = true;
}

export function countSuccess(seller: Seller): void {
  seller.counts.successes += 1;
  seller.failuresInRow = 0;
}

/** Unlocks the account, as its owner's login on the website with a captcha does. */
export function unlock(seller: Seller): void {
  seller.locked = false;
  seller.failuresInRow = 0;
}
