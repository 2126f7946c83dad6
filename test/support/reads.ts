import type { Form, SaleRead } from '../../functions/core/marketplace/sales.ts';

interface Batch {
  readonly forms: readonly Form[];
  readonly unreadable: readonly { readonly id: string | undefined; readonly why: string }[];
}

/** What was read, apart from what was not; an answer that names no order stands for all that are absent. */
export async function batchOf(reading: Promise<readonly SaleRead[]>): Promise<Batch> {
  const reads = await reading;
  const nameless = reads.find((read) => 'absent' in read && read.why !== undefined);
  return {
    forms: reads.flatMap((read) => ('sale' in read ? [read.sale] : [])),
    unreadable: [
      ...reads.flatMap((read) => ('unreadable' in read ? [{ id: read.id, why: read.unreadable }] : [])),
      ...(nameless !== undefined && 'absent' in nameless ? [{ id: undefined, why: nameless.why ?? '' }] : []),
    ],
  };
}
