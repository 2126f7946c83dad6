import type { RequestRecord, RequestStore } from '../../functions/core/admin/repeats.ts';

/** Requests in memory, with the condition of the real store. */
export function memoryRequests(): RequestStore & { readonly records: Map<string, RequestRecord> } {
  const records = new Map<string, RequestRecord>();
  return {
    records,
    read: async (name) => records.get(name),
    async write(name, record) {
      const found = records.get(name);
      if ((found?.revision ?? 0) !== record.revision - 1)
        return found?.writer === record.writer && found.revision === record.revision;
      records.set(name, record);
      return true;
    },
  };
}
