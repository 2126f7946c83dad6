import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { Refusal } from '../../../../functions/entry/access/refusal.ts';
import type { TokenSettings } from '../../../../functions/entry/access/token-settings.ts';
import { tokenSettings } from '../../../../functions/entry/access/token-settings.ts';
import { tokenVerifier } from '../../../../functions/entry/access/tokens.ts';
import { type Issuer, startIssuer } from '../../../../infra/local/issuer.ts';
import { serve } from '../../../../infra/local/stack/loopback.ts';

let issuer: Issuer;
let stranger: Issuer;
let settings: TokenSettings;

const seconds = () => Math.floor(Date.now() / 1_000);
const good = { subject: 'erp', scopes: ['orders:read', 'accounts:read'] };

beforeAll(async () => {
  [issuer, stranger] = await Promise.all([startIssuer(), startIssuer()]);
  settings = {
    issuer: issuer.url,
    keysUrl: String(issuer.environment.TOKEN_KEYS_URL),
    audience: 'klamka',
    tokenUse: 'access',
    subjectClaim: 'sub',
    scopeClaim: 'scope',
    scopePrefix: 'klamka/',
  };
});

afterAll(async () => {
  await Promise.all([issuer.close(), stranger.close()]);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** The reason why a token was refused, or its subject. */
async function judged(token: string, changes: Partial<TokenSettings> = {}): Promise<unknown> {
  try {
    return await tokenVerifier({ ...settings, ...changes })(new Secret(token));
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const taken = (token: string) => token.split('.').map((text) => Buffer.from(text, 'base64url'));
const claimsIn = (token: string) => JSON.parse(String(taken(token)[1])) as Record<string, unknown>;
const kidIn = (token: string) => (JSON.parse(String(taken(token)[0])) as { kid: string }).kid;

describe('a token', () => {
  it('tells whom it stands for and what it permits', async () => {
    expect(await judged(await issuer.token(good))).toEqual({
      subject: 'erp',
      scopes: ['orders:read', 'accounts:read'],
    });
  });

  it('permits nothing by scopes that are not ours, or bear no name of ours', async () => {
    const claims = { scope: 'klamka/orders:read orders:write other/operations klamka/everything openid' };
    expect(await judged(await issuer.token({ ...good, claims }))).toMatchObject({ scopes: ['orders:read'] });
    expect(await judged(await issuer.token({ ...good, claims: { scope: undefined } }))).toMatchObject({
      scopes: [],
    });
    const list = await issuer.token({ ...good, claims: { scp: ['klamka/operations', 7] } });
    expect(await judged(list, { scopeClaim: 'scp' })).toMatchObject({ scopes: ['operations'] });
  });

  it('may bear no audience where none is asked for, as those of Cognito do', async () => {
    const token = await issuer.token({ ...good, claims: { aud: undefined } });
    expect(await judged(token, { audience: undefined })).toMatchObject({ subject: 'erp' });
    expect(await judged(token)).toBe('unauthenticated');
  });

  it.each<[string, object]>([
    ['that has expired', { exp: seconds() - 1 }],
    ['that never expires', { exp: undefined }],
    ['that expires at no time', { exp: 'never' }],
    ['that is not valid yet', { nbf: seconds() + 600 }],
    ['for another audience', { aud: 'another' }],
    ['of another issuer by its own word', { iss: 'https://issuer.example' }],
    ['without an issuer', { iss: undefined }],
    ['for another use', { token_use: 'id' }],
    ['without a use', { token_use: undefined }],
    ['without a subject', { sub: undefined }],
    ['whose subject is no text', { sub: { $ne: '' } }],
    ['whose subject has blanks', { sub: 'erp other' }],
    ['whose subject is endless', { sub: 'x'.repeat(5_000) }],
  ])('%s is refused', async (_, claims) => {
    expect(await judged(await issuer.token({ ...good, claims: { ...claims } }))).toBe('unauthenticated');
  });

  it('of a stranger is refused, under the name of our issuer and of its key too', async () => {
    const kid = kidIn(await issuer.token(good));
    const claims = { iss: issuer.url };
    expect(await judged(await stranger.token({ ...good, claims }))).toBe('unauthenticated');
    expect(await judged(await stranger.token({ ...good, claims, header: { kid } }))).toBe('unauthenticated');
  });

  it('that was changed is refused', async () => {
    const token = await issuer.token(good);
    const [header, , signature] = token.split('.');
    const more = part({ ...claimsIn(token), scope: 'klamka/operations' });
    expect(await judged(`${header}.${more}.${signature}`)).toBe('unauthenticated');
  });

  it('without a signature is refused, whatever it calls its algorithm', async () => {
    const token = await issuer.token(good);
    const kid = kidIn(token);
    const payload = token.split('.')[1];
    for (const alg of ['none', 'None', 'NONE', '', 'RS256']) {
      const header = part({ alg, kid, typ: 'JWT' });
      expect(await judged(`${header}.${payload}.`)).toBe('unauthenticated');
      expect(await judged(`${header}.${payload}.AAAA`)).toBe('unauthenticated');
    }
  });

  it('that is signed with our public key as if it were a shared secret is refused', async () => {
    const token = await issuer.token(good);
    const answer = await fetch(settings.keysUrl);
    const { keys } = (await answer.json()) as { keys: { n: string }[] };
    const content = `${part({ alg: 'HS256', kid: kidIn(token), typ: 'JWT' })}.${token.split('.')[1]}`;
    for (const secret of [JSON.stringify(keys[0]), String(keys[0]?.n)]) {
      const forged = createHmac('sha256', secret).update(content).digest('base64url');
      expect(await judged(`${content}.${forged}`)).toBe('unauthenticated');
    }
  });

  it('that brings its own key is refused', async () => {
    const token = await issuer.token(good);
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = publicKey.export({ format: 'jwk' });
    for (const header of [
      { alg: 'RS256', typ: 'JWT', jwk },
      { alg: 'RS256', typ: 'JWT', kid: kidIn(token), jwk },
      { alg: 'RS256', typ: 'JWT', kid: kidIn(token), jku: 'http://127.0.0.1:1/keys' },
      { alg: 'RS256', typ: 'JWT', kid: '../../keys' },
    ]) {
      const content = `${part(header)}.${token.split('.')[1]}`;
      const forged = sign('sha256', Buffer.from(content), privateKey).toString('base64url');
      expect(await judged(`${content}.${forged}`)).toBe('unauthenticated');
    }
  });

  it.each(['', 'x', '..', 'a.b.c', '{}', 'null.null.null', `${part({ alg: 'RS256' })}.${part({})}.x`])(
    'that is none is refused: %j',
    async (text) => {
      expect(await judged(text)).toBe('unauthenticated');
    },
  );
});

describe('the keys of the issuer', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['are refused', (response) => response.writeHead(500).end()],
    ['are moved elsewhere', (response) => response.writeHead(302, { location: settings.keysUrl }).end()],
    ['are no JSON', (response) => response.end('<html>')],
    ['are no key set', (response) => response.end('{"keys":7}')],
    ['are endless', (response) => response.end(`{"keys":[],"x":"${'x'.repeat(300_000)}"}`)],
    ['are cut off', (response) => response.destroy()],
  ])(
    'let nobody in while they %s, which is trouble of ours and no fault of the token',
    async (_, respond) => {
      let asked = 0;
      const server = await serve(
        (_request, response) => {
          asked += 1;
          respond(response);
        },
        { port: 0 },
      );
      try {
        const verify = tokenVerifier({ ...settings, keysUrl: server.url });
        const token = new Secret(await issuer.token(good));
        for (let time = 0; time < 3; time += 1)
          await expect(verify(token)).rejects.toMatchObject({ code: 'unavailable' });
        expect(asked).toBe(1);
      } finally {
        await server.close();
      }
    },
  );

  it('are asked for again a few seconds after they were out of reach', async () => {
    const keys = await (await fetch(settings.keysUrl)).text();
    let isUp = false;
    const server = await serve((_request, response) => (isUp ? response.end(keys) : response.destroy()), {
      port: 0,
    });
    try {
      const verify = tokenVerifier({ ...settings, keysUrl: server.url });
      const token = new Secret(await issuer.token(good));
      await expect(verify(token)).rejects.toMatchObject({ code: 'unavailable' });
      isUp = true;
      await expect(verify(token)).rejects.toMatchObject({ code: 'unavailable' });
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6_000 });
      expect(await verify(token)).toMatchObject({ subject: 'erp' });
    } finally {
      await server.close();
    }
  });

  it('are asked for once, however many tokens name keys that there are not', async () => {
    let asked = 0;
    const keys = await (await fetch(settings.keysUrl)).text();
    const server = await serve(
      (_request, response) => {
        asked += 1;
        response.end(keys);
      },
      { port: 0 },
    );
    try {
      const verify = tokenVerifier({ ...settings, keysUrl: server.url });
      for (let time = 0; time < 5; time += 1) {
        const token = new Secret(await issuer.token({ ...good, header: { kid: `unknown-${time}` } }));
        await expect(verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
      }
      expect(await verify(new Secret(await issuer.token(good)))).toMatchObject({ subject: 'erp' });
      expect(asked).toBe(1);
    } finally {
      await server.close();
    }
  });

  it('that were withdrawn open nothing after an hour', async () => {
    let keys = await (await fetch(settings.keysUrl)).text();
    const server = await serve((_request, response) => response.end(keys), { port: 0 });
    try {
      const verify = tokenVerifier({ ...settings, keysUrl: server.url });
      const token = new Secret(await issuer.token(good));
      expect(await verify(token)).toMatchObject({ subject: 'erp' });
      keys = await (await fetch(`${stranger.url}/jwks`)).text();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 59 * 60_000 });
      expect(await verify(token)).toMatchObject({ subject: 'erp' });
      vi.setSystemTime(Date.now() + 2 * 60_000);
      await expect(verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    } finally {
      await server.close();
    }
  });
});

