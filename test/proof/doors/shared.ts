import type { KeyStore, SharedKeys } from '../../../functions/core/access/key-store.ts';
import type { ClaimName, ClaimStore, Ledger, LedgerEntry } from '../../../functions/core/access/login-log.ts';
import { epochMillis, latestTrueTime } from '../../../functions/core/base/time.ts';
import type { SharedTrouble } from '../../../functions/core/faults/shared-trouble.ts';
import type {
  Shared,
  SharedNotice,
  TroubleNotices,
  TroubleStore,
} from '../../../functions/core/faults/store.ts';
import type { DriverCache } from '../../../functions/core/marketplace/driver.ts';
import type { Process } from '../process.ts';
import type { World } from '../world.ts';

export interface TroubleRow {
  readonly trouble?: SharedTrouble;
  readonly endedAtMillis?: number;
  readonly refusals?: readonly { accountId: string; atMillis: number }[];
  readonly untoldEnd?: SharedTrouble;
}

const nameOf = ({ kind, name }: Shared): string => `${kind}/${name}`;

/** Trouble of keys, addresses and marketplaces, with the conditions of the real items. */
export function troubleDoor(world: World, process: Process): TroubleStore {
  const rows = world.store.troubles;
  const call = <T>(door: string, effect: () => T) =>
    world.calls.make(process, { door: `troubles.${door}`, backend: 'store', effect });
  return {
    read: (shared) =>
      call('read', () => {
        const { trouble, endedAtMillis } = rows.get(nameOf(shared)) ?? {};
        world.watch.troublesAsked(process, shared.kind === 'marketplace' ? 'marketplace' : 'shared');
        if (trouble !== undefined) world.watch.troubleRead(process, { ...shared, trouble });
        return {
          ...(trouble !== undefined && { trouble }),
          ...(endedAtMillis !== undefined && { endedAtMillis: epochMillis(endedAtMillis) }),
        };
      }),

    record: (shared, trouble) =>
      call('record', () => {
        const row = rows.get(nameOf(shared));
        if (row?.trouble === undefined) rows.set(nameOf(shared), { ...row, trouble });
      }),

    takeProbe: (shared, { expectedMillis, nextMillis }) =>
      call('takeProbe', () => {
        const row = rows.get(nameOf(shared));
        if (row?.trouble?.probeAtMillis !== expectedMillis) return false;
        rows.set(nameOf(shared), { ...row, trouble: { ...row.trouble, probeAtMillis: nextMillis } });
        world.watch.elected(process, shared);
        return true;
      }),

    noteRefusal: (shared, { accountId, atMillis, withinMillis }) =>
      call('noteRefusal', () => {
        const row = rows.get(nameOf(shared));
        const recent = (row?.refusals ?? []).filter(
          (one) => one.accountId !== accountId && Math.abs(atMillis - one.atMillis) <= withinMillis,
        );
        rows.set(nameOf(shared), { ...row, refusals: [...recent, { accountId, atMillis }] });
        world.watch.goodPasswordRefused(accountId);
        return recent.length + 1;
      }),

    end: (shared, { atMillis: endedAtMillis, nowMillis }) =>
      call('end', () => {
        const { trouble, ...row } = rows.get(nameOf(shared)) ?? {};
        const isLater = (since: number) => since > endedAtMillis && since <= latestTrueTime(nowMillis);
        if (trouble === undefined || isLater(trouble.sinceMillis)) return;
        const wasNotified = trouble.notifiedAtMillis !== undefined;
        rows.set(nameOf(shared), { ...row, endedAtMillis, ...(wasNotified && { untoldEnd: trouble }) });
      }),
  };
}

export function noticeDoor(world: World, process: Process): TroubleNotices {
  const rows = world.store.troubles;
  const call = <T>(door: string, effect: () => T) =>
    world.calls.make(process, { door: `troubleNotices.${door}`, backend: 'store', effect });
  return {
    list: (untoldSinceMillis) => call('list', () => world.untoldNews(untoldSinceMillis)),

    notified: ({ kind, name, trouble, over }: SharedNotice, notifiedAtMillis) =>
      call('notified', () => {
        const { untoldEnd, ...row } = rows.get(`${kind}/${name}`) ?? {};
        if (over) {
          if (untoldEnd?.sinceMillis === trouble.sinceMillis) rows.set(`${kind}/${name}`, row);
        } else if (row.trouble?.sinceMillis === trouble.sinceMillis) {
          const kept = untoldEnd === undefined ? {} : { untoldEnd };
          rows.set(`${kind}/${name}`, { ...row, ...kept, trouble: { ...row.trouble, notifiedAtMillis } });
        } else {
          // The trouble ended while people were being told of it, so they have to be told of its end.
          rows.set(`${kind}/${name}`, { ...row, untoldEnd: trouble });
        }
      }),
  };
}

