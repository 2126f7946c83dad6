import { describe, expect, it } from 'vitest';
import type { DialectId } from '../../../functions/webapi/dialect.ts';
import type { Operations } from '../../../functions/webapi/driver.ts';
import { OPERATIONS, type OperationName, type Request } from '../../../functions/webapi/operations.ts';
import type { WebapiSettings } from '../../../functions/webapi/presets.ts';
import type { Post } from '../../../functions/webapi/transport.ts';
import { createOperations, createWebapi, keptVersionKey, logInTo } from '../../support/webapi.ts';
import {
  canonical,
  credentials,
  DIALECTS,
  fixture,
  fixturesWith,
  HANDLE,
  readFixture,
  SOON,
  serveCanned,
  settingsFor,
  VERSION_KEY,
} from './support.ts';

const NAMES = Object.keys(OPERATIONS) as OperationName[];
const LITERAL_ONLY = ['doGetPostBuyFormsIds'];
const meaningful = fixturesWith('meaning.json');
const handle = HANDLE.reveal();

const operationOf = (name: string) => name.split('__')[0] as OperationName;

/** Operations whose transport records posts and answers with nothing. */
function recorder(changes: Partial<WebapiSettings> = {}) {
  const posts: Post[] = [];
  const transport = async (post: Post) => {
    posts.push(post);
    return { status: 200, contentType: undefined, body: new Uint8Array() };
  };
  const settings = { ...settingsFor('http://127.0.0.1/'), ...changes };
  return {
    posts,
    operations: createOperations(settings, { transport }),
    webapi: createWebapi(settings, { transport, cache: keptVersionKey(VERSION_KEY) }),
  };
}

function call(operations: Operations, name: OperationName, request: object) {
  return operations.call(name, request as Request<OperationName>, SOON);
}

describe.each(DIALECTS)('in the dialect %s', (dialect) => {
  it('every operation has a fixture', () => {
    const played = new Set(fixturesWith(`${dialect}/request.xml`).map(operationOf));
    const expected = NAMES.filter((name) => dialect === 'document-literal' || !LITERAL_ONLY.includes(name));
    expect(new Set(expected)).toEqual(played);
  });

  it.each(fixturesWith(`${dialect}/request.xml`).filter((name) => meaningful.includes(name)))(
    '%s',
    async (name) => {
      const meaning = JSON.parse(readFixture(`${name}/meaning.json`));
      const { request, response } = fixture(name, dialect);
      const server = await serveCanned({ body: response });
      const operations = createOperations(settingsFor(server.endpoint, dialect));
      const reply = await call(operations, operationOf(name), meaning.request);
      expect(reply).toEqual(meaning.response);
      expect(server.requests).toHaveLength(1);
      expect(canonical(server.requests[0]?.body ?? '')).toEqual(canonical(request));
    },
  );
});

describe('an operation that a marketplace lacks is refused before anything is sent', () => {
  it.each([
    ['an operation of the other dialect', 'doGetPostBuyFormsIds', {}, 'rpc-encoded', 'feature-unknown'],
    ['an operation taken out of service', 'doGetSystemTime', {}, 'document-literal', 'feature-unknown'],
    [
      'a field of the other dialect',
      'doGetPostBuyData',
      { sessionHandle: handle, itemsArray: ['1'], buyerFilterArray: ['1'] },
      'rpc-encoded',
      'bad-input',
    ],
  ] as const)('%s', async (_, name, request, dialect: DialectId, reason) => {
    const { posts, operations } = recorder({ dialect, droppedOperations: ['doGetSystemTime'] });
    await expect(call(operations, name, request)).rejects.toMatchObject({ reason, outcome: 'not-sent' });
    expect(posts).toEqual([]);
  });

  it('and the port does without', async () => {
    const { posts, webapi } = recorder({ droppedOperations: ['doLoginEnc'] });
    await logInTo(webapi, credentials('ascii'), SOON).catch(() => {});
    expect(posts[0]?.headers.SOAPAction).toBe('"#doLogin"');
    expect(posts[0]?.body).toContain('<userPassword>ascii</userPassword>');
  });
});

