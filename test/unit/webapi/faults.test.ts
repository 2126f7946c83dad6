import * as https from 'node:https';
import { describe, expect, it } from 'vitest';
import { type FaultReason, MarketplaceFault } from '../../../functions/core/faults/fault.ts';
import { FAULTS } from '../../../functions/core/faults/meanings.ts';
import type { Marketplace } from '../../../functions/core/marketplace/marketplace.ts';
import type { DialectId } from '../../../functions/webapi/dialect.ts';
import { createOperations, createWebapi, keptVersionKey, logInTo } from '../../support/webapi.ts';
import {
  credentials,
  DIALECTS,
  envelope,
  faultEnvelope,
  HANDLE,
  KEY,
  SOON,
  serveCanned,
  settingsFor,
  VERSION_KEY,
} from './support.ts';

/** A call of each kind of operation, because the meaning of a code depends on the kind. */
const CALLS: Record<'login' | 'key' | 'session', (webapi: Marketplace) => Promise<unknown> | undefined> = {
  login: (webapi) => logInTo(webapi, credentials('tajne-haslo-123'), SOON),
  key: (webapi) => webapi.access.probeKey(KEY, SOON),
  session: (webapi) => webapi.sales.page(HANDLE, '1', SOON),
};

const fault12 = (subcode: string, text: string): string =>
  '<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Body><env:Fault>' +
  `<env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>${subcode}</env:Value></env:Subcode></env:Code>` +
  `<env:Reason><env:Text xml:lang="pl">${text}</env:Text></env:Reason></env:Fault></env:Body></env:Envelope>`;

