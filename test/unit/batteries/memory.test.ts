import { describe } from 'vitest';
import { memoryAccount } from '../../support/memory-account.ts';
import { memoryCache } from '../../support/memory-cache.ts';
import { memoryClaims } from '../../support/memory-claims.ts';
import { memoryCounter } from '../../support/memory-counter.ts';
import { memoryErasures } from '../../support/memory-erasures.ts';
import { memoryConsumers } from '../../support/memory-feed.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { memoryListed } from '../../support/memory-listed.ts';
import { memoryOffers } from '../../support/memory-offers.ts';
import { memoryOrders } from '../../support/memory-orders.ts';
import { memoryRequests } from '../../support/memory-requests.ts';
import { memorySending } from '../../support/memory-sending.ts';
import { accountBattery } from './accounts.ts';
import { erasureBattery } from './erasures.ts';
import { journalBattery, listedBattery, offerBattery } from './journal.ts';
import { claimBattery } from './logins.ts';
import { consumerBattery, orderBattery } from './orders.ts';
import { requestBattery } from './requests.ts';
import { sendingBattery } from './sending.ts';
import { cacheBattery, counterBattery } from './shared.ts';

describe('the stores in memory:', () => {
  describe('account', () => accountBattery(async (first) => memoryAccount(first)));

  describe('requests', () => requestBattery(async () => memoryRequests()));

  describe('erasures', () => erasureBattery(async () => memoryErasures()));

  describe('claims', () => claimBattery(async () => memoryClaims()));

  describe('what a driver keeps', () => cacheBattery(async () => memoryCache()));

  describe('counter of calls', () => counterBattery(async () => memoryCounter()));

  describe('orders and feed', () => orderBattery(async () => memoryOrders()));

  describe('consumers', () => consumerBattery(async () => memoryConsumers()));

  describe('journal', () => journalBattery(async () => memoryJournal()));

  describe('lists', () => listedBattery(async () => memoryListed()));

  describe('offers', () => offerBattery(async () => memoryOffers()));

  describe('sending', () => sendingBattery(async () => memorySending()));
});
