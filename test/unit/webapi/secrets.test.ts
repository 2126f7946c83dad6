import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../functions/core/base/secret.ts';
import { hashPassword } from '../../../functions/webapi/login.ts';
import { OPERATIONS } from '../../../functions/webapi/operations.ts';
import { presentableCode, scrub } from '../../../functions/webapi/scrub.ts';
import { secretsIn } from '../../../functions/webapi/traits.ts';
import { escapeXml } from '../../../functions/webapi/xml.ts';
import { createOperations, createWebapi, keptVersionKey, logInTo } from '../../support/webapi.ts';
import {
  credentials,
  DIALECTS,
  envelope,
  faultEnvelope,
  HANDLE,
  KEY,
  serve,
  serveCanned,
  settingsFor,
  VERSION_KEY,
} from './support.ts';

const PASSWORD = `a<b&"c'd>e f`;
const HASH = hashPassword(PASSWORD);
const SENT = {
  logIn: [PASSWORD, HASH, KEY.reveal()],
  probeKey: [KEY.reveal()],
  saleEvents: [HANDLE.reveal()],
};

const codePoints = (secret: string) => [...secret].map((character) => character.codePointAt(0) ?? 0);

/** Every spelling in which a marketplace was seen, or might be, to return a secret. */
const disguises = (secret: string) => [
  secret,
  secret.toUpperCase(),
  escapeXml(secret),
  escapeXml(escapeXml(secret)),
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  Buffer.from(secret).toString('hex').toUpperCase(),
  // The secret encoded together with the text around it.
  Buffer.from(`uzytkownik=1&haslo=${secret}&x=1`).toString('base64'),
  codePoints(secret)
    .map((code) => `&#${code};`)
    .join(''),
  codePoints(secret)
    .map((code) => `&#x00${code.toString(16).toUpperCase()};`)
    .join(''),
  Buffer.from(secret).toString('hex').replace(/../g, '%$&'),
];

/** All text that a careless logger would print of an error. */
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
/** A long time limit for servers that do answer, because a busy machine is slow. */
const PATIENT = { timeoutMillis: 10_000 };

