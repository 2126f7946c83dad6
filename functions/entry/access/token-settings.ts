import { optionalSetting, setting } from '../settings.ts';

/** Which tokens are taken, and where they say what. Amazon Cognito is the default (infra/tokens-cognito.yml). */
export interface TokenSettings {
  readonly issuer: string;
  readonly keysUrl: string;
  /** Value of `aud`; Cognito's access tokens have none, so that theirs is not looked at. */
  readonly audience: string | undefined;
  /** Value of `token_use`: keeps Cognito's ID tokens out, which are signed with the same keys. */
  readonly use: string | undefined;
  readonly subjectClaim: string;
  readonly scopeClaim: string;
  /** Stands before each scope of ours. */
  readonly scopePrefix: string;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Throws Error for an address that could be tampered with on the way; the keys would be anybody's. */
function checkedUrl(name: string, text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))) return text;
  throw new Error(`the setting ${name} is no https address`);
}

/** Throws Error naming the setting. */
export function tokenSettings(): TokenSettings {
  const issuer = checkedUrl('TOKEN_ISSUER', setting('TOKEN_ISSUER'));
  const keysUrl = optionalSetting('TOKEN_KEYS_URL') ?? `${issuer}/.well-known/jwks.json`;
  return {
    issuer,
    keysUrl: checkedUrl('TOKEN_KEYS_URL', keysUrl),
    audience: optionalSetting('TOKEN_AUDIENCE'),
    use: optionalSetting('TOKEN_USE'),
    subjectClaim: setting('TOKEN_SUBJECT_CLAIM'),
    scopeClaim: setting('TOKEN_SCOPE_CLAIM'),
    scopePrefix: optionalSetting('TOKEN_SCOPE_PREFIX') ?? '',
  };
}
