import type { Account } from '../../functions/core/account/account.ts';
import type { AccountStore } from '../../functions/core/account/store.ts';

export interface MemoryAccount extends AccountStore {
  /** The item as it is now. */
  row: Account & { readonly writer?: string };
  /** Called before each write; may throw, as a crash would. */
  onWrite: (what: string) => void;
}

/** One account's item in memory, with the conditions of the real store. */
export function memoryAccount(first: Account): MemoryAccount {
  const store: MemoryAccount = {
    row: first,
    onWrite: () => undefined,

    read: async () => structuredClone(store.row),

    async amend(_accountId, { revision, writer, changes }) {
      store.onWrite('amend');
      if (store.row.writer === writer) return structuredClone(store.row);
      if (store.row.revision !== revision) return undefined;
      store.row = structuredClone({ ...store.row, ...changes, writer, revision: revision + 1 });
      return structuredClone(store.row);
    },

    async claim(_accountId, { token, untilMillis, slotMillis, nowMillis, latestMillis }) {
      store.onWrite('claim');
      const { row } = store;
      const { claimUntilMillis: until = 0, lastSlotMillis: last = -1 } = row;
      if (row.claimToken !== undefined && until >= nowMillis && until <= latestMillis) return 'busy';
      if (last >= slotMillis && last <= latestMillis) return 'stale';
      store.row = { ...row, claimToken: token, claimUntilMillis: untilMillis, revision: row.revision + 1 };
      return structuredClone(store.row);
    },

    async saveCursor(_accountId, { claimToken, ...save }) {
      store.onWrite('save cursor');
      if (store.row.claimToken !== claimToken) return false;
      store.row = structuredClone({ ...store.row, ...save });
      return true;
    },

    remove: () => Promise.reject(new Error('not here')),
  };
  return store;
}