export const KEY_ID = 'key-1';

/** The only integration key of a schedule, with the texts that the driver keeps for it. */
export function keyDoor(world: World, process: Process): KeyStore {
  const { calls } = world;
  return {
    read: (keyId) =>
      calls.make(process, {
        door: 'keys.read',
        backend: 'store',
        effect: () => ({
          keyId,
          label: 'proof',
          createdAtMillis: epochMillis(0),
        }),
      }),

    readSecret: () =>
      calls.make(process, {
        door: 'keys.readSecret',
        backend: 'vault',
        effect: () => new world.core.Secret('integration-key'),
      }),

    cacheOf: ({ keyId, identity }) => cacheDoor(world, process, `${keyId}/${identity}`),
  };
}

/** The cache of the driver for a key at a marketplace. */
function cacheDoor(world: World, process: Process, scope: string): DriverCache {
  const { driverCache } = world.store;
  const call = <T>(door: string, effect: () => T) =>
    world.calls.make(process, { door: `driverCache.${door}`, backend: 'store', effect });
  return {
    get: (name) => call('get', () => driverCache.get(`${scope}/${name}`)),

    put: (name, text) =>
      call('put', () => {
        driverCache.set(`${scope}/${name}`, text);
        world.watch.versionKeySavedAt = world.scheduler.now;
      }),

    drop: (name, text) =>
      call('drop', () => {
        if (driverCache.get(`${scope}/${name}`) === text) driverCache.delete(`${scope}/${name}`);
      }),
  };
}

/** The same key as seen by requests that add and resume accounts. */
export function sharedKeyDoor(world: World, process: Process): SharedKeys {
  const rows = world.store.troubles;
  const call = <T>(door: string, effect: () => T) =>
    world.calls.make(process, { door: `sharedKeys.${door}`, backend: 'store', effect });
  return {
    isUsable: () => call('isUsable', () => true),

    lookAgain: (name) =>
      call('lookAgain', () => {
        const key = nameOf({ kind: 'integration-key', name });
        const { trouble, ...row } = rows.get(key) ?? {};
        if (trouble === undefined) return;
        rows.set(key, { ...row, trouble: { ...trouble, probeAtMillis: trouble.sinceMillis } });
      }),
  };
}

export function ledgerDoor(world: World, process: Process): Ledger {
  const { ledger } = world.store;
  const call = <T>(door: string, effect: () => T) =>
    world.calls.make(process, { door: `ledger.${door}`, backend: 'store', effect });
  const of = (accountId: string): Map<string, LedgerEntry> => {
    const rows = ledger.get(accountId) ?? new Map<string, LedgerEntry>();
    ledger.set(accountId, rows);
    return rows;
  };
  return {
    open: (accountId, entry) =>
      call('open', () => {
        of(accountId).set(entry.attemptId, entry);
        world.watch.ledgerOpened(process, { accountId, entry });
      }),

    close: (accountId, { attemptId, outcome, endedAtMillis, code }) =>
      call('close', () => {
        const entry = ledger.get(accountId)?.get(attemptId);
        const end = { outcome, endedAtMillis, ...(code !== undefined && { code }) };
        if (entry !== undefined) of(accountId).set(attemptId, { ...entry, ...end });
      }),

    newest: (accountId, { limit, after }) =>
      call('newest', () => {
        const place = (entry: LedgerEntry) => entry.placeMillis ?? entry.atMillis;
        const all = [...(ledger.get(accountId)?.values() ?? [])].sort((a, b) => place(b) - place(a));
        const start = after === undefined ? 0 : all.findIndex(({ attemptId }) => attemptId === after) + 1;
        const entries = all.slice(start, start + limit);
        return { entries, next: start + limit < all.length ? entries.at(-1)?.attemptId : undefined };
      }),

    removeAll: (accountId) =>
      call('removeAll', () => {
        ledger.delete(accountId);
      }),
  };
}

const claimName = ({ kind, identity, key }: ClaimName): string => `${kind}/${identity}/${key}`;

/** Claims on logins and sellers, with the condition of the real items. */
export function claimDoor(world: World, process: Process): ClaimStore {
  const { claims } = world.store;
  const call = <T>(door: string, effect: () => T) =>
    world.calls.make(process, { door: `claims.${door}`, backend: 'store', effect });
  return {
    read: (name) =>
      call(`read.${name.kind}`, () => {
        const claim = claims.get(claimName(name));
        if (name.kind === 'seller') world.watch.sellerSeen(process, claim);
        return claim;
      }),

    write: (name, claim) =>
      call(`write.${name.kind}`, () => {
        if ((claims.get(claimName(name))?.revision ?? 0) !== claim.revision - 1) return false;
        claims.set(claimName(name), claim);
        if (name.kind === 'seller') world.watch.sellerSeen(process, claim);
        return true;
      }),
  };
}
