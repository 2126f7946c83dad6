import { describe, expect, it } from 'vitest';
import { Secret } from '../../../functions/core/base/secret.ts';
import { epochSeconds } from '../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../functions/core/faults/fault.ts';
import { versionedLogins } from '../../../functions/webapi/versionkeys.ts';
import { memoryCache } from '../../support/memory-cache.ts';
import { credentials, KEY, SOON } from './support.ts';

const STALE = new MarketplaceFault({
  reason: 'preparation-stale',
  outcome: 'answered',
  operation: 'doLoginEnc',
});

/** Logins at a marketplace whose version key is `market.versionKey`. */
function logins(kept: Readonly<Record<string, string>> = {}) {
  const cache = memoryCache(kept);
  const market = { versionKey: '7', asked: 0 };
  const sent: string[] = [];
  const access = versionedLogins(
    {
      versionKey: async () => {
        market.asked += 1;
        return market.versionKey;
      },
      logIn: async ({ versionKey }) => {
        sent.push(versionKey);
        if (versionKey !== market.versionKey) throw STALE;
        return { session: new Secret('handle'), userId: '1', serverTimeSeconds: epochSeconds(1) };
      },
    },
    cache,
  );
  const prepare = (fresh = false) => access.prepareLogin({ integrationKey: KEY, fresh }, SOON);
  return { access, cache, market, sent, prepare };
}

describe('a login with a version key', () => {
  it('uses the one that an earlier login has left, and asks for none', async () => {
    const { market, sent, prepare } = logins();
    for (const _ of [1, 2]) await (await prepare()).send(credentials('p'), SOON);
    expect(sent).toEqual(['7', '7']);
    expect(market.asked).toBe(1);
  });

  it('asks in any case where a fresh one is wanted', async () => {
    const { market, prepare } = logins();
    await prepare(true);
    await prepare(true);
    expect(market.asked).toBe(2);
  });

  it('is sent once, whatever is answered: the second is for those who write it down first', async () => {
    const { market, sent, prepare } = logins();
    const prepared = await prepare();
    market.versionKey = '8';
    await expect(prepared.send(credentials('p'), SOON)).rejects.toBe(STALE);
    expect(sent).toEqual(['7']);
    expect(market.asked).toBe(1);
  });

  it('forgets the stale one, and not what another account has fetched since', async () => {
    const { cache, market, prepare } = logins();
    const [one, other] = [await prepare(), await prepare()];
    market.versionKey = '8';
    await one.discard();
    expect(await cache.get('version-key')).toBeUndefined();
    await prepare();
    await other.discard();
    await other.discard();
    expect(await cache.get('version-key')).toBe('8');
  });

  it.each(['', '1.5', 'abc', '12345678901234567890'])('takes no "%s" from what is kept', async (text) => {
    const { cache, sent, prepare } = logins({ 'version-key': text });
    await (await prepare()).send(credentials('p'), SOON);
    expect(sent).toEqual(['7']);
    expect(await cache.get('version-key')).toBe('7');
  });

  it('finds the answer to a question about its key kept', async () => {
    const { access, market, prepare } = logins();
    await access.probeKey(KEY, SOON);
    await prepare();
    expect(market.asked).toBe(1);
  });
});
