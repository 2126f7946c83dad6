import { Refusal } from './refusal.ts';
import { acceptsPassword, countFailure, countSuccess, normalised } from './sellers.ts';
import type { World } from './world.ts';

export interface LoginAttempt {
  readonly login: string;
  /** The password as doLoginEnc carries it; see `hashedPassword`. */
  readonly hashed: string;
  readonly countryId: number;
  readonly webapiKey: string;
  readonly versionKey: string;
  readonly address: string;
}

/**
 * One login, counted whatever becomes of its answer. Throws `Refusal`: first for country, key and version
 * key, then for what the script says of this seller, then for a locked account, at last for the password.
 */
export function logIn(world: World, attempt: LoginAttempt): { handle: string; userId: number } {
  const seller = world.sellers.get(normalised(attempt.login));
  const counts = world.stats.loginCounts(attempt.login, seller);
  counts.attempts += 1;
  if (world.keys.version(attempt.webapiKey, attempt.countryId) !== attempt.versionKey) {
    throw new Refusal('ERR_INVALID_VERSION_CAT_SELL_FIELDS');
  }
  if (seller?.refusal !== undefined) throw new Refusal(seller.refusal);
  if (seller?.locked === true) {
    counts.captchaRefusals += 1;
    throw new Refusal('ERR_CAPTCHA_REQUIRED');
  }
  if (seller === undefined || !acceptsPassword(seller, attempt.hashed)) {
    if (seller === undefined) counts.failures += 1;
    else countFailure(seller);
    throw new Refusal('ERR_USER_PASSWD');
  }
  countSuccess(seller);
  const { countryId, webapiKey, address } = attempt;
  const session = { sellerId: seller.id, countryId, webapiKey, address, createdAt: world.clock.now() };
  return { handle: world.sessions.open(session, world.settings.sessionCap), userId: seller.id };
}
