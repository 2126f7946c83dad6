import { optionalSetting, setting } from '../settings.ts';

/** The tokens that are accepted, and the claims to read. The default is Amazon Cognito (infra/tokens-cognito.yml). */
export interface TokenSettings {
  readonly issuer: string;
  readonly keysUrl: string;
  /** Required value of `aud`; undefined for Cognito, whose access tokens have no `aud`. */
  readonly audience: string | undefined;
  /** Required value of `token_use`; excludes Cognito's ID tokens, which are signed with the same keys. */
  readonly tokenUse: string | undefined;
  readonly subjectClaim: string;
  readonly scopeClaim: string;
  /** Prefix of our scopes in tokens. */
  readonly scopePrefix: string;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Throws Error for an address without TLS: keys that were replaced on the way would let anybody in. */
function checkedKeysUrl(name: string, text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))) return text;
  throw new Error(`the setting ${name} is no https address`);
}

/** The settings of tokens. Throws Error naming the bad setting. */
export function tokenSettings(): TokenSettings {
  const issuer = checkedKeysUrl('TOKEN_ISSUER', setting('TOKEN_ISSUER'));
  const keysUrl = optionalSetting('TOKEN_KEYS_URL') ?? `${issuer}/.well-known/jwks.json`;
  return {
    issuer,
    keysUrl: checkedKeysUrl('TOKEN_KEYS_URL', keysUrl),
    audience: optionalSetting('TOKEN_AUDIENCE'),
    tokenUse: optionalSetting('TOKEN_USE'),
    subjectClaim: setting('TOKEN_SUBJECT_CLAIM'),
    scopeClaim: setting('TOKEN_SCOPE_CLAIM'),
    scopePrefix: optionalSetting('TOKEN_SCOPE_PREFIX') ?? '',
  };
}