const SERVERS: [kind: string, endpoint: () => Promise<string>][] = [
  ['a fault that echoes', async () => (await serveCanned({ body: faultEnvelope('ERR_X', echo) })).endpoint],
  ['a fault code that echoes', async () => (await serveCanned({ body: faultEnvelope(echo) })).endpoint],
  [
    'a SOAP 1.1 fault code with a prefix that echoes',
    async () => (await serveCanned({ body: faultEnvelope(`ns:${echo}`, echo) })).endpoint,
  ],
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

describe.each(SERVERS.flatMap(([kind, start]) => DIALECTS.map((dialect) => [kind, dialect, start] as const)))(
  'an error from %s in %s',
  (_, dialect, start) => {
    it.each([
      ['logIn', 'doLoginEnc'],
      ['probeKey', 'doQuerySysStatus'],
      ['saleEvents', 'doGetSiteJournalDeals'],
    ] as const)('of %s holds no secret', async (method, operation) => {
      const cache = keptVersionKey(VERSION_KEY);
      const webapi = createWebapi(settingsFor(await start(), dialect), { cache });
      const calls = {
        logIn: () => logInTo(webapi, credentials(PASSWORD), QUICK),
        probeKey: () => webapi.access.probeKey(KEY, QUICK),
        saleEvents: () => webapi.sales.page(HANDLE, '1', QUICK),
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
  },
);

it('an error of the raw door holds no secret field of its request', async () => {
  const request = { accessToken: 'token<&>1', countryCode: '1', webapiKey: KEY.reveal() };
  const text = [request.accessToken, request.webapiKey].flatMap(disguises).map(escapeXml).join(' ');
  const { endpoint } = await serveCanned({ body: faultEnvelope('ERR_X', text) });
  const error = await createOperations(settingsFor(endpoint))
    .call('doLoginWithAccessToken', request, PATIENT)
    .catch((reason: unknown) => reason);
  const printed = everythingIn(error);
  const secrets = [request.accessToken, request.webapiKey].flatMap(disguises);
  expect(error).toMatchObject({ name: 'MarketplaceFault', code: 'ERR_X' });
  expect(secrets.filter((secret) => printed.includes(secret))).toEqual([]);
});

describe('a fault code', () => {
  const [TOKEN, APP_KEY] = ['Tajne-haslo-1', 'k0000test1'];
  const shown = async (code: string) => {
    const { endpoint } = await serveCanned({ body: faultEnvelope(escapeXml(code)) });
    const request = { accessToken: TOKEN, countryCode: '1', webapiKey: APP_KEY };
    const error = await createOperations(settingsFor(endpoint))
      .call('doLoginWithAccessToken', request, PATIENT)
      .catch((reason: unknown) => reason);
    return (error as { code?: string }).code;
  };

  it.each([
    'ERR_USER_PASSWD',
    'ERR_CAPTCHA_REQUIRED',
    'ERR_NOBODY_KNOWS_IT',
    'ERR_CANT_SEND_REFUND_FORM_FOR_THIS_TRANSACTION',
    'err_user_passwd',
    'Client',
    'Server',
    'MustUnderstand',
  ])('%s is kept', async (code) => {
    expect(await shown(code)).toBe(code);
  });

  it.each([
    'Zawiadom administratora',
    'ERR_',
    'ERR_A__B',
    'ERR_A1',
    'ERR_A B',
    'Toast',
    `ERR_${'X'.repeat(60)}`,
    'ERR_TAJNEHASLO',
    'ERR_TAJNE_HASLO',
    'ERR_X_tajne_haslo_X',
    'ERR_K_TEST',
    `ERR_${Buffer.from('Tajne-haslo-1')
      .toString('base64')
      .replace(/[^a-z]/gi, '')}`,
    ...[TOKEN, APP_KEY].flatMap(disguises).flatMap((secret) => [secret, `ERR_${secret}`]),
  ])('%s is not', async (code) => {
    expect(await shown(code)).toBe('unreadable code');
  });

  it.each([
    ['a code that spells the secret by chance', 'ERR_USER_PASSWD', 'passwd', true, 'ERR_USER_PASSWD'],
    ['a short secret of letters', 'ERR_KOTLET', 'Kot', false, 'unreadable code'],
    ['a secret whose letters are too few to be told', 'ERR_KOTLET', '12k34', false, 'ERR_KOTLET'],
    ['a secret without letters', 'ERR_KOTLET', '1234', false, 'ERR_KOTLET'],
    ['an empty secret', 'ERR_KOTLET', '', false, 'ERR_KOTLET'],
  ])('with %s', (_, code, secret, isKnown, wanted) => {
    expect(presentableCode(code, { isKnown, secrets: [secret] })).toBe(wanted);
  });
});

it('knows every field that holds a secret', () => {
  const suspicious = Object.values(OPERATIONS)
    .flatMap(({ request }) => Object.keys(request))
    .filter((field) => /password|token|key|session/i.test(field));
  expect(secretsIn(Object.fromEntries(suspicious.map((field) => [field, field]))).toSorted()).toEqual(
    [...new Set(suspicious)].toSorted(),
  );
});

describe('scrub', () => {
  it.each(disguises(PASSWORD))('finds %s', (text) => {
    expect(scrub(`no: ${text}.`, [PASSWORD])).toBe('no: [redacted].');
  });

  it('finds a secret that invisible characters stand in', () => {
    expect(scrub('no: gehei\u200bmes', ['geheimes'])).toBe('no: [redacted]');
  });

  it('leaves the words of an ordinary text', () => {
    const text = 'Missing child element(s). Expected is ( transactionsIdsArray ), offer 8000004028.';
    expect(scrub(text, ['geheim'])).toBe(text);
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
    const cache = keptVersionKey(VERSION_KEY);
    const webapi = createWebapi(settingsFor('http://127.0.0.1:1/'), { cache });
    const long = 'geheim-geheim-geheim';
    const error = await logInTo(webapi, credentials(long), QUICK).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: 'bad-input' });
    expect(everythingIn(error)).not.toContain('geheim');
  });

  it('does not quote a handle that XML cannot carry', async () => {
    const webapi = createWebapi(settingsFor('http://127.0.0.1:1/'));
    const error = await webapi.sales
      .page(new Secret('handle-\u0001'), '1', QUICK)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: 'bad-input' });
    expect(everythingIn(error)).not.toContain('handle-');
  });
});
