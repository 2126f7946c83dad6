import { expect, it } from 'vitest';
import { Secret } from '../../../../functions/core/base/secret.ts';
import type { ReadKey } from '../../../../functions/core/marketplace/driver.ts';
import { Claimed } from '../../../../functions/core/run/claimed.ts';
import type { RunDeps } from '../../../../functions/core/run/run.ts';
import { openWork } from '../../../../functions/core/run/work.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { memoryAccount } from '../../../support/memory-account.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { memoryRunDeps } from '../../../support/memory-run.ts';
import { uuidMarket } from '../../../support/uuid-market.ts';

/** Opens the work of a run; gives what its driver reads keys with, what was asked of the store, and what was logged. */
async function opened(readSecret: (keyId: string) => Promise<Secret | undefined>) {
  const one = account({ marketplaceId: 'uuid-market', integrationKeyId: 'k7' });
  const stores = { accounts: memoryAccount(one), orders: memoryOrders(), journal: memoryJournal() };
  const { marketplace } = uuidMarket(() => NOW);
  const asked: string[] = [];
  const logged: string[] = [];
  const readers: ReadKey[] = [];
  const plain = memoryRunDeps(stores, { marketplace, clock: () => NOW });
  const deps: Omit<RunDeps, 'outOfTime'> = {
    ...plain,
    access: {
      ...plain.access,
      keys: {
        ...plain.access.keys,
        readSecret: (keyId) => {
          asked.push(keyId);
          return readSecret(keyId);
        },
      },
    },
    log: { info: () => undefined, warn: (event) => void logged.push(event) },
    driverOf: () => ({
      settings: marketplace.settings,
      open: ({ readKey }) => {
        readers.push(readKey);
        return marketplace;
      },
    }),
  };
  await openWork({ ...deps, outOfTime: () => false }, new Claimed(deps, { account: one, token: 'c' }));
  const [readKey] = readers;
  if (readKey === undefined) throw new Error('the driver was not opened');
  return { readKey, asked, logged };
}

it('a driver can read the key of the account, which costs nothing before', async () => {
  const { readKey, asked } = await opened(async () => new Secret('k0000test1'));
  expect(asked).toEqual([]);
  expect((await readKey())?.reveal()).toBe('k0000test1');
  expect(asked).toEqual(['k7']);
});

it('a store of secrets that is down is no reason for a driver to give up an order', async () => {
  const { readKey, logged } = await opened(() => Promise.reject(new Error('down')));
  expect(await readKey()).toBeUndefined();
  expect(logged).toEqual(['key-unread']);
});
