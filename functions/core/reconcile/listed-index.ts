import type { Clock } from '../base/time.ts';
import type { ListKind } from '../marketplace/lists.ts';
import type { ListedForm, ListedPart, ListedStore } from './store.ts';

/**
 * Number of forms in an item of the index. An item holds 400 kB, and an id with its facts needs some 40
 * bytes.
 */
const FORMS_A_PART = 5_000;

/**
 * The forms that the marketplace's lists have named, by day, as the readings of an account know and change
 * them.
 */
export interface ListedIndex {
  get(id: string): ListedForm | undefined;
  all(): Iterable<ListedForm>;
  /** Replaces the facts of an id; a loss stays noted. */
  note(form: ListedForm): void;
  /** Writes the days that have changed. */
  save(list: ListKind): Promise<void>;
}

/** Opens the index of these days. Ids of other days are unknown to it. */
export async function openListed(
  deps: { listed: ListedStore; clock: Clock },
  use: { accountId: string; from: string; to: string },
): Promise<ListedIndex> {
  const { accountId } = use;
  const parts = new Map<string, Map<string, ListedForm>>();
  const placeOf = new Map<string, string>();
  const changed = new Set<string>();
  for (const { day, part, forms } of await deps.listed.parts(accountId, use)) {
    const key = keyOf(day, part);
    parts.set(key, new Map(forms.map((form) => [form.id, form])));
    for (const { id } of forms) placeOf.set(id, key);
  }
  const get = (id: string) => parts.get(placeOf.get(id) ?? '')?.get(id);
  /** The last part of a day, or the one after it when that is full. */
  const roomIn = (day: string): string => {
    let part = 0;
    while ((parts.get(keyOf(day, part))?.size ?? 0) >= FORMS_A_PART) part += 1;
    return keyOf(day, part);
  };
  return {
    get,
    *all() {
      for (const part of parts.values()) yield* part.values();
    },
    note(form) {
      const before = get(form.id);
      const after = withLosses(form, before);
      if (before !== undefined && same(before, after)) return;
      const place = before?.day === form.day ? placeOf.get(form.id) : undefined;
      if (before !== undefined && place === undefined) {
        const old = placeOf.get(form.id) ?? '';
        parts.get(old)?.delete(form.id);
        changed.add(old);
      }
      const key = place ?? roomIn(form.day);
      parts.set(key, (parts.get(key) ?? new Map()).set(form.id, after));
      placeOf.set(form.id, key);
      changed.add(key);
    },
    async save(list) {
      for (const key of [...changed]) {
        const { day } = dayAndPart(key);
        if (day < use.from || day > use.to) continue;
        const forms = [...(parts.get(key)?.values() ?? [])];
        await deps.listed.putPart(accountId, {
          ...dayAndPart(key),
          list,
          writtenAtMillis: deps.clock(),
          forms,
        });
        changed.delete(key);
      }
    },
  };
}

const keyOf = (day: string, part: number): string => `${day}#${part}`;

function dayAndPart(key: string): Pick<ListedPart, 'day' | 'part'> {
  const [day = '', part] = key.split('#');
  return { day, part: Number(part) };
}

function withLosses(form: ListedForm, before: ListedForm | undefined): ListedForm {
  const untold = [...new Set([...(before?.untold ?? []), ...(form.untold ?? [])])];
  const lost = form.lost === true || before?.lost === true;
  return {
    id: form.id,
    kind: form.kind,
    day: form.day,
    ...(lost && { lost }),
    ...(untold.length > 0 && { untold }),
  };
}

const same = (one: ListedForm, other: ListedForm): boolean =>
  one.kind === other.kind &&
  one.day === other.day &&
  one.lost === other.lost &&
  one.untold?.length === other.untold?.length;
