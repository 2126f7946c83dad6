import type { Sale, SaleRead } from '../../functions/core/marketplace/sales.ts';

interface Batch {
  readonly sales: readonly Sale[];
  readonly unreadable: readonly { readonly id: string | undefined; readonly why: string }[];
}

/** Readings by kind: read, unreadable, absent. An answer that names no order stands for all absent ones. */
export async function batchOf(reading: Promise<readonly SaleRead[]>): Promise<Batch> {
  const reads = await reading;
  const nameless = reads.find((read) => 'absent' in read && read.why !== undefined);
  return {
    sales: reads.flatMap((read) => ('sale' in read ? [read.sale] : [])),
    unreadable: [
      ...reads.flatMap((read) => ('unreadable' in read ? [{ id: read.id, why: read.unreadable }] : [])),
      ...(nameless !== undefined && 'absent' in nameless ? [{ id: undefined, why: nameless.why ?? '' }] : []),
    ],
  };
}
