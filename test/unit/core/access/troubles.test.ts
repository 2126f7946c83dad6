import { describe, expect, it } from 'vitest';
import {
  egressOf,
  integrationKeyOf,
  isElected,
  marketplaceOf,
  noteDoubt,
  noteLoginOutage,
  noteTrouble,
  passTroubles,
} from '../../../../functions/core/access/troubles.ts';
import { DAY, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { OwnStop } from '../../../../functions/core/faults/own-stop.ts';
import type { Shared } from '../../../../functions/core/faults/store.ts';
import { KEY_ID } from '../../../proof/doors/shared.ts';
import { SETTINGS } from '../../../proof/market.ts';
import { ADDRESS, fault, type LoginWorld, loginWorld } from '../../../support/login-world.ts';

const KEY = integrationKeyOf(KEY_ID);
const EGRESS = egressOf({ ...SETTINGS, egressId: ADDRESS });
const MARKET = marketplaceOf(SETTINGS);

const reasonAt = async ({ deps }: LoginWorld, shared: Shared) =>
  (await deps.troubles.read(shared)).trouble?.reason;

/** Checks the trouble of the key as a run does. */
async function pass({ deps }: LoginWorld): Promise<void> {
  const { trouble } = await deps.troubles.read(KEY);
  await passTroubles(deps, { keyId: KEY_ID, troubles: trouble === undefined ? [] : [{ ...KEY, trouble }] });
}

describe('trouble that several accounts share', () => {
  it.each<[string, MarketplaceFault | OwnStop, { key?: string; egress?: string }]>([
    ['is noted at the key', fault('key-refused'), { key: 'key-refused' }],
    [
      'is noted at the address, for this marketplace',
      fault('address-blocked'),
      { egress: 'address-blocked' },
    ],
    ['is none where an account alone is concerned', fault('password-refused'), {}],
    ['is none where we stopped ourselves', new OwnStop('key-refused'), {}],
  ])('%s', async (_, error, expected) => {
    const world = await loginWorld();
    await noteTrouble(world.deps, { keyId: KEY_ID, error });
    expect({ key: await reasonAt(world, KEY), egress: await reasonAt(world, EGRESS) }).toEqual({
      key: expected.key,
      egress: expected.egress,
    });
  });

  it('stops everybody until one of them may look, by a question with the key alone', async () => {
    const world = await loginWorld();
    await noteTrouble(world.deps, { keyId: KEY_ID, error: fault('key-refused') });
    await expect(pass(world)).rejects.toMatchObject({ reason: 'key-refused', name: 'OwnStop' });
    expect(world.told.questions).toBe(0);
    await world.deps.sleep(5 * MINUTE);
    await pass(world);
    expect(world.told.questions).toBe(1);
    expect(await reasonAt(world, KEY)).toBeUndefined();
    expect(world.sent).toEqual([]);
  });

  it('ends by a question with the key alone where logins need nothing beforehand', async () => {
    const world = await loginWorld();
    const other = { ...world, deps: { ...world.deps, marketplace: world.unprepared } };
    await noteTrouble(world.deps, { keyId: KEY_ID, error: fault('key-refused') });
    await world.deps.sleep(5 * MINUTE);
    const operation = 'doQuerySysStatus';
    world.answers.push(new MarketplaceFault({ reason: 'key-refused', outcome: 'answered', operation }));
    await expect(pass(other)).rejects.toMatchObject({ reason: 'key-refused', operation });
    await world.deps.sleep(5 * MINUTE);
    await pass(other);
    expect(await reasonAt(world, KEY)).toBeUndefined();
  });

  it('goes on where the look meets it again', async () => {
    const world = await loginWorld();
    await noteTrouble(world.deps, { keyId: KEY_ID, error: fault('key-refused') });
    await world.deps.sleep(5 * MINUTE);
    const operation = 'doQuerySysStatus';
    world.answers.push(new MarketplaceFault({ reason: 'key-refused', outcome: 'answered', operation }));
    await expect(pass(world)).rejects.toMatchObject({ reason: 'key-refused', operation });
    expect(await reasonAt(world, KEY)).toBe('key-refused');
    await expect(pass(world)).rejects.toMatchObject({ name: 'OwnStop' });
  });

  it('is looked at by one where its next look is further off than any, by a clock that was ahead', async () => {
    const { deps } = await loginWorld();
    const now = deps.clock();
    const [sinceMillis, probeAtMillis] = [plus(now, DAY), plus(now, DAY + 5 * MINUTE)];
    await deps.troubles.record(KEY, { reason: 'key-refused', sinceMillis, probeAtMillis });
    const look = async () => {
      const { trouble } = await deps.troubles.read(KEY);
      return trouble !== undefined && (await isElected(deps, { ...KEY, trouble }));
    };
    expect([await look(), await look()]).toEqual([true, false]);
    await deps.troubles.end(KEY, { atMillis: deps.clock(), nowMillis: deps.clock() });
    expect((await deps.troubles.read(KEY)).trouble).toBeUndefined();
  });

  it('elects one of those who come at the same time', async () => {
    const { deps } = await loginWorld();
    await noteLoginOutage(deps, fault('no-readable-reply', 'unclear'));
    await deps.sleep(5 * MINUTE);
    const { trouble } = await deps.troubles.read(MARKET);
    if (trouble === undefined) throw new Error('no trouble was noted');
    const elected = [
      await isElected(deps, { ...MARKET, trouble }),
      await isElected(deps, { ...MARKET, trouble }),
    ];
    expect(elected).toEqual([true, false]);
  });
});

describe('trouble of the whole marketplace', () => {
  it.each<[string, MarketplaceFault, string | undefined]>([
    ['it leaves a login unanswered', fault('unreachable', 'unclear'), 'no-readable-reply'],
    ['it lets nobody in', fault('login-service-trouble'), 'login-service-trouble'],
    ['it refuses one password', fault('password-refused'), undefined],
  ])('is told from one account’s: %s', async (_, heard, expected) => {
    const world = await loginWorld();
    await noteLoginOutage(world.deps, heard);
    expect(await reasonAt(world, MARKET)).toBe(expected);
  });

  it('is that good passwords of three accounts are refused within minutes', async () => {
    const world = await loginWorld();
    for (const accountId of ['a1', 'a2', 'a2']) await noteDoubt(world.deps, accountId);
    expect(await reasonAt(world, MARKET)).toBeUndefined();
    await noteDoubt(world.deps, 'a3');
    expect(await reasonAt(world, MARKET)).toBe('passwords-doubted');
  });
});
