import { describe } from 'vitest';
import { accountDoor } from '../../proof/doors/accounts.ts';
import { passwordDoor } from '../../proof/doors/secrets.ts';
import { sessionDoor } from '../../proof/doors/sessions.ts';
import { claimDoor, keyDoor, ledgerDoor, noticeDoor, troubleDoor } from '../../proof/doors/shared.ts';
import { SETTINGS } from '../../proof/market.ts';
import { calmWorld, opened } from '../../support/calm-doors.ts';
import { accountBattery } from './accounts.ts';
import { claimBattery, ledgerBattery, passwordBattery, sessionBattery } from './logins.ts';
import { keyBattery, troubleBattery } from './shared.ts';

describe('the doors of the proof:', () => {
  describe('accounts', () =>
    accountBattery(async (first) => {
      const accounts = opened(accountDoor);
      await accounts.create(first);
      return accounts;
    }));

  describe('sessions', () => sessionBattery(async () => opened(sessionDoor)));

  describe('login log', () => ledgerBattery(async () => opened(ledgerDoor)));

  describe('claims', () => claimBattery(async () => opened(claimDoor)));

  describe('passwords', () => passwordBattery(async () => opened(passwordDoor)));

  describe('shared trouble', () =>
    troubleBattery(async () => {
      const of = calmWorld();
      return { troubles: opened(troubleDoor, of), troubleNotices: opened(noticeDoor, of) };
    }));

  describe('keys', () => keyBattery(SETTINGS.id, async () => opened(keyDoor)));
});
