import { Refusal } from './refusal.ts';
import { acceptsPassword, acceptsToken, countFailure, countSuccess, type Seller } from './sellers.ts';
import type { World } from './world.ts';

/** The country, key and address of a login. */
interface Place {
  readonly countryId: number;
  readonly webapiKey: string;
  readonly address: string;
}

interface LoggedIn {
  readonly handle: string;
  readonly userId: number;
}

export interface LoginAttempt extends Place {
  readonly login: string;
  /** The password as doLoginEnc carries it; see `hashedPassword`. */
  readonly hashed: string;
  readonly versionKey: string;
}

/**
 * A login attempt, counted whatever becomes of its answer. Throws `Refusal`, checking in this order: country,
 * key and version key; a refusal that a script has set for the seller; the lock; the password.
 */
export function logIn(world: World, attempt: LoginAttempt): LoggedIn {
  const seller = world.sellerNamed(attempt.login);
  const counts = world.stats.loginCounts(attempt.login, seller);
  counts.attempts += 1;
  if (world.keys.version(attempt.webapiKey, attempt.countryId) !== attempt.versionKey) {
    throw new Refusal('ERR_INVALID_VERSION_CAT_SELL_FIELDS');
  }
  if (seller !== undefined) checkMayLogIn(seller);
  if (seller === undefined || !acceptsPassword(seller, attempt.hashed)) {
    if (seller === undefined) counts.failures += 1;
    else countFailure(seller);
    throw new Refusal('ERR_USER_PASSWD');
  }
  return admit(world, { seller, attempt });
}

export interface TokenAttempt extends Place {
  readonly accessToken: string;
}

/**
 * A login with an access token, without password and version key. Sources name no code for a wrong token; the
 * code for passwords is assumed.
 */
export function logInWithToken(world: World, attempt: TokenAttempt): LoggedIn {
  const seller = [...world.sellers.values()].find((one) => acceptsToken(one, attempt.accessToken));
  const counts = world.stats.loginCounts('(access token)', seller);
  counts.attempts += 1;
  world.keys.version(attempt.webapiKey, attempt.countryId);
  if (seller === undefined) {
    counts.failures += 1;
    throw new Refusal('ERR_USER_PASSWD');
  }
  checkMayLogIn(seller);
  return admit(world, { seller, attempt });
}

/** Throws `Refusal` if the script has set one for the seller or the account is locked. */
function checkMayLogIn(seller: Seller): void {
  if (seller.refusal !== undefined) throw new Refusal(seller.refusal);
  if (!seller.locked) return;
  seller.counts.captchaRefusals += 1;
  throw new Refusal('ERR_CAPTCHA_REQUIRED');
}

function admit(world: World, { seller, attempt }: { seller: Seller; attempt: Place }): LoggedIn {
  countSuccess(seller);
  const { countryId, webapiKey, address } = attempt;
  const session = { sellerId: seller.id, countryId, webapiKey, address, createdAt: world.clock.now() };
  return { handle: world.sessions.open(session, world.settings.sessionCap), userId: seller.id };
}