async function failure(
  call: keyof typeof CALLS,
  endpoint: string,
  dialect: DialectId = 'document-literal',
): Promise<MarketplaceFault> {
  try {
    await CALLS[call](createWebapi(settingsFor(endpoint, dialect), { cache: keptVersionKey(VERSION_KEY) }));
  } catch (error) {
    if (error instanceof MarketplaceFault) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

/** The table "Error codes of the login methods", row by row. */
const AT_LOGIN: [code: string, reason: FaultReason, remedy: string][] = [
  ['ERR_USER_PASSWD', 'password-refused', 'new-application-password'],
  ['ERR_PASSWORD_TOO_EASY', 'password-too-weak', 'new-application-password'],
  ['ERR_CAPTCHA_REQUIRED', 'account-locked', 'unlock-on-website'],
  ['ERR_AUTHORIZATION_ERROR', 'account-closed', 'operator'],
  ['ERR_NO_SESSION', 'login-service-trouble', 'retry'],
  ['ERR_INVALID_VERSION_CAT_SELL_FIELDS', 'preparation-stale', 'prepare-again'],
  ['ERR_NO_DATABASE', 'marketplace-unavailable', 'retry'],
  ['ERR_WEBAPI_NOT_AVAIL', 'marketplace-unavailable', 'retry'],
  ['ERR_SM_MIGRATION_IN_PROGRESS', 'account-migrating', 'retry'],
  ['ERR_WEBAPI_KEY', 'key-refused', 'key-owner'],
  ['ERR_WEBAPI_KEY_INACTIVE', 'key-inactive', 'key-owner'],
  ['ERR_WEBAPI_EXPIRED', 'key-expired', 'key-owner'],
  ['ERR_LICENCE_EXPIRED_OR_CLOSED', 'key-licence', 'key-owner'],
  ['ERR_INPUT_COUNTRY_ERROR', 'country-refused', 'configuration'],
  ['ERR_JUNIOR_CANT_LOGIN_IN_THIS_COUNTRY', 'country-not-allowed', 'configuration'],
  ['ERR_MINUTE_LIMIT_EXCEEDED', 'key-rate-limited', 'retry'],
  ['ERR_IP_LIMIT_EXCEEDED', 'address-blocked', 'unlock-on-website'],
  ['ERR_SOMETHING_NEW', 'unknown-fault', 'operator'],
  ['Client', 'unknown-fault', 'operator'],
  ['Server', 'unknown-fault', 'operator'],
  ['Sender', 'unknown-fault', 'operator'],
];

/** The table "Error codes common to the other methods", row by row. */
const ELSEWHERE: typeof AT_LOGIN = [
  ['ERR_NO_SESSION', 'session-ended', 'relogin'],
  ['ERR_SESSION_EXPIRED', 'session-ended', 'relogin'],
  ['ERR_WEBAPI_KEY_INACTIVE', 'key-inactive', 'key-owner'],
  ['ERR_WEBAPI_NOT_AVAIL', 'marketplace-unavailable', 'retry'],
  ['ERR_NO_DATABASE', 'marketplace-unavailable', 'retry'],
  ['ERR_MINUTE_LIMIT_EXCEEDED', 'key-rate-limited', 'retry'],
  ['ERR_IP_LIMIT_EXCEEDED', 'address-blocked', 'unlock-on-website'],
  ['ERR_BLOCKED_USER_CANT_INVOKE_METHOD', 'account-blocked', 'operator'],
  ['ERR_METHOD_UNAVAILABLE_IN_FOREIGN_COUNTRY', 'country-not-allowed', 'configuration'],
  ['ERR_INPUT_ARRAY_EMPTY', 'bad-input', 'bug'],
  ['ERR_ITEMS_ARRAY_OVERSIZED', 'bad-input', 'bug'],
  ['ERR_INPUT_OFFSET_OR_PACKAGE_SIZE_ERROR', 'bad-input', 'bug'],
  ['ERR_INCORRECT_JOURNAL_START', 'bad-input', 'bug'],
  ['ERR_NEW_PAYMENT_INTERNAL_ERROR', 'marketplace-unavailable', 'retry'],
  ['ERR_INVALID_ITEM_ID', 'business', 'operator'],
  ['ERR_INCORRECT_ITEM_ID', 'business', 'operator'],
  ['ERR_CANT_CHANGE_PRICE_AFTER_BID', 'business', 'operator'],
  ['ERR_INTERNAL_SYSTEM_ERROR', 'marketplace-unavailable', 'retry'],
  ['ERR_SOMETHING_NEW', 'unknown-answer', 'retry'],
  // No password was sent, so none was refused.
  ['ERR_USER_PASSWD', 'unknown-answer', 'retry'],
  ['Client', 'unknown-answer', 'retry'],
  ['Server', 'unknown-answer', 'retry'],
  ['Sender', 'unknown-answer', 'retry'],
];

const WITH_THE_KEY_ONLY: typeof AT_LOGIN = [
  ['ERR_UNKNOWN_FEATURE', 'feature-unknown', 'configuration'],
  ['ERR_WEBAPI_KEY', 'key-refused', 'key-owner'],
  ['ERR_USER_PASSWD', 'unknown-answer', 'retry'],
  ['ERR_NO_SESSION', 'unknown-answer', 'retry'],
  ['ERR_INTERNAL_SYSTEM_ERROR', 'marketplace-unavailable', 'retry'],
  ['Server', 'unknown-answer', 'retry'],
];

/** The codes that the sheets on orders, offers and parcels add, row by row. */
const OF_ORDERS_AND_OFFERS: typeof AT_LOGIN = [
  ['ERR_INCORRECT_BUYER_ID', 'bad-input', 'bug'],
  ['ERR_INVALID_USER_TYPE', 'bad-input', 'bug'],
  ['ERR_INCORRECT_PAYMENT_TYPE', 'bad-input', 'bug'],
  ['ERR_INCORRECT_USER_ROLE', 'bad-input', 'bug'],
  ['ERR_GIVE_CANCEL_BIDS_REASON', 'bad-input', 'bug'],
  ['ERR_YOU_NOT_SOLD_THIS_ITEM', 'business', 'operator'],
  ['ERR_INCORRECT_TRANSACTION_ID', 'business', 'operator'],
  ['ERR_INVALID_QUANTITY', 'business', 'operator'],
  ['ERR_BID_DURING_CHANGES', 'business', 'operator'],
  ['ERR_END_DURING_CHANGES', 'business', 'operator'],
  ['ERR_BLOCK_SELL_SELL', 'business', 'operator'],
  ['ERR_CHANGING_QUANTITY_FOR_MULTI_OFFER_DISABLED', 'business', 'operator'],
  ['ERR_JUNIOR_LIMIT_EXCEEDED', 'business', 'operator'],
  ['ERR_MULTI_ITEM_AND_BUYNOW_AND_STARTING', 'business', 'operator'],
  ['ERR_MULTI_ITEMS_NOT_ALLOWED_IN_THIS_CATEGORY', 'business', 'operator'],
  ['ERR_MULTI_ITEMS_RELISTING_NOT_ALLOWED', 'business', 'operator'],
  ['ERR_BUY_NOW_LESS_THAN_RESERVE_PRICE', 'business', 'operator'],
  ['ERR_BUY_NOW_LESS_THAN_STARTING_PRICE', 'business', 'operator'],
  ['ERR_INVALID_BUY_NOW_PRICE', 'business', 'operator'],
  ['ERR_INVALID_RESERVE_PRICE', 'business', 'operator'],
  ['ERR_INVALID_STARTING_PRICE', 'business', 'operator'],
  ['ERR_YOU_CANT_CHANGE_ITEM', 'marketplace-unavailable', 'retry'],
];

describe.each([
  ['login', AT_LOGIN],
  ['session', ELSEWHERE],
  ['session', OF_ORDERS_AND_OFFERS],
  ['key', WITH_THE_KEY_ONLY],
] as const)('faults of a %s operation', (call, rows) => {
  it.each(rows)('%s is %s: %s', async (code, reason, remedy) => {
    const { endpoint } = await serveCanned({ body: faultEnvelope(code), status: 500 });
    for (const dialect of DIALECTS) {
      expect(await failure(call, endpoint, dialect)).toMatchObject({ reason, code, outcome: 'answered' });
    }
    const { remedy: known, message } = FAULTS[reason];
    expect(known).toBe(remedy);
    expect(message.pl).toMatch(/\p{L}{3}.*\.$/u);
    expect(message.en).toMatch(/\p{L}{3}.*\.$/u);
    expect(message.pl).not.toBe(message.en);
  });
});

it('an outage in front of the service is told by its own text, and only of a reading', async () => {
  const text = 'Internal Server Error';
  for (const code of ['SOAP-ENV:Client', 'SOAP-ENV:Server']) {
    const { endpoint } = await serveCanned({ body: faultEnvelope(code, text), status: 500 });
    for (const call of ['session', 'key'] as const)
      expect(await failure(call, endpoint)).toMatchObject({ reason: 'marketplace-unavailable' });
    expect(await failure('login', endpoint)).toMatchObject({ reason: 'unknown-fault' });
  }
});

it('a refused access token is a refused login', async () => {
  const { endpoint } = await serveCanned({ body: faultEnvelope('ERR_NO_SESSION') });
  const login = createOperations(settingsFor(endpoint)).call(
    'doLoginWithAccessToken',
    { accessToken: 'test', countryCode: '1', webapiKey: KEY.reveal() },
    SOON,
  );
  await expect(login).rejects.toMatchObject({ reason: 'login-service-trouble' });
});

describe('how a fault is found', () => {
  it.each([200, 400, 403, 500, 503])('with HTTP status %i', async (status) => {
    const { endpoint } = await serveCanned({ body: faultEnvelope('ERR_USER_PASSWD'), status });
    expect(await failure('login', endpoint)).toMatchObject({
      reason: 'password-refused',
      outcome: 'answered',
    });
  });

  it.each([' ERR_USER_PASSWD\n', 'SOAP-ENV:ERR_USER_PASSWD', 'a.b:ERR_USER_PASSWD'])(
    'with the code %j',
    async (code) => {
      const { endpoint } = await serveCanned({ body: faultEnvelope(code) });
      expect(await failure('login', endpoint)).toMatchObject({
        reason: 'password-refused',
        code: 'ERR_USER_PASSWD',
      });
    },
  );

  it.each([
    ['in lower case', faultEnvelope('err_user_passwd')],
    ['in the text, in lower case too', faultEnvelope('Server', 'Error (err_user_passwd): x')],
    ['in the text of a code that means something else', faultEnvelope('ERR_NO_SESSION', 'ERR_USER_PASSWD')],
    ['in the text of an outage', faultEnvelope('SOAP-ENV:Client', 'Internal Server Error ERR_USER_PASSWD')],
    [
      'in the detail',
      envelope(
        '<S:Fault><faultcode>S:Server</faultcode><detail><code>ERR_USER_PASSWD</code></detail></S:Fault>',
      ),
    ],
    ['as a subcode of SOAP 1.2', fault12('ERR_USER_PASSWD', 'text')],
    ['in the reason of SOAP 1.2', fault12('env:Something', 'ERR_USER_PASSWD')],
  ])('a refusal of a password %s', async (_, body) => {
    const { endpoint } = await serveCanned({ body, status: 500 });
    for (const dialect of DIALECTS)
      expect(await failure('login', endpoint, dialect)).toMatchObject({
        reason: 'password-refused',
        outcome: 'answered',
      });
  });

  it('with the codes of SOAP 1.2', async () => {
    const { endpoint } = await serveCanned({ body: fault12('ERR_NO_DATABASE', 'Baza danych') });
    const found = await failure('login', endpoint);
    expect(found).toMatchObject({ reason: 'marketplace-unavailable', code: 'ERR_NO_DATABASE' });
    expect(found.message).toContain('Baza danych');
  });

  it('without a prefix of the envelope', async () => {
    const body = `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Fault><faultcode xmlns="">ERR_CAPTCHA_REQUIRED</faultcode></Fault></Body></Envelope>`;
    const { endpoint } = await serveCanned({ body });
    expect(await failure('login', endpoint)).toMatchObject({ reason: 'account-locked' });
  });

  it('keeps its text in one short line', async () => {
    const { endpoint } = await serveCanned({
      body: faultEnvelope('ERR_X', `first\n\n\u0085second ${'x'.repeat(1000)}`),
    });
    const { message } = await failure('login', endpoint);
    expect(message).toContain('first second xxx');
    expect(message.length).toBeLessThan(400);
  });

  it.each(['constructor', 'ERR_1 (see below)'])('whose code %j is none', async (code) => {
    const { endpoint } = await serveCanned({ body: faultEnvelope(code) });
    expect(await failure('session', endpoint)).toMatchObject({
      reason: 'unknown-answer',
      outcome: 'answered',
      code: 'unreadable code',
    });
  });

  it('without a code it is unknown', async () => {
    const { endpoint } = await serveCanned({ body: envelope('<S:Fault/>') });
    expect(await failure('login', endpoint)).toMatchObject({
      reason: 'unknown-fault',
      outcome: 'answered',
      code: undefined,
    });
  });
});

const REPLY = envelope(
  '<n:doLoginEncResponse><n:sessionHandlePart>h</n:sessionHandlePart><n:userId>1</n:userId><n:serverTime>1</n:serverTime></n:doLoginEncResponse>',
);

describe('replies that prove nothing', () => {
  it.each([
    ['an error page', { status: 502, body: '<html><body>Bad gateway</body></html>' }],
    ['an error without a body', { status: 500, body: '' }],
    ['an empty reply', { body: '' }],
    ['text', { body: 'ERR_USER_PASSWD' }],
    ['a truncated reply', { body: REPLY.slice(0, -30) }],
    ['another reply', { body: REPLY.replaceAll('doLoginEncResponse', 'doLoginResponse') }],
    ['an empty envelope', { body: envelope('') }],
    ['a reply that lacks a field', { body: REPLY.replace('<n:userId>1</n:userId>', '') }],
    ['an empty handle', { body: REPLY.replace('>h<', '><') }],
    ['a reply with an error status', { status: 500, body: REPLY }],
    ['another charset', { body: REPLY, headers: { 'content-type': 'text/xml; charset=iso-8859-2' } }],
    ['another declared charset', { body: `<?xml version="1.0" encoding="ISO-8859-2"?>${REPLY}` }],
    ['bytes that are no UTF-8', { body: Buffer.from(REPLY.replace('>h<', '>\xff<'), 'latin1') }],
    ['a redirect', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }],
  ])('%s', async (_, canned) => {
    const { endpoint, requests } = await serveCanned(canned);
    expect(await failure('login', endpoint)).toMatchObject({
      reason: 'no-readable-reply',
      outcome: 'unclear',
    });
    expect(requests).toHaveLength(1);
  });

  it.each([200, 403, 503])(
    'a captcha page with status %i is trouble of our address, and unclear all the same',
    async (status) => {
      const body = '<!DOCTYPE html><html><img src="captcha.png"></html>';
      const { endpoint } = await serveCanned({ status, body });
      expect(await failure('login', endpoint)).toMatchObject({
        reason: 'address-blocked',
        outcome: 'unclear',
      });
    },
  );

  it('names the missing field', async () => {
    const { endpoint } = await serveCanned({ body: REPLY.replace('<n:userId>1</n:userId>', '') });
    expect((await failure('login', endpoint)).message).toContain('userId: missing');
  });

  it('reads the same reply when nothing is wrong with it', async () => {
    const { endpoint } = await serveCanned({ body: REPLY });
    const webapi = createWebapi(settingsFor(endpoint), { cache: keptVersionKey(VERSION_KEY) });
    const login = await logInTo(webapi, credentials('tajne-haslo-123'), SOON);
    expect(login.userId).toBe('1');
  });
});

describe('a call that never arrived', () => {
  it('a server that is not there', async () => {
    expect(await failure('login', 'http://127.0.0.1:1/')).toMatchObject({
      reason: 'unreachable',
      outcome: 'not-sent',
    });
  });

  it('a server without a common TLS protocol', async () => {
    const server = https.createServer({});
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const fault = await failure('login', `https://127.0.0.1:${port}/`);
    server.close();
    expect(fault).toMatchObject({ reason: 'tls-refused', outcome: 'not-sent' });
  });
});
