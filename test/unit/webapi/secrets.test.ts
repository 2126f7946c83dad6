import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../functions/core/secret.ts';
import { createWebapi } from '../../../functions/webapi/driver.ts';
import { hashPassword } from '../../../functions/webapi/login.ts';
import { scrub } from '../../../functions/webapi/scrub.ts';
import { escapeXml } from '../../../functions/webapi/xml.ts';
import {
  credentials,
  envelope,
  faultEnvelope,
  HANDLE,
  KEY,
  serve,
  serveCanned,
  settingsFor,
} from './support.ts';

const PASSWORD = `a<b&"c'd>e f`;
const HASH = hashPassword(PASSWORD);
const SENT = {
  logIn: [PASSWORD, HASH, KEY.reveal()],
  fetchVersionKey: [KEY.reveal()],
  dealEvents: [HANDLE.reveal()],
};

const disguises = (secret: string) => [
  secret,
  escapeXml(secret),
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
];

/** What a careless logger would print. */
function everythingIn(error: unknown): string {
  const { stack = '', message = '' } = error as Error;
  const own = Object.getOwnPropertyNames(error).map((name) => (error as Record<string, unknown>)[name]);
  return [
    stack,
    message,
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
    inspect(own),
  ].join('\n');
}

const echo = Object.values(SENT).flat().flatMap(disguises).map(escapeXml).join(' ');
const QUICK = { timeoutMillis: 300 };

const SERVERS: [kind: string, endpoint: () => Promise<string>][] = [
  ['a fault that echoes', async () => (await serveCanned({ body: faultEnvelope('ERR_X', echo) })).endpoint],
  ['a fault code that echoes', async () => (await serveCanned({ body: faultEnvelope(echo) })).endpoint],
  ['an unreadable echo', async () => (await serveCanned({ body: echo, status: 500 })).endpoint],
  [
    'a reply of the wrong kind',
    async () => (await serveCanned({ body: envelope(`<n:x>${echo}</n:x>`) })).endpoint,
  ],
  [
    'a reply with broken fields',
    async () => {
      const fields = `<n:userId>${echo}</n:userId><n:verKey>${echo}</n:verKey><n:siteJournalDeals><n:item><n:dealEventId>${echo}</n:dealEventId></n:item></n:siteJournalDeals>`;
      const { endpoint } = await serve((message, response) => {
        const operation = String(message.headers.soapaction).replace(/["#]/g, '');
        response.end(
          envelope(
            `<n:${operation}Response><n:sessionHandlePart>x</n:sessionHandlePart>${fields}</n:${operation}Response>`,
          ),
        );
      });
      return endpoint;
    },
  ],
  ['nobody there', async () => 'http://127.0.0.1:1/'],
  ['a hang-up', async () => (await serve((message) => message.socket.destroy())).endpoint],
  ['silence', async () => (await serve(() => {})).endpoint],
  ['a forbidden endpoint', async () => 'http://192.0.2.1/'],
];

describe.each(SERVERS)('an error from %s', (_, start) => {
  it.each([
    ['logIn', 'doLoginEnc'],
    ['fetchVersionKey', 'doQuerySysStatus'],
    ['dealEvents', 'doGetSiteJournalDeals'],
  ] as const)('of %s holds no secret', async (method, operation) => {
    const webapi = createWebapi(settingsFor(await start()));
    const calls = {
      logIn: () => webapi.logIn(credentials(PASSWORD), QUICK),
      fetchVersionKey: () => webapi.fetchVersionKey?.(KEY, QUICK),
      dealEvents: () => webapi.dealEvents(HANDLE, '1', QUICK),
    };
    const error = await Promise.resolve(calls[method]()).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'MarketplaceFault', operation });
    const printed = everythingIn(error);
    expect(SENT[method].flatMap(disguises).filter((secret) => printed.includes(secret))).toEqual([]);
    expect((error as Error).cause).toBeUndefined();
  });
});

describe('scrub', () => {
  it.each(disguises(PASSWORD))('finds %s', (text) => {
    expect(scrub(`no: ${text}.`, [PASSWORD])).toBe('no: [redacted].');
  });

  it('finds a secret that line breaks or invisible characters took apart', () => {
    expect(scrub('no: geheimes\u200b\n wort', ['geheimes wort'])).toBe('no: [redacted]');
  });

  it('leaves nothing of a secret that holds another one', () => {
    expect(scrub('no: abcdef', ['abc', 'abcdef'])).toBe('no: [redacted]');
  });

  it('does not take an empty secret for one', () => {
    expect(scrub('no', [''])).toBe('no');
  });
});

describe('bad input', () => {
  it('does not quote what it refuses', async () => {
    const webapi = createWebapi(settingsFor('http://127.0.0.1:1/'));
    const long = 'geheim-geheim-geheim';
    const error = await webapi.logIn(credentials(long), QUICK).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: 'bad-input' });
    expect(everythingIn(error)).not.toContain('geheim');
  });

  it('does not quote a handle that XML cannot carry', async () => {
    const webapi = createWebapi(settingsFor('http://127.0.0.1:1/'));
    const error = await webapi
      .dealEvents(new Secret('handle-\u0001'), '1', QUICK)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: 'bad-input' });
    expect(everythingIn(error)).not.toContain('handle-');
  });
});
