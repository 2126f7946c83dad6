import type {
  PasswordStore,
  PasswordVersions,
  PasswordWriter,
} from '../../../functions/core/access/password-store.ts';
import type { Process } from '../process.ts';
import type { World } from '../world.ts';

/** A secret: its versions, and the version with the label "current". */
export interface Vault {
  readonly versions: Map<string, string>;
  current: string;
  /** The version that was current before. */
  former?: string;
  /** An older version that reads of the current one may still answer, with the end of that time. */
  stale?: { readonly version: string; readonly until: number };
  /** The last version that a person has put there directly, and when. */
  rotated?: { readonly version: string; readonly at: number };
}

const missing = (): Error => new Error('there is no such secret');

/** Application passwords, with versions and stages as the real secret store has them. */
export function passwordDoor(
  world: World,
  process: Process,
): PasswordStore & PasswordWriter & PasswordVersions {
  const { vaults } = world.store;
  const call = <T>(door: string, effect: () => T) =>
    world.calls.make(process, { door: `passwords.${door}`, backend: 'vault', effect });
  const version = (accountId: string, id: string | undefined) => {
    const value = id === undefined ? undefined : vaults.get(accountId)?.versions.get(id);
    if (id === undefined || value === undefined) return undefined;
    world.watch.passwordRead(process, { version: id, value });
    return { version: id, value: new world.core.Secret(value) };
  };
  const currentSeen = (accountId: string): string | undefined => {
    const vault = vaults.get(accountId);
    const { stale } = vault ?? {};
    if (stale === undefined || stale.until < world.scheduler.now) return vault?.current;
    world.watch.saw('5 current password read stale');
    return stale.version;
  };
  return {
    readCurrent: (accountId) => call('readCurrent', () => version(accountId, currentSeen(accountId))),

    readVersion: (accountId, id) => call('readVersion', () => version(accountId, id)),

    promote: (accountId, { version: id, from }) =>
      call('promote', () => {
        const vault = vaults.get(accountId);
        if (vault === undefined) throw missing();
        // The real store refuses this, and the adapter treats the refusal as done.
        if (vault.current !== from) return;
        world.watch.promoted(process, { accountId, version: id, vault });
        vault.former = vault.current;
        vault.current = id;
      }),

    remove: (accountId) =>
      call('remove', () => {
        vaults.delete(accountId);
      }),

    create: (accountId, password) =>
      call('create', () => {
        const vault = vaults.get(accountId);
        // A repeated request is no error.
        if (vault !== undefined && !vault.versions.has(password.version))
          throw new Error('the secret exists');
        if (vault !== undefined) return password.version;
        const versions = new Map([[password.version, password.value.reveal()]]);
        vaults.set(accountId, { versions, current: password.version });
        return password.version;
      }),

    stage: (accountId, password) =>
      call('stage', () => {
        const vault = vaults.get(accountId);
        if (vault === undefined) throw missing();
        vault.versions.set(password.version, password.value.reveal());
        return password.version;
      }),

    current: (accountId) => call('current', () => vaults.get(accountId)?.current),
  };
}
