import { expect, it } from 'vitest';
import { openRecovery } from '../../../infra/local/recovery.ts';

const CLEAN = { missing: 0, doubled: 0, different: 0 };

it('the time to recover ends with the first clean comparison, not with the first', async () => {
  let now = 1_000;
  const answers = [{ ...CLEAN, missing: 1 }, { ...CLEAN, doubled: 1 }, { ...CLEAN, different: 1 }, CLEAN];
  const compare = async () => {
    const next = answers.shift();
    if (next === undefined) throw new Error('compared after a clean comparison');
    return next;
  };
  const recovery = openRecovery(compare, () => now);
  for (let look = 0; look < 3; look += 1) {
    now += 2_000;
    await recovery.look();
    expect(recovery.seconds).toBeUndefined();
  }
  now += 500;
  await recovery.look();
  now += 10_000;
  await recovery.look();
  expect(recovery.seconds).toBe(6.5);
});
