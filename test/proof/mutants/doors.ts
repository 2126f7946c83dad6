import type { SecretVersion } from '../../../functions/core/access/password-store.ts';
import type { Account } from '../../../functions/core/account/account.ts';
import type { Everything } from '../deps.ts';
import type { World } from '../world.ts';
import type { Mutant } from './kit.ts';

const VERDICT_LIFE = 60_000;

/** Changes the result of every read of the account. */
const reading =
  (see: (account: Account, world: World) => Account) =>
  (doors: Everything, world: World): Everything => {
    const { accounts } = doors;
    const seen = (account: Account | undefined) => (account === undefined ? undefined : see(account, world));
    return { ...doors, accounts: { ...accounts, read: async (id) => seen(await accounts.read(id)) } };
  };

/** Mistakes of stores that do not keep their conditions. */
export const DOORS: readonly Mutant[] = [
  {
    rule: '4',
    name: 'the store compares nothing',
    doors: (doors, world) => ({
      ...doors,
      accounts: {
        ...doors.accounts,
        amend: (id, amendment) =>
          doors.accounts.amend(id, {
            ...amendment,
            revision: world.store.rows.get(id)?.revision ?? amendment.revision,
          }),
      },
    }),
  },
  {
    rule: '5',
    name: 'the password is cached for ever',
    doors: (doors, world) => ({
      ...doors,
      access: {
        ...doors.access,
        passwords: {
          ...doors.access.passwords,
          readCurrent: async (id) => {
            const cache = cacheOf(world);
            const value = cache.get(id) ?? (await doors.access.passwords.readCurrent(id));
            if (value !== undefined) cache.set(id, value);
            return value;
          },
        },
      },
    }),
  },
  {
    rule: '8',
    name: 'verdicts have a TTL',
    doors: reading((account, world) => ({
      ...account,
      verdicts: Object.fromEntries(
        Object.entries(account.verdicts).filter(
          ([, { atMillis }]) => atMillis > world.scheduler.now - VERDICT_LIFE,
        ),
      ),
    })),
  },
  {
    rule: '8',
    name: 'counters have a TTL',
    doors: reading((account, world) => {
      const last = account.recentAttemptsMillis.at(-1) ?? 0;
      return last > world.scheduler.now - VERDICT_LIFE ? account : { ...account, possibleFailures: 0 };
    }),
  },
  {
    rule: '10',
    name: 'a handle is dropped whichever is stored',
    doors: (doors) => ({
      ...doors,
      access: {
        ...doors.access,
        sessions: { ...doors.access.sessions, drop: (id) => doors.access.sessions.remove(id) },
      },
    }),
  },
  {
    rule: '13',
    name: 'moving the due time creates what is gone',
    doors: (doors, world) => ({
      ...doors,
      due: {
        ...doors.due,
        move: async (entry, toMillis) => {
          await doors.due.move(entry, toMillis);
          const last = world.watch.logs.get(entry.accountId)?.lastRow;
          const gone = last !== undefined && !world.store.rows.has(entry.accountId);
          if (gone) world.write(world.process('plan', -1), { accountId: entry.accountId, after: last });
        },
      },
    }),
  },
];

const CACHES = new WeakMap<World, Map<string, SecretVersion>>();

function cacheOf(world: World): Map<string, SecretVersion> {
  const cache = CACHES.get(world) ?? new Map<string, SecretVersion>();
  CACHES.set(world, cache);
  return cache;
}
