import { describe, expect, it } from 'vitest';
import { Secret } from '../../../functions/core/base/secret.ts';
import type { Post } from '../../../functions/webapi/transport.ts';
import { batchOf } from '../../support/reads.ts';
import { createWebapi, keptVersionKey, logInTo } from '../../support/webapi.ts';
import { credentials, envelope, HANDLE, KEY, SOON, settingsFor, VERSION_KEY } from './support.ts';

/** A driver whose transport records posts and sends none. */
function recorder({
  versionKey = VERSION_KEY,
  ...changes
}: {
  countryId?: number;
  versionKey?: string;
} = {}) {
  const posts: Post[] = [];
  const transport = async (post: Post) => {
    posts.push(post);
    const operation = post.headers.SOAPAction?.replace(/["#]/g, '');
    const body = `<n:${operation}Response><n:sessionHandlePart>h</n:sessionHandlePart><n:userId>1</n:userId><n:serverTime>1</n:serverTime></n:${operation}Response>`;
    return { status: 200, contentType: undefined, body: Buffer.from(envelope(body)) };
  };
  const cache = keptVersionKey(versionKey);
  const settings = { ...settingsFor('http://127.0.0.1/'), ...changes };
  return { posts, webapi: createWebapi(settings, { transport, cache }) };
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

describe('a value that an operation cannot carry is refused before anything is sent', () => {
  const { posts, webapi } = recorder();
  const abroad = recorder({ countryId: 0 });
  it.each([
    ['login: at most 16 characters', () => logInTo(webapi, credentials('p', 'seventeen-letters'), SOON)],
    ['login: required', () => logInTo(webapi, credentials('p', ''), SOON)],
    [
      'applicationPassword: at most 16 characters',
      () => logInTo(webapi, credentials('seventeen-letters'), SOON),
    ],
    [
      'applicationPassword: at most 16 characters',
      () => logInTo(webapi, credentials('siedemnaście-zna!'), SOON),
    ],
    ['applicationPassword: required', () => logInTo(webapi, credentials(''), SOON)],
    ['applicationPassword: has a character', () => logInTo(webapi, credentials('bell-\u0007'), SOON)],
    ['applicationPassword: has a character', () => logInTo(webapi, credentials('half-\ud83e'), SOON)],
    [
      'webapiKey: required',
      () => logInTo(webapi, { ...credentials('p'), integrationKey: new Secret('') }, SOON),
    ],
    ['countryId: a whole number above 0', () => logInTo(abroad.webapi, credentials('p'), SOON)],
    ['countryId: a whole number above 0', () => abroad.webapi.access.probeKey(KEY, SOON)],
    ['webapiKey: required', () => webapi.access.probeKey(new Secret(''), SOON)],
    ['handle: required', () => webapi.sales.page(new Secret(''), '1', SOON)],
    ['after: not a decimal id', () => webapi.sales.page(HANDLE, '-1', SOON)],
    [
      'after: not a decimal id',
      () => webapi.sales.newest(HANDLE, '9223372036854775807-9223372036854775809', SOON),
    ],
    ['ids: at most 25 ids', () => batchOf(webapi.sales.read(HANDLE, ids(26), SOON))],
    [
      'offerIds: at most 25 ids',
      () => webapi.openPurchases.buyers(HANDLE, { offerIds: ids(26), buyerIds: [] }, SOON),
    ],
    [
      'buyerIds: not a decimal id',
      () => webapi.openPurchases.buyers(HANDLE, { offerIds: ['1'], buyerIds: [''] }, SOON),
    ],
    [
      'offerId: not a decimal id',
      () => webapi.openPurchases.unpaid(HANDLE, { offerId: '', buyerId: '1' }, SOON),
    ],
  ])('%s', async (text, call) => {
    await expect(call()).rejects.toMatchObject({
      reason: 'bad-input',
      outcome: 'not-sent',
      message: expect.stringContaining(text),
    });
    expect([...posts, ...abroad.posts]).toEqual([]);
  });
});

describe('a value just within the limits is sent', () => {
  it.each([
    ['a login of 16 characters', () => credentials('p', 'sixteen-letters!')],
    ['a long e-mail address', () => credentials('p', 'somebody.with.a.long.name@example.com')],
    ['a password of 16 characters', () => credentials('sixteen-letters!')],
    ['a password of 16 Polish letters', () => credentials('zażółćgęśląjaźń!')],
  ])('%s', async (_, make) => {
    const { posts, webapi } = recorder();
    await logInTo(webapi, make(), SOON);
    expect(posts).toHaveLength(1);
  });

  it('a negative version key', async () => {
    const { posts, webapi } = recorder({ versionKey: '-9007199254740993' });
    await logInTo(webapi, credentials('p'), SOON);
    expect(posts[0]?.body).toContain('<localVersion>-9007199254740993</localVersion>');
  });

  it('a batch of 25', async () => {
    const { posts, webapi } = recorder();
    await batchOf(webapi.sales.read(HANDLE, ids(25), SOON));
    expect(posts[0]?.body).toContain('<item>25</item>');
  });

  it('a batch of 26 that names one id twice', async () => {
    const { posts, webapi } = recorder();
    await batchOf(webapi.sales.read(HANDLE, [...ids(25), '1'], SOON));
    expect(posts[0]?.body.match(/<item>/g)).toHaveLength(25);
  });

  it('of texts, those that can be ids', async () => {
    const { posts, webapi } = recorder();
    const odd = ['x', '0', '-1', '1.5', '9223372036854775808', '5d1c2f60-0a11-11f1-9b3e-4f6a1c2d7e10', ''];
    expect(await batchOf(webapi.sales.read(HANDLE, odd, SOON))).toEqual({ sales: [], unreadable: [] });
    expect(posts).toHaveLength(0);
    await batchOf(webapi.sales.read(HANDLE, [...odd, '7'], SOON));
    expect(posts[0]?.body.match(/<item>/g)).toHaveLength(1);
  });

  it('a text that looks like markup, unharmed', async () => {
    const { posts, webapi } = recorder();
    await webapi.sales.page(new Secret('<![CDATA[a]]>'), '0', SOON);
    expect(posts[0]?.body).toContain(
      '<sessionId>&lt;![CDATA[a]]&gt;</sessionId><journalStart>0</journalStart>',
    );
  });
});

describe('an empty batch', () => {
  it('needs no call', async () => {
    const { posts, webapi } = recorder();
    expect(await batchOf(webapi.sales.read(HANDLE, [], SOON))).toEqual({ sales: [], unreadable: [] });
    expect(await webapi.openPurchases.buyers(HANDLE, { offerIds: [], buyerIds: ['1'] }, SOON)).toEqual([]);
    expect(posts).toEqual([]);
  });

  it('of buyers means all of them', async () => {
    const { posts, webapi } = recorder();
    await webapi.openPurchases.buyers(HANDLE, { offerIds: ['1'], buyerIds: [] }, SOON);
    expect(posts[0]?.body).not.toContain('buyerFilterArray');
  });
});

describe('the connection', () => {
  it('is new for a login only', async () => {
    const { posts, webapi } = recorder();
    await logInTo(webapi, credentials('ascii'), SOON);
    await logInTo(webapi, credentials('żółć'), SOON);
    await batchOf(webapi.sales.read(HANDLE, ['1'], SOON));
    expect(posts.map(({ freshConnection }) => freshConnection)).toEqual([true, true, false]);
  });
});
