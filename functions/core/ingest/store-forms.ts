import { together } from '../base/batches.ts';
import { formOrderId, type OrderContent } from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import { type Applied, type ApplyDeps, allOf, changedOrder, type Fate } from './applied.ts';
import { type Failure, unconfirmed } from './bad-orders.ts';
import { type LandedForm, letGoBy, overtaken, rivalsOf, settleHoldings } from './holding.ts';
import { type Landed, land, type Next, RowTooLarge, tellOwed } from './land.ts';
import type { Look } from './select.ts';
import { doubtOfForm, type Told } from './unconfirmed.ts';

/** What came of storing forms. */
export interface StoredForms {
  readonly applied: Applied;
  /** Surcharges that the stored orders show: they are held, unless they failed by themselves. */
  readonly shown: readonly string[];
  /** Forms to be read again, because somebody else was faster. */
  readonly again: readonly string[];
  /** By form, stored forms that hold purchases of it too: perhaps they are gone, merged into it without a word. */
  readonly rivals: ReadonlyMap<string, readonly string[]>;
}

/**
 * The only place where forms are written: their rows and feed entries, and when those stand, the deals and surcharges
 * that they hold. A crash between leaves a sale visible twice for a moment, never not at all. `owed` are rows of forms
 * that could not be read: what a killed worker has stored of them is told. A form whose reading lacks what is `told`
 * of it is stored and counts as unconfirmed.
 */
export async function storeForms(
  deps: ApplyDeps,
  use: { looks: readonly Look[]; owed: readonly OrderRow[]; told: Told },
): Promise<StoredForms> {
  const { looks, told } = use;
  await tellOwed(deps, use.owed);
  const rows = await together(looks, async (look) => {
    const letGo = letGoBy(look.row, look.content);
    const next = {
      orderId: formOrderId(look.form.id),
      content: look.content,
      ...(letGo.length > 0 && { letGo }),
    };
    const result = await landOrFail(deps, { row: look.row, next });
    return { ...look, letGo, result, revision: (look.row?.revision ?? 0) + (result === 'changed' ? 1 : 0) };
  });
  const landed = rows.filter(({ result }) => result === 'changed' || result === 'unchanged');
  const holdings = await settleHoldings(deps, landed);
  const rivals = await rivalsOf(deps, holdings);
  const isOvertaken = await overtaken(deps, landed);
  const parts = rows.map((one): Partial<Applied> => {
    const { content, form, result } = one;
    const holding = holdings.get(form.id);
    const counted = allOf([result === 'changed' ? changedOrder(content) : {}, holding?.applied ?? {}]);
    if (result === 'conflict' || isOvertaken(form.id)) return { ...counted, fates: new Map() };
    const fate = typeof result === 'object' ? result : fateOf(one, told);
    return { ...counted, fates: new Map([...counted.fates, [formOrderId(form.id), fate]]) };
  });
  return {
    applied: allOf(parts),
    shown: landed.filter(({ form }) => !isOvertaken(form.id)).flatMap(shownBy),
    again: rows
      .filter(({ form, result }) => result === 'conflict' || isOvertaken(form.id))
      .map(({ form }) => form.id),
    rivals,
  };
}

function fateOf({ form, row, content }: Look, told: Told): Fate {
  // As it was read: the row of a sale that is over does not follow a reading that shows it alive.
  const shown = { state: form.state, lines: content.lines };
  const tells = told.get(formOrderId(form.id));
  const doubt = doubtOfForm(shown, { told: tells, before: row?.content });
  return doubt === undefined ? 'landed' : unconfirmed(doubt);
}

/** Surcharges that were named before their form is known, and no forms that lack their goods. */
function shownBy({ form, content }: LandedForm): string[] {
  const extra = new Set(content.surcharges?.map(({ id }) => id));
  return form.surchargeIds.filter((id) => extra.has(id));
}

/** Lands one order; a row that is too large is this order's own trouble. */
export async function landOrFail(
  deps: ApplyDeps,
  use: { row: OrderRow | undefined; next: Next & { readonly content?: OrderContent } },
): Promise<Landed | Failure> {
  try {
    return await land(deps, use);
  } catch (error) {
    if (!(error instanceof RowTooLarge)) throw error;
    return { reason: 'row-too-large', detail: error.message };
  }
}
