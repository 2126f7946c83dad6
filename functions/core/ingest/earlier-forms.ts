import { askAside } from '../access/aside.ts';
import type { OpenSession } from '../access/session.ts';
import { chunks } from '../base/batches.ts';
import type { Log } from '../base/log.ts';
import { type Clock, DAY, type EpochMillis, plus, toMillis, toSeconds } from '../base/time.ts';
import { MarketplaceFault } from '../faults/fault.ts';
import type { FormLists, ListKind } from '../marketplace/lists.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { Form } from '../marketplace/sales.ts';
import { filledAt } from '../orders/form-times.ts';
import { dealsOf, formOrderId, isLive } from '../orders/order.ts';
import type { OrderStore } from '../orders/store.ts';
import { readForms } from './read-forms.ts';

/** Longest time by which a journal tells of a sale later than the list of forms does. */
const TOLD_WITHIN = DAY;

/** Most batches of forms that are read; the nightly check finds the others. */
const BATCHES = 40;

/** Lists with the newest forms first or with times of filling. Other lists would have to be read whole. */
const LISTS: ReadonlySet<ListKind> = new Set<ListKind>(['filled-forms', 'form-ids']);

type FormDeps = Parameters<typeof readForms>[0];

interface Deps extends FormDeps {
  readonly accountId: string;
  readonly marketplace: Marketplace;
  readonly session: OpenSession;
  readonly orders: Pick<OrderStore, 'readMany'>;
  readonly clock: Clock;
  readonly log: Log;
}

type ListDeps = Deps & { readonly source: FormLists };

/** Forms that were filled about the time of the connect, and whose own events were not read. */
export interface EarlierForms {
  /** Whether a form from before the connect may hold a sale of this time; an undefined time is not known. */
  mayHold(boughtAt: EpochMillis | undefined): boolean;
  /** Live forms that hold one of these deals and are not stored. Reads the lists once per run. */
  holding(dealIds: readonly string[]): Promise<string[]>;
}

/**
 * Opens the forms from before the connect, in the first day of an account. The journal may tell a sale after
 * the connect whose form it told before; without these forms the sale would be shown as an open order for
 * ever. Undefined later, and if no list can be used.
 */
export function openEarlierForms(
  deps: Deps,
  { connectedAtMillis }: { connectedAtMillis: EpochMillis },
): EarlierForms | undefined {
  const { lists: source } = deps.marketplace;
  const lists = source?.formLists.filter((list) => LISTS.has(list)) ?? [];
  if (source === undefined || lists.length === 0 || deps.clock() >= plus(connectedAtMillis, DAY))
    return undefined;
  // Times of sales are whole seconds.
  const connected = toMillis(toSeconds(connectedAtMillis));
  let found: Promise<Form[]> | undefined;
  return {
    mayHold: (boughtAt) => boughtAt === undefined || boughtAt <= connected,
    holding: async (dealIds) => {
      const wanted = new Set(dealIds);
      found ??= lookFor({ ...deps, source }, { lists, since: plus(connectedAtMillis, -TOLD_WITHIN) });
      // Later forms are told by the journal; those that it loses are counted by the nightly check.
      const isEarlier = (form: Form) => (filledAt(form) ?? connected) <= connected;
      const isWanted = (form: Form) => isEarlier(form) && dealsOf(form).some((id) => wanted.has(id));
      return (await found).filter(isWanted).map(({ id }) => id);
    },
  };
}

/**
 * Live forms that were filled since and are not stored. Trouble of a list is ignored. Throws
 * MarketplaceFault.
 */
async function lookFor(
  deps: ListDeps,
  { lists, since }: { lists: readonly ListKind[]; since: EpochMillis },
): Promise<Form[]> {
  const found = new Map<string, Form>();
  const asked = new Set<string>();
  let batches = 0;
  const isLate = () => batches >= BATCHES || (batches > 0 && deps.outOfTime());
  /** Reads forms of the list; false when the list has come to older forms. */
  const takeIn = async (ids: readonly string[]): Promise<boolean> => {
    for (const batch of chunks(ids, deps.marketplace.settings.formBatchSize)) {
      if (isLate()) return false;
      batches += 1;
      const { forms } = await readForms(deps, batch);
      for (const form of forms) if (isLive(form.state)) found.set(form.id, form);
      if (forms.length > 0 && forms.every((form) => (filledAt(form) ?? since) < since)) return false;
    }
    return true;
  };
  for (const list of lists) {
    for (let position: string | undefined, more = true; more; ) {
      const page = await pageOf(deps, { list, since, position });
      const ids = (page?.formIds ?? []).filter((id) => !asked.has(id));
      for (const id of ids) asked.add(id);
      const rows = await deps.orders.readMany(deps.accountId, ids.map(formOrderId));
      const unknown = ids.filter((id) => rows.get(formOrderId(id))?.content === undefined);
      more = (await takeIn(unknown)) && page?.next !== undefined;
      position = page?.next;
    }
  }
  return [...found.values()];
}

async function pageOf(
  deps: ListDeps,
  { list, since, position }: { list: ListKind; since: EpochMillis; position: string | undefined },
) {
  const { accountId } = deps;
  const query = { list, from: toSeconds(since), to: toSeconds(deps.clock()), position };
  const page = await askAside(deps.session, (handle, options) =>
    deps.source.formPage(handle, query, options),
  );
  if (!(page instanceof MarketplaceFault)) return page;
  deps.log.warn('list-refused', { accountId, list, reason: page.reason, code: page.code });
  return undefined;
}
