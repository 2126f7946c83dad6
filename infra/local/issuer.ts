import { Events, type MutableToken, OAuth2Server } from 'oauth2-mock-server';
import { LOOPBACK } from './stack/loopback.ts';

/** Prefix of scopes: the name of the resource server, as in the deployed user pool. */
export const SCOPE_PREFIX = 'klamka/';
const AUDIENCE = 'klamka';
const TOKEN_HOURS = 12;

/** The content of a token; tests make wrong tokens with it. */
export interface TokenClaims {
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** An authorization server for this machine, whose tokens look like those of the deployed user pool. */
export interface Issuer {
  readonly url: string;
  /** Address that gives a token to any caller, by client credentials. */
  readonly tokenUrl: string;
  /** Settings of the functions for this issuer. */
  readonly environment: Readonly<Record<string, string>>;
  token(asked: TokenClaims): Promise<string>;
  close(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  const server = new OAuth2Server();
  await server.issuer.keys.generate('RS256');
  await server.start(0, LOOPBACK);
  const url = `http://${LOOPBACK}:${server.address().port}`;
  server.issuer.url = url;
  server.service.on(Events.BeforeTokenSigning, (token: MutableToken, request: TokenRequest) => {
    const { client_id: inBody, scope = '' } = { ...request.body } as Record<string, string>;
    const clientId = inBody ?? clientInHeader(request) ?? 'local';
    Object.assign(token.payload, claimsOf({ subject: clientId, scopes: scope.split(' ').filter(Boolean) }));
  });
  return {
    url,
    tokenUrl: `${url}/token`,
    environment: {
      TOKEN_ISSUER: url,
      TOKEN_KEYS_URL: `${url}/jwks`,
      TOKEN_AUDIENCE: AUDIENCE,
      TOKEN_SCOPE_PREFIX: SCOPE_PREFIX,
    },
    token: (asked) =>
      server.issuer.buildToken({
        expiresIn: TOKEN_HOURS * 3_600,
        scopesOrTransform: (header, payload) => {
          Object.assign(payload, claimsOf(asked), asked.claims);
          Object.assign(header, asked.header);
        },
      }),
    close: () => server.stop(),
  };
}

interface TokenRequest {
  readonly body?: object;
  readonly headers?: { readonly authorization?: string };
}

/** The client id of HTTP Basic credentials, with which a client that has a secret asks for a token. */
function clientInHeader({ headers }: TokenRequest): string | undefined {
  const [, encoded] = /^Basic (\S+)$/.exec(headers?.authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [clientId = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return decodeURIComponent(clientId);
}

const claimsOf = ({ subject, scopes }: Pick<TokenClaims, 'subject' | 'scopes'>) => ({
  sub: subject,
  client_id: subject,
  aud: AUDIENCE,
  token_use: 'access',
  scope: scopes
    .map((scope) => (scope.startsWith(SCOPE_PREFIX) ? scope : `${SCOPE_PREFIX}${scope}`))
    .join(' '),
});
