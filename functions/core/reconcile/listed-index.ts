import type { Clock } from '../base/time.ts';
import type { ListKind } from '../marketplace/lists.ts';
import type { ListedPart, ListedSale, ListedStore } from './store.ts';

/**
 * Number of sales in an item of the index. An item holds 400 kB, and an id with its facts needs some 40
 * bytes.
 */
const SALES_A_PART = 5_000;

/**
 * The sales that the marketplace's lists have named, by day, as the readings of an account know and change
 * them.
 */
export interface ListedIndex {
  get(id: string): ListedSale | undefined;
  all(): Iterable<ListedSale>;
  /** Replaces the facts of an id; a loss stays noted. */
  note(sale: ListedSale): void;
  /** Writes the days that have changed. */
  save(list: ListKind): Promise<void>;
}

/** Opens the index of these days. Ids of other days are unknown to it. */
export async function openListed(
  deps: { listed: ListedStore; clock: Clock },
  days: { accountId: string; from: string; to: string },
): Promise<ListedIndex> {
  const { accountId } = days;
  const parts = new Map<string, Map<string, ListedSale>>();
  const placeOf = new Map<string, string>();
  const changed = new Set<string>();
  for (const { day, part, sales } of await deps.listed.parts(accountId, days)) {
    const key = partKey(day, part);
    parts.set(key, new Map(sales.map((sale) => [sale.id, sale])));
    for (const { id } of sales) placeOf.set(id, key);
  }
  const get = (id: string) => parts.get(placeOf.get(id) ?? '')?.get(id);
  /** The last part of a day, or the one after it when that is full. */
  const roomIn = (day: string): string => {
    let part = 0;
    while ((parts.get(partKey(day, part))?.size ?? 0) >= SALES_A_PART) part += 1;
    return partKey(day, part);
  };
  return {
    get,
    *all() {
      for (const part of parts.values()) yield* part.values();
    },
    note(sale) {
      const before = get(sale.id);
      const after = withLosses(sale, before);
      if (before !== undefined && same(before, after)) return;
      const place = before?.day === sale.day ? placeOf.get(sale.id) : undefined;
      if (before !== undefined && place === undefined) {
        const old = placeOf.get(sale.id) ?? '';
        parts.get(old)?.delete(sale.id);
        changed.add(old);
      }
      const key = place ?? roomIn(sale.day);
      parts.set(key, (parts.get(key) ?? new Map()).set(sale.id, after));
      placeOf.set(sale.id, key);
      changed.add(key);
    },
    async save(list) {
      for (const key of [...changed]) {
        const { day } = dayAndPart(key);
        if (day < days.from || day > days.to) continue;
        const sales = [...(parts.get(key)?.values() ?? [])];
        await deps.listed.putPart(accountId, {
          ...dayAndPart(key),
          list,
          writtenAtMillis: deps.clock(),
          sales,
        });
        changed.delete(key);
      }
    },
  };
}

const partKey = (day: string, part: number): string => `${day}#${part}`;

function dayAndPart(key: string): Pick<ListedPart, 'day' | 'part'> {
  const [day = '', part] = key.split('#');
  return { day, part: Number(part) };
}

function withLosses(sale: ListedSale, before: ListedSale | undefined): ListedSale {
  const untold = [...new Set([...(before?.untold ?? []), ...(sale.untold ?? [])])];
  const lost = sale.lost === true || before?.lost === true;
  return {
    id: sale.id,
    kind: sale.kind,
    day: sale.day,
    ...(lost && { lost }),
    ...(untold.length > 0 && { untold }),
  };
}

const same = (one: ListedSale, other: ListedSale): boolean =>
  one.kind === other.kind &&
  one.day === other.day &&
  one.lost === other.lost &&
  one.untold?.length === other.untold?.length;
