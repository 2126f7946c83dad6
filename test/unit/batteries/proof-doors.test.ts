import { describe } from 'vitest';
import * as core from '../../proof/core.ts';
import { accountDoor } from '../../proof/doors/accounts.ts';
import { passwordDoor } from '../../proof/doors/secrets.ts';
import { sessionDoor } from '../../proof/doors/sessions.ts';
import { claimDoor, keyDoor, ledgerDoor, newsDoor, troubleDoor } from '../../proof/doors/shared.ts';
import { generate } from '../../proof/generate.ts';
import { SETTINGS } from '../../proof/market.ts';
import type { Process } from '../../proof/process.ts';
import { World } from '../../proof/world.ts';
import { accountBattery } from './accounts.ts';
import { claimBattery, ledgerBattery, passwordBattery, sessionBattery } from './logins.ts';
import { keyBattery, troubleBattery } from './shared.ts';

/** So long a calm call takes at most. */
const CALL = 10;

/** A world in which nothing goes wrong, and a process in it. */
function calmWorld() {
  const schedule = { ...generate(1), calm: true, skews: [], actions: [], faults: [] };
  const world = new World({ core, schedule, tracing: false });
  return { world, process: world.process('work', -1) };
}

/** A door whose calls are carried out as they are made, as virtual time passes with each. */
function opened<Door extends object>(make: (world: World, process: Process) => Door, of = calmWorld()): Door {
  const door = make(of.world, of.process);
  return new Proxy(door, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        const answer: Promise<unknown> = Reflect.apply(method, target, given);
        let isOver = false;
        const over = () => {
          isOver = true;
        };
        answer.then(over, over);
        const { scheduler } = of.world;
        while (!isOver) await scheduler.runUntil(scheduler.now + CALL, () => false);
        return await answer;
      };
    },
  });
}

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
      return { troubles: opened(troubleDoor, of), news: opened(newsDoor, of) };
    }));

  describe('keys', () => keyBattery(SETTINGS.id, async () => opened(keyDoor)));
});