describe('the name of the country at login', () => {
  const login = { userLogin: 'a', userPassword: 'p', countryCode: '56', webapiKey: 'k', localVersion: '1' };

  it.each([
    ['document-literal', '<countryId>56</countryId>'],
    ['rpc-encoded', '<country-id xsi:type="xsd:int">56</country-id>'],
  ] as const)('is a setting in %s', async (dialect, spelt) => {
    const { posts, operations } = recorder({ dialect, countryParameter: 'countryId' });
    await call(operations, 'doLogin', login).catch(() => {});
    expect(posts[0]?.body).toContain(spelt);
    expect(posts[0]?.body).not.toMatch(/country-?code/i);
  });

  it("is Aukro's own in its later service", async () => {
    const { request, response } = fixture('doLoginEnc__country_id_at_aukro');
    const { endpoint, requests } = await serveCanned({ body: response });
    const settings = { ...settingsFor(endpoint), countryId: 56, countryParameter: 'countryId' } as const;
    const webapi = createWebapi(settings, { cache: keptVersionKey('76000001') });
    const given = credentials('tajne-haslo-123', 'obchod_test');
    expect(await logInTo(webapi, given, SOON)).toMatchObject({ userId: '20000002' });
    expect(canonical(requests[0]?.body ?? '')).toEqual(canonical(request));
  });

  it('matters to logins only', async () => {
    const { posts, operations } = recorder({ countryParameter: 'countryId' });
    await call(operations, 'doGetCountries', { countryCode: '56', webapiKey: 'k' }).catch(() => {});
    expect(posts[0]?.body).toContain('<countryCode>56</countryCode>');
  });
});

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));
const KEYED = { webapiKey: 'k0000test1' };

describe('a value that the operation cannot carry is refused before anything is sent', () => {
  it.each([
    ['doGetSystemTime', { ...KEYED, countryId: '0' }, 'countryId: a whole number above 0'],
    ['doGetCountries', { ...KEYED, countryCode: '-1' }, 'countryCode: a whole number above 0'],
    ['doGetSystemTime', { ...KEYED }, 'countryId: required'],
    ['doGetSystemTime', { ...KEYED, countryId: '2147483648' }, 'countryId: not a whole number of 32 bits'],
    ['doGetSystemTime', { ...KEYED, countryId: 1 }, 'countryId: not given as text'],
    ['doGetSystemTime', { countryId: '1', webapiKey: '' }, 'webapiKey: required'],
    ['doGetSystemTime', { ...KEYED, countryId: '1', other: '1' }, 'other: not a field of this operation'],
    ['doGetSiteJournal', { sessionHandle: handle, startingPoint: '9223372036854775808' }, '64 bits'],
    ['doGetSiteJournal', { sessionHandle: handle, startingPoint: '1e3' }, 'startingPoint: not a whole'],
    ['doGetPaymentMethods', { sessionId: handle, itemIds: ids(26) }, 'itemIds: at most 25'],
    ['doGetTransactionsIDs', { sessionHandle: handle, userRole: 'seller', itemsIdArray: ids(26) }, '25'],
    ['doGetItemsInfo', { sessionHandle: handle, itemsIdArray: ['1', 'x'] }, 'itemsIdArray[1]: not a whole'],
    ['doGetItemsInfo', { sessionHandle: handle, itemsIdArray: '1' }, 'itemsIdArray: not a list'],
    [
      'doFinishItems',
      { sessionHandle: handle, finishItemsList: [{ finishItemId: '1', finishCancelReason: '\0' }] },
      'finishItemsList[0]: finishCancelReason: has a character',
    ],
    ['doFinishItems', { sessionHandle: handle, finishItemsList: ['1'] }, 'not a structure'],
    ['doChangeQuantityItem', { sessionHandle: handle, itemId: '1', newItemQuantity: '0' }, 'from 1 to 999'],
    ['doChangePriceItem', { sessionHandle: handle, itemId: '1', newBuyNowPrice: '1,5' }, 'not a decimal'],
    ['doGetPostBuyFormsIds', { sessionId: handle, resultSize: '1001' }, 'resultSize: from 1 to 1000'],
    ['doLoginWithAccessToken', { ...KEYED, countryCode: '1', accessToken: '' }, 'accessToken: required'],
    [
      'doLoginEnc',
      { ...KEYED, userLogin: 'a', countryCode: '1', localVersion: '1', userHashPassword: 'plain-text' },
      'userHashPassword: not the Base64 of 32 bytes',
    ],
    [
      'doLogin',
      { ...KEYED, userLogin: 'seventeen-letters', countryCode: '1', localVersion: '1', userPassword: 'p' },
      'userLogin: at most 16 characters',
    ],
    [
      'doLogin',
      { ...KEYED, userLogin: 'a', countryCode: '1', localVersion: '1', userPassword: 'seventeen-letters' },
      'userPassword: at most 16 characters',
    ],
    [
      'doAddPackageInfoToPostBuyForm',
      {
        sessionId: handle,
        transactionId: '1',
        packageInfo: ids(21).map((packageId) => ({ operatorId: '1', packageId })),
      },
      'packageInfo: at most 20',
    ],
  ] as const)('%s %o', async (name, request, text) => {
    const { posts, operations } = recorder();
    await expect(call(operations, name, request)).rejects.toMatchObject({
      reason: 'bad-input',
      outcome: 'not-sent',
      message: expect.stringContaining(text),
    });
    expect(posts).toEqual([]);
  });
});

