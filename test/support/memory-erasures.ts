import type {
  Erasure,
  ErasureEntry,
  ErasureIndex,
  ErasureStore,
} from '../../functions/core/orders/erasure-store.ts';

export interface MemoryErasures {
  readonly store: ErasureStore;
  readonly index: ErasureIndex;
  /** The requests that are not carried out yet. */
  readonly requests: Map<string, Erasure & ErasureEntry>;
  /** Called before each write; may throw, as a crash would. */
  onWrite: (what: string) => void;
}

/** Requests to erase buyers' data, in memory. */
export function memoryErasures(): MemoryErasures {
  const requests: MemoryErasures['requests'] = new Map();
  const keyOf = (accountId: string, requestId: string) => `${accountId}/${requestId}`;
  const change = (key: string, changes: Partial<Erasure & ErasureEntry>) => {
    self.onWrite('change erasure');
    const found = requests.get(key);
    if (found !== undefined) requests.set(key, { ...found, ...changes });
  };
  const self: MemoryErasures = {
    requests,
    onWrite: () => undefined,
    store: {
      async put(accountId, request) {
        self.onWrite('put erasure');
        requests.set(keyOf(accountId, request.requestId), { accountId, ...request });
      },
      of: async (accountId) =>
        [...requests.values()]
          .filter((request) => request.accountId === accountId)
          .map(({ requestId, buyerId, after }) => ({
            requestId,
            buyerId,
            ...(after !== undefined && { after }),
          })),
      async reach(accountId, requestIds, after) {
        for (const requestId of requestIds) change(keyOf(accountId, requestId), { after });
      },
      async remove(accountId, requestIds) {
        for (const requestId of requestIds) {
          self.onWrite('remove erasure');
          requests.delete(keyOf(accountId, requestId));
        }
      },
    },
    index: {
      async *pages() {
        yield [...requests.values()].map(({ accountId, requestId, againAtMillis }) => ({
          accountId,
          requestId,
          againAtMillis,
        }));
      },
      move: async ({ accountId, requestId }, againAtMillis) =>
        change(keyOf(accountId, requestId), { againAtMillis }),
    },
  };
  return self;
}
