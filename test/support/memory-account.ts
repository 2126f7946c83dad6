import { type Account, withChanges } from '../../functions/core/account/account.ts';
import type { AccountStore } from '../../functions/core/account/store.ts';

export interface MemoryAccount extends AccountStore {
  /** The present item. */
  row: Account & { readonly writer?: string };
  /** Called before each write; may throw, as a crash would. */
  onWrite: (what: string) => void;
}

/** The item of an account in memory, with the conditions of the real store. */
export function memoryAccount(first: Account): MemoryAccount {
  let isGone = false;
  const has = (accountId: string) => !isGone && accountId === store.row.accountId;
  const store: MemoryAccount = {
    row: first,
    onWrite: () => undefined,

    read: async (accountId) => (has(accountId) ? structuredClone(store.row) : undefined),

    async amend(accountId, { revision, writer, changes }) {
      store.onWrite('amend');
      if (!has(accountId)) return undefined;
      if (store.row.revision !== revision)
        return store.row.writer === writer ? structuredClone(store.row) : undefined;
      const after = { ...withChanges(store.row, changes), writer, revision: revision + 1 };
      store.row = structuredClone(after);
      return structuredClone(store.row);
    },

    async claim(accountId, { token, untilMillis, slotMillis, nowMillis, latestMillis }) {
      store.onWrite('claim');
      if (!has(accountId)) return 'gone';
      const { row } = store;
      const { claimUntilMillis: until = 0, lastSlotMillis: last = -1 } = row;
      const held = row.claimToken !== undefined && until >= nowMillis && until <= latestMillis;
      const isOver =
        slotMillis !== undefined && last >= slotMillis && last <= nowMillis && row.phase !== 'removing';
      if (held || isOver) {
        if (row.claimToken === token) return structuredClone(row);
        return held ? 'busy' : 'stale';
      }
      store.row = { ...row, claimToken: token, claimUntilMillis: untilMillis, revision: row.revision + 1 };
      return structuredClone(store.row);
    },

    async saveFacts(accountId, { claimToken, afterBatch, ...save }) {
      store.onWrite('save cursor');
      if (!has(accountId) || store.row.claimToken !== claimToken) return false;
      if (save.batch !== undefined && store.row.batch?.id !== afterBatch)
        return store.row.batch?.id === save.batch.id;
      store.row = structuredClone({ ...store.row, ...save });
      return true;
    },

    async remove(accountId, claimToken) {
      if (!has(accountId) || store.row.claimToken !== claimToken) return false;
      isGone = true;
      return true;
    },
  };
  return store;
}
