import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaveAccess } from '../../infra/local/administrator.ts';
import { send } from '../../infra/local/http-client.ts';
import { call, callScenario, writeRoles } from '../scenarios/calls.ts';
import { embeddedScene, type Scene } from '../scenarios/scene.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';

/* A call needs a token, a row in our table and a role that all permit it. */

let klamka: Klamka;
let scene: Scene;

beforeAll(async () => {
  klamka = await startKlamka();
  scene = embeddedScene(klamka);
  await writeRoles(scene);
});

afterAll(() => scene.close());

describe('a call', () => {
  callScenario(() => scene);

  it('is logged with its client and operation, and never with its token', async () => {
    const token = klamka.world.api.token ?? '';
    expect((await call(scene, 'accounts.list', token)).status).toBe(200);
    const logged = klamka.said.join('\n');
    expect(logged).toContain('"client":"local-administrator"');
    expect(logged).toContain('"operation":"accounts.list"');
    for (const piece of token.split('.')) expect(logged).not.toContain(piece);
  });

  it('of anybody is told whether the API is up, and what it can do', async () => {
    expect((await call(scene, 'health.show', undefined)).status).toBe(200);
    const document = (await (await call(scene, 'document.show', undefined)).json()) as { paths: object };
    expect(Object.keys(document.paths)).toContain('/v1/accounts/{accountId}/changes');
  });
});

describe('an answer', () => {
  it('is data only: not kept, run, framed or asked for over plain HTTP', async () => {
    for (const [id, token] of [
      ['accounts.list', klamka.world.api.token],
      ['accounts.list', undefined],
      ['health.show', undefined],
    ] as const) {
      const { headers } = await call(scene, id, token);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('tells a problem in the language of the caller, and in both', async () => {
    const { url, token } = klamka.world.api;
    const told = async (language: string) => {
      const headers = { authorization: `Bearer ${token}`, 'accept-language': language };
      const answer = await fetch(`${url}/accounts/none`, { headers });
      return { language: answer.headers.get('content-language'), ...((await answer.json()) as object) };
    };
    const message = { pl: expect.stringContaining('Nie ma takiego konta'), en: expect.any(String) };
    const polish = { language: 'pl', title: 'Nie znaleziono', detail: message.pl, message };
    expect(await told('pl-PL,pl;q=0.9,en;q=0.5')).toMatchObject(polish);
    const english = { language: 'en', title: 'Not found', message };
    expect(await told('en')).toMatchObject({
      ...english,
      detail: expect.stringContaining('no such account'),
    });
    expect(await told('de')).toMatchObject(english);
  });

  it('refuses a body above 256 kB, and takes one just below it', async () => {
    const label = (length: number) => JSON.stringify({ label: 'x'.repeat(length), integrationKey: 'k' });
    const path = '/integration-keys';
    const post = async (body: string) => await send(klamka.world.api, { method: 'POST', path, body });
    const tooLarge = await post(label(256 * 1024));
    expect(tooLarge.status).toBe(413);
    expect(await tooLarge.json()).toMatchObject({ type: 'urn:klamka:problem:too-large' });
    expect((await post(label(255 * 1024))).status).toBe(400);
    // Two bytes a letter.
    expect((await post(JSON.stringify({ label: 'ł'.repeat(130 * 1024), integrationKey: 'k' }))).status).toBe(
      413,
    );
  });
});

describe('an API with a name of its own', () => {
  it('links below its name, whatever address was called', async () => {
    const named = await startKlamka({ environment: { PUBLIC_URL: 'https://api.erp.example' } });
    try {
      const document = (await (await send(named.world.api, { path: '/openapi.json' })).json()) as object;
      expect(document).toMatchObject({ servers: [{ url: 'https://api.erp.example' }] });
      const integrationKeyId = await named.registerKey();
      const seller = await named.seller();
      const added = await send(named.world.api, {
        method: 'POST',
        path: '/accounts',
        body: { marketplace: 'allegro', integrationKeyId, ...seller },
      });
      const { accountId } = (await added.json()) as { accountId: string };
      expect(added.headers.get('location')).toBe(`https://api.erp.example/v1/accounts/${accountId}`);
    } finally {
      await named.close();
    }
  });
});

describe('the key set of the issuer out of reach', () => {
  it('is answered with 503, and nobody is let in', async () => {
    const dark = await startKlamka({ environment: { TOKEN_KEYS_URL: 'http://127.0.0.1:9/jwks' } });
    try {
      const answer = await send(dark.world.api, { path: '/accounts' });
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await answer.json()).toMatchObject({ type: 'urn:klamka:problem:unavailable' });
    } finally {
      await dark.close();
    }
  });
});

describe('the file with address and token', () => {
  it('is readable by its owner only, and goes when the stack ends', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'klamka-'));
    const file = join(folder, 'access.json');
    const { api, issuer } = klamka.world;
    const left = await leaveAccess(file, { api, issuer });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ ...api, tokenUrl: issuer.tokenUrl });
    await left.remove();
    await expect(stat(file)).rejects.toThrow();
    await rm(folder, { recursive: true });
  });

  it('is not needed by a program that asks the local issuer for a token itself', async () => {
    const asked = await fetch(klamka.world.issuer.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'reader',
        scope: 'klamka/accounts:read',
      }),
    });
    const { access_token: token } = (await asked.json()) as { access_token: string };
    expect((await call(scene, 'accounts.list', token)).status).toBe(200);
    expect((await call(scene, 'orders.list', token)).status).toBe(403);
  });
});
