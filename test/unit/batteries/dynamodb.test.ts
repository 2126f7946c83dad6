import { afterAll, beforeAll, describe } from 'vitest';
import { accountStore } from '../../../functions/adapters/accounts.ts';
import { claimStore } from '../../../functions/adapters/claims.ts';
import { erasureIndex, erasureStore } from '../../../functions/adapters/erasures.ts';
import { consumerStore } from '../../../functions/adapters/feed.ts';
import { journalStore } from '../../../functions/adapters/journal.ts';
import { keyAdmin, keyStore } from '../../../functions/adapters/keys.ts';
import { ledger } from '../../../functions/adapters/ledger.ts';
import { callCounter } from '../../../functions/adapters/limits.ts';
import { listedStore } from '../../../functions/adapters/listed.ts';
import { offerStore } from '../../../functions/adapters/offers.ts';
import { orderStore } from '../../../functions/adapters/orders.ts';
import { requestStore } from '../../../functions/adapters/requests.ts';
import { passwordStore, passwordVersions, passwordWriter } from '../../../functions/adapters/secrets.ts';
import { sendingStore } from '../../../functions/adapters/sending.ts';
import { sendingMarks } from '../../../functions/adapters/sending-marks.ts';
import { sessionStore } from '../../../functions/adapters/sessions.ts';
import { troubleNotices, troubleStore } from '../../../functions/adapters/troubles.ts';
import { webhookStore } from '../../../functions/adapters/webhooks.ts';
import { Secret } from '../../../functions/core/base/secret.ts';
import { NOW } from '../../support/accounts.ts';
import { cleared, DYNAMODB, startStores } from '../../support/stores.ts';
import { accountBattery } from './accounts.ts';
import { erasureBattery } from './erasures.ts';
import { journalBattery, listedBattery, offerBattery } from './journal.ts';
import { claimBattery, ledgerBattery, passwordBattery, sessionBattery } from './logins.ts';
import { consumerBattery, orderBattery } from './orders.ts';
import { requestBattery } from './requests.ts';
import { sendingBattery } from './sending.ts';
import { counterBattery, keyBattery, troubleBattery } from './shared.ts';

let stores: Awaited<ReturnType<typeof startStores>>;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

describe(`${DYNAMODB} and the embedded secret store:`, () => {
  describe('accounts', () =>
    accountBattery(async (first) => {
      const accounts = accountStore(await cleared(stores.of('accounts')));
      await accounts.create(first);
      return accounts;
    }));

  describe('sessions', () =>
    sessionBattery(async () =>
      sessionStore({ ...(await cleared(stores.of('sessions'))), registry: 'registry' }),
    ));

  describe('login log', () => ledgerBattery(async () => ledger(await cleared(stores.of('logins')))));

  describe('requests', () => requestBattery(async () => requestStore(await cleared(stores.of('registry')))));

  describe('erasures', () =>
    erasureBattery(async () => {
      const registry = await cleared(stores.of('registry'));
      return { store: erasureStore(registry), index: erasureIndex(registry) };
    }));

  describe('claims', () => claimBattery(async () => claimStore(await cleared(stores.of('registry')))));

  describe('passwords', () =>
    passwordBattery(async () => {
      const vault = stores.vault();
      return { ...passwordStore(vault), ...passwordWriter(vault), ...passwordVersions(vault) };
    }));

  describe('shared trouble', () =>
    troubleBattery(async () => {
      const registry = await cleared(stores.of('registry'));
      return { troubles: troubleStore(registry), troubleNotices: troubleNotices(registry) };
    }));

  describe('keys', () =>
    keyBattery('allegro', async ({ keyId, value }) => {
      const [registry, vault] = [await cleared(stores.of('registry')), stores.vault()];
      const admin = keyAdmin(registry, vault, () => NOW);
      await admin.create({ keyId, label: 'ours', createdAtMillis: NOW });
      await admin.createSecret(keyId, new Secret(value));
      return keyStore(registry, vault);
    }));

  describe('orders and feed', () =>
    orderBattery(async () => {
      const [orders, feed, consumers] = ['orders', 'feed', 'consumers'] as const;
      for (const table of [orders, feed]) await cleared(stores.of(table));
      const { dynamo } = stores;
      return orderStore({ dynamo, orders, feed, consumers, announce: async () => {} });
    }));

  describe('consumers', () =>
    consumerBattery(async () => consumerStore(await cleared(stores.of('consumers')))));

  describe('journal', () =>
    journalBattery(async () => journalStore(await cleared(stores.of('journal')), () => NOW)));

  describe('lists', () =>
    listedBattery(async () => listedStore(await cleared(stores.of('journal')), () => NOW)));

  describe('offers', () => offerBattery(async () => offerStore(await cleared(stores.of('offers')))));

  describe('sending', () =>
    sendingBattery(async () => {
      const table = await cleared(stores.of('sending'));
      return { marks: sendingMarks(table), store: sendingStore(table), webhooks: webhookStore(table) };
    }));

  describe('counter of calls', () =>
    counterBattery(async () => callCounter(await cleared(stores.of('registry')))));
});
