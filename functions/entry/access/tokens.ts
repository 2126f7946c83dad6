import { FetchError, JwtBaseError, WaitPeriodNotYetEndedJwkError } from 'aws-jwt-verify/error';
import { JwtVerifier } from 'aws-jwt-verify/jwt-verifier';
import { isScope, type Scope } from '../../contract/scopes.ts';
import type { Secret } from '../../core/base/secret.ts';
import { keySet } from './key-set.ts';
import { badToken, keysOutOfReach } from './refusal.ts';
import type { TokenSettings } from './token-settings.ts';

/** The subject of a valid token, and its scopes that are ours. */
export interface Bearer {
  readonly subject: string;
  readonly scopes: readonly Scope[];
}

export type VerifyToken = (token: Secret) => Promise<Bearer>;

const SUBJECT = /^[\x21-\x7e]{1,200}$/;

/** Checks signature, issuer, times, audience and use of a token. The check throws Refusal. */
export function tokenVerifier(settings: TokenSettings): VerifyToken {
  const keys = keySet(settings.keysUrl);
  const verifier = JwtVerifier.create(
    { issuer: settings.issuer, jwksUri: settings.keysUrl, audience: settings.audience ?? null },
    { jwksCache: keys.cache },
  );
  const claimsOf = async (token: Secret): Promise<Readonly<Record<string, unknown>>> => {
    await keys.renew();
    try {
      return await verifier.verify(token.reveal());
    } catch (error) {
      if (!(error instanceof JwtBaseError)) throw error;
      const isOutOfReach =
        error instanceof FetchError || (error instanceof WaitPeriodNotYetEndedJwkError && !keys.wasReached());
      throw isOutOfReach ? keysOutOfReach() : badToken();
    }
  };
  return async (token) => bearerOf(await claimsOf(token), settings);
}

/** The subject and the scopes of verified claims. Throws Refusal. */
function bearerOf(claims: Readonly<Record<string, unknown>>, settings: TokenSettings): Bearer {
  const subject = claims[settings.subjectClaim];
  if (settings.tokenUse !== undefined && claims.token_use !== settings.tokenUse) throw badToken();
  // A token without an end is refused, because a stolen one would be valid for ever.
  if (typeof claims.exp !== 'number') throw badToken();
  if (typeof subject !== 'string' || !SUBJECT.test(subject)) throw badToken();
  return { subject, scopes: scopesIn(claims[settings.scopeClaim], settings.scopePrefix) };
}

/** Our scopes in a claim, which is a list, or a text with blanks in between. */
function scopesIn(claim: unknown, prefix: string): Scope[] {
  const words: unknown[] = Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(' ') : [];
  return words
    .filter((word) => typeof word === 'string' && word.startsWith(prefix))
    .map((word) => String(word).slice(prefix.length))
    .filter(isScope);
}
