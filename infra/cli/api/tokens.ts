import { CliError, EXIT } from '../exit.ts';
import { reach } from './client.ts';

export interface Token {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAtMillis: number;
}

/** A token is replaced so long before it expires, because a call may take its time. */
const MARGIN_MILLIS = 60_000;
/** The life of a token whose issuer names none. */
const SHORT_LIFE_SECONDS = 300;

export const isUsable = ({ expiresAtMillis }: Token, nowMillis: number): boolean =>
  nowMillis + MARGIN_MILLIS < expiresAtMillis;

/** End of a JSON web token's life in epoch milliseconds; 0, in the past, if it cannot be read. */
export function expiryOf(token: string): number {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { exp } = payload as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1_000 : 0;
  } catch {
    return 0;
  }
}

/** Asks an issuer for a token by client credentials (RFC 6749, 4.4). Throws CliError. */
export async function askForToken(
  asked: { tokenUrl: string; clientId: string; secret?: string | undefined; scope?: string | undefined },
  { signal, nowMillis }: { signal: AbortSignal; nowMillis: number },
): Promise<Token> {
  const { clientId, secret, scope } = asked;
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) });
  if (secret === undefined) form.set('client_id', clientId);
  const answer = await reach(new URL(asked.tokenUrl), {
    method: 'POST',
    signal,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...(secret !== undefined && { authorization: basic(clientId, secret) }),
    },
    body: form.toString(),
  });
  const content = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  const { access_token: token, expires_in: lifeSeconds = SHORT_LIFE_SECONDS } = content;
  if (answer.ok && typeof token === 'string')
    return { token, expiresAtMillis: nowMillis + Number(lifeSeconds) * 1_000 };
  if (answer.status >= 500) throw issuerDown(asked.tokenUrl);
  throw refused(typeof content.error === 'string' ? content.error : `HTTP ${answer.status}`);
}

/** Credentials of HTTP Basic, form-encoded first, as RFC 6749 (2.3.1) asks for. */
const basic = (clientId: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`;

/** `reason` is a word of the issuer, such as `invalid_client`. */
const refused = (reason: string) =>
  new CliError(EXIT.unauthorised, {
    pl: `Serwer autoryzacji nie wydał tokenu (${reason}). Sprawdź identyfikator klienta, sekret i zakresy profilu.`,
    en: `The authorization server gave no token (${reason}). Check client id, secret and scopes of the profile.`,
  });

const issuerDown = (tokenUrl: string) =>
  new CliError(EXIT.later, {
    pl: `Serwer autoryzacji ${new URL(tokenUrl).origin} chwilowo nie działa. Spróbuj ponownie za chwilę.`,
    en: `The authorization server ${new URL(tokenUrl).origin} is out of order for the moment. Try again in a moment.`,
  });
