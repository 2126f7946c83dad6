import type { RowWrite } from '../feed/row-write.ts';
import type { Stored } from '../feed/row-writer.ts';
import { dealOrderId, formOrderId, type OrderContent, type OrderId, purchasesOf } from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import { type Applied, type ApplyDeps, allOf, changedOrder, type Fate } from './applied.ts';
import { heldRows, holdingOf, holdWrites, letGoBy, rivalsOf, tellOwed } from './holding.ts';
import { type Failure, unconfirmed } from './quarantine.ts';
import type { Look } from './select.ts';
import { doubtOfForm, type Told } from './unconfirmed.ts';

/** Result of storing forms. */
export interface StoredForms {
  readonly applied: Applied;
  /** Surcharges that the stored orders show. They count as held, unless their own reading failed. */
  readonly shown: readonly string[];
  /** Forms to be read again, because a row of theirs has changed since it was read. */
  readonly again: readonly string[];
  /** By form, stored forms that hold purchases of it too; they may be gone, merged into it without an event. */
  readonly rivals: ReadonlyMap<string, readonly string[]>;
}

/**
 * Writes forms, in one batch: their rows first, then the deals and surcharges that they hold, so that a crash in between
 * leaves a sale visible twice for a moment, never nowhere. No other function writes forms. `unread`: rows of forms that
 * could not be read; their missing feed entries are appended. A form whose reading lacks parts that are `told` of it is
 * stored and counts as unconfirmed.
 */
export async function storeForms(
  deps: ApplyDeps,
  use: { looks: readonly Look[]; unread: readonly OrderRow[]; told: Told },
): Promise<StoredForms> {
  const { told } = use;
  const looks = use.looks.map((look) => ({ ...look, letGo: letGoBy(look.row, look.content) }));
  const rows = await heldRows(deps, looks);
  const orders = looks.map(({ form, row, content, letGo }): RowWrite => {
    const orderId = formOrderId(form.id);
    return { row, next: { orderId, content, ...(letGo.length > 0 && { letGo }) } };
  });
  const holds = holdWrites(looks, rows);
  await tellOwed(deps, use.unread);
  const stored = await deps.rows.write([...orders, ...holds]);
  const results = looks.map((look) => ({ ...look, result: resultOf(look, { stored, holds }) }));
  const parts = results.map((one): Partial<Applied> => {
    const { content, form, result } = one;
    const orderId = formOrderId(form.id);
    const counted = stored.get(orderId) === 'changed' ? changedOrder(content) : {};
    if (result === 'conflict') return counted;
    if (result !== 'stored') return { ...counted, fates: new Map([[orderId, result]]) };
    const holding = holdingOf(one, rows);
    return allOf([counted, holding, { fates: new Map([[orderId, fateOf(one, told)]]) }]);
  });
  const closed = holds.filter(
    ({ row, next }) => row?.content?.state === 'awaiting-form' && stored.get(next.orderId) === 'changed',
  );
  return {
    applied: allOf([...parts, { changed: closed.length }]),
    shown: results.filter(({ result }) => result === 'stored').flatMap(shownBy),
    again: results.filter(({ result }) => result === 'conflict').map(({ form }) => form.id),
    rivals: await rivalsOf(deps, { holders: results.filter(({ result }) => result === 'stored'), holds }),
  };
}

/** The result for a form: stored if its row and the rows of all that it holds are stored. */
function resultOf(
  { form, content }: Look,
  { stored, holds }: { stored: ReadonlyMap<OrderId, Stored>; holds: readonly RowWrite[] },
): 'stored' | 'conflict' | Failure {
  const held = new Set<OrderId>([
    ...purchasesOf(content).map(({ dealId }) => dealOrderId(dealId)),
    ...form.surchargeIds.map(formOrderId),
  ]);
  const own = stored.get(formOrderId(form.id));
  const ofHeld = holds
    .filter(({ next }) => held.has(next.orderId))
    .map(({ next }) => stored.get(next.orderId));
  const all = [own, ...ofHeld];
  const failure = all.map(failureOf).find((one) => one !== undefined);
  return failure ?? (all.includes('conflict') ? 'conflict' : 'stored');
}

/** The failure of an order whose row is too large; other orders are not affected. */
export const failureOf = (stored: Stored | undefined): Failure | undefined =>
  typeof stored === 'object' ? { reason: 'row-too-large', detail: `${stored.tooLarge} bytes` } : undefined;

function fateOf({ form, row, content }: Look, told: Told): Fate {
  // The state as read, not as stored: the row of a finished sale ignores a reading that shows it alive.
  const shown = { state: form.state, lines: content.lines };
  const tells = told.get(formOrderId(form.id));
  const doubt = doubtOfForm(shown, { told: tells, before: row?.content });
  return doubt === undefined ? 'stored' : unconfirmed(doubt);
}

/** Surcharges that the order shows, without forms that lack their goods. */
function shownBy({ form, content }: { form: Look['form']; content: OrderContent }): string[] {
  const extra = new Set(content.surcharges?.map(({ id }) => id));
  return form.surchargeIds.filter((id) => extra.has(id));
}