it('a write goes over a connection of its own, as a login does', async () => {
  const { posts, operations } = recorder();
  await call(operations, 'doLoginWithAccessToken', { ...KEYED, countryCode: '1', accessToken: 't' }).catch(
    () => {},
  );
  const change = { sessionHandle: handle, itemId: '1', newItemQuantity: '1' };
  await call(operations, 'doChangeQuantityItem', change).catch(() => {});
  await call(operations, 'doGetItemsInfo', { sessionHandle: handle }).catch(() => {});
  expect(posts.map(({ freshConnection }) => freshConnection)).toEqual([true, true, false]);
});

describe('SOAP arrays', () => {
  const reply = (list: string) =>
    fixture('doGetTransactionsIDs__as_the_seller', 'rpc-encoded').response.replace(
      /<transactions-ids-array[\s\S]*<\/transactions-ids-array>/,
      list,
    );

  async function read(list: string) {
    const { endpoint } = await serveCanned({ body: reply(list) });
    const request = { sessionHandle: handle, userRole: 'seller' };
    const operations = createOperations(settingsFor(endpoint, 'rpc-encoded'));
    return (await operations.call('doGetTransactionsIDs', request, SOON)).transactionsIdsArray;
  }

  it.each([
    ['empty', '<transactions-ids-array SOAP-ENC:arrayType="xsd:long[0]"></transactions-ids-array>', []],
    ['nil', '<transactions-ids-array xsi:nil="true"/>', []],
    ['nil in the older way', '<transactions-ids-array xsi:nil="1"/>', []],
    ['missing', '', []],
    [
      'of one',
      '<transactions-ids-array SOAP-ENC:arrayType="xsd:long[1]"><item xsi:type="xsd:long">7</item></transactions-ids-array>',
      ['7'],
    ],
    ['without a type', '<transactions-ids-array><item>7</item></transactions-ids-array>', ['7']],
  ])('%s', async (_, list, expected) => {
    expect(await read(list)).toEqual(expected);
  });

  it.each([
    [
      'shorter than announced',
      '<transactions-ids-array SOAP-ENC:arrayType="xsd:long[2]"><item>7</item></transactions-ids-array>',
    ],
    ['by reference', '<transactions-ids-array href="#id1"/>'],
  ])('%s are no empty list but an error', async (_, list) => {
    await expect(read(list)).rejects.toMatchObject({ reason: 'no-readable-reply', outcome: 'unclear' });
  });
});