describe('the settings of tokens', () => {
  const stub = (changes: Record<string, string> = {}) => {
    const all = {
      TOKEN_ISSUER: 'https://cognito-idp.eu-central-1.amazonaws.com/pool',
      TOKEN_SUBJECT_CLAIM: 'sub',
      TOKEN_SCOPE_CLAIM: 'scope',
      ...changes,
    };
    for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  };

  it('look for the keys of the issuer where issuers have them', () => {
    stub({ TOKEN_KEYS_URL: '', TOKEN_AUDIENCE: '' });
    expect(tokenSettings()).toMatchObject({
      keysUrl: 'https://cognito-idp.eu-central-1.amazonaws.com/pool/.well-known/jwks.json',
      audience: undefined,
    });
  });

  it('take plain HTTP on this very machine only', () => {
    stub({ TOKEN_ISSUER: 'http://127.0.0.1:3001' });
    expect(tokenSettings().issuer).toBe('http://127.0.0.1:3001');
    for (const url of ['http://issuer.example', 'http://127.0.0.1.example', 'ftp://127.0.0.1', 'x']) {
      stub({ TOKEN_ISSUER: url });
      expect(() => tokenSettings()).toThrow('TOKEN_ISSUER');
      stub({ TOKEN_KEYS_URL: url });
      expect(() => tokenSettings()).toThrow('TOKEN_KEYS_URL');
    }
  });
});
