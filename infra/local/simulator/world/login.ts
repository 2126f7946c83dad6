import { Refusal } from './refusal.ts';
import { acceptsPassword, acceptsToken, countFailure, countSuccess, type Seller } from './sellers.ts';
import type { World } from './world.ts';

/** Where a login comes from and where it goes. */
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
 * One login, counted whatever becomes of its answer. Throws `Refusal`: first for country, key and version
 * key, then for what the script says of this seller, then for a locked account, at last for the password.
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

/** A login without password and version key. Sources name no code for a wrong token; we take the one for passwords. */
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

/** Throws `Refusal`. */
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
