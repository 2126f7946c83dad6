import type { Session, SessionStore } from '../../../functions/core/access/session-store.ts';
import type { Shared } from '../../../functions/core/faults/store.ts';
import type { Process } from '../process.ts';
import type { World } from '../world.ts';

/** Sessions, the only rows with a TTL, which deletes them some time after their end. */
export function sessionDoor(world: World, process: Process): SessionStore {
  const { store } = world;
  const call = <T>(door: string, effect: () => T) =>
    world.calls.make(process, { door: `sessions.${door}`, backend: 'store', effect });
  const look = (accountId: string): Session | undefined => {
    const session = store.sessions.get(accountId);
    world.watch.sessionRead(process, session);
    return session;
  };
  return {
    read: (accountId) => call('read', () => look(accountId)),

    readWithTroubles: (accountId, shared) =>
      call('readWithTroubles', () => {
        const session = look(accountId);
        world.watch.troublesAsked(process, 'shared');
        const troubles = shared.flatMap((one: Shared) => {
          const trouble = store.troubles.get(`${one.kind}/${one.name}`)?.trouble;
          return trouble === undefined ? [] : [{ kind: one.kind, name: one.name, trouble }];
        });
        for (const one of troubles) world.watch.troubleRead(process, one);
        return { ...(session !== undefined && { session }), troubles };
      }),

    save: (accountId, session) =>
      call('save', () => {
        const stored = store.sessions.get(accountId);
        if (stored !== undefined && stored.loggedInAtMillis >= session.loggedInAtMillis) return;
        world.watch.sessionReplaced(process, { old: stored, session });
        store.sessions.set(accountId, session);
        world.watch.sessionSaved(process, { accountId, session });
        world.expire(accountId, session);
      }),

    drop: (accountId, handle) =>
      call('drop', () => {
        const stored = store.sessions.get(accountId);
        if (stored === undefined || stored.handle.reveal() !== handle.reveal()) return;
        world.watch.sessionDropped(process, { accountId, session: stored });
        store.sessions.delete(accountId);
      }),

    remove: (accountId) =>
      call('remove', () => {
        world.watch.sessionRemoved(process, accountId);
        store.sessions.delete(accountId);
      }),
  };
}
