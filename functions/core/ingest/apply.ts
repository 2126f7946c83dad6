import { together } from '../base/batches.ts';
import type { Form } from '../marketplace/sales.ts';
import { addFlags } from '../orders/flags.ts';
import { orderOfForm } from '../orders/form-order.ts';
import { formOrderId, isSurcharge, type OrderContent } from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import { type Applied, type ApplyDeps, CONFLICTS, type Rows } from './applied.ts';
import { unconfirmed } from './bad-orders.ts';
import { type LandedForm, letGoBy, overtaken, settleHoldings } from './holding.ts';
import { land, RowTooLarge } from './land.ts';
import { type NamedDeals, withNamedDeals } from './named-deals.ts';
import { type FormReading, readForms } from './read-forms.ts';
import { settleReplaced } from './replaced.ts';
import { ordersAmong, readSurcharges, settleSurcharges } from './surcharges.ts';
import { doubtOfForm, type Told, withoutGoods } from './unconfirmed.ts';

/** Forms as they were read, and their rows as they were just before. */
export interface FormsRead extends FormReading {
  readonly rows: Rows;
}

/** Rows first: what changes in them while the marketplace is asked must be noticed. Throws MarketplaceFault. */
export async function readWithRows(deps: ApplyDeps, formIds: readonly string[]): Promise<FormsRead> {
  const rows = await deps.orders.readMany(deps.accountId, formIds.map(formOrderId));
  return { rows, ...(await readForms(deps, formIds)) };
}

/**
 * Reads these forms (one batch), unless they were read already, and lands their orders, then closes the deal orders that they hold. The
 * form row is written before its deals close, so that a crash between leaves a sale visible twice for a
 * moment, never not at all. A form whose reading lacks what is `told` of it lands and counts as unconfirmed.
 * Throws MarketplaceFault for an outage.
 */
export async function applyForms(
  deps: ApplyDeps,
  formIds: readonly string[],
  use: { applied: Applied; read?: FormsRead | undefined; told: Told; named?: NamedDeals | undefined },
): Promise<void> {
  const { applied, read, told, named } = use;
  const asked = new Set<string>();
  const waiting = new Map<string, readonly string[]>();
  const replaced = new Map<string, readonly string[]>();
  let left = [...formIds];
  for (let round = 0; left.length > 0 && round < CONFLICTS; round += 1) {
    for (const formId of left) asked.add(formId);
    const reading = (round === 0 && read) || (await readWithRows(deps, left));
    const { rows, forms: shown, failures } = reading;
    const before = (id: string) => rows.get(formOrderId(id))?.content;
    const forms = shown.map((form) =>
      withNamedDeals(form, { named: named?.get(form.id), before: before(form.id) }),
    );
    for (const [orderId, failure] of failures) applied.failures.set(orderId, failure);
    await tellOwed(
      deps,
      [...failures.keys()].flatMap((orderId) => rows.get(orderId) ?? []),
    );
    left = [];
    for (const [id, newIds] of reading.replaced) {
      replaced.set(id, newIds);
      left.push(...newIds.filter((one) => !asked.has(one)));
    }
    const chosen = (await deps.choose?.(forms, rows)) ?? forms;
    const surcharges = await readSurcharges(deps, { of: chosen, known: forms });
    left.push(...(await ordersAmong(deps, { named: chosen, surcharges, asked })));
    const looks: Look[] = [];
    for (const form of chosen) {
      applied.goodFormId = form.id;
      const row = rows.get(formOrderId(form.id));
      if (isSurcharge(form) && row?.content === undefined) {
        const holders = await holdersOf(deps, form, { row, forms });
        const tells = told.get(formOrderId(form.id));
        if (holders.length === 0 && tells !== undefined)
          applied.failures.set(formOrderId(form.id), unconfirmed(withoutGoods(tells)));
        // It is shown by the order of its form, which is read again if it is known and was not read just now.
        else waiting.set(form.id, holders);
        left.push(...holders.filter((formId) => !asked.has(formId)));
      } else looks.push({ form, row, content: orderOfForm(form, { surcharges, before: row?.content }) });
    }
    left.push(...(await landForms(deps, looks, { applied, told })));
  }
  settleSurcharges(waiting, applied);
  await settleReplaced(deps, { replaced, asked, applied });
}

/** What a killed worker has stored of an order is told, though the order cannot be read any more. */
async function tellOwed({ feed }: ApplyDeps, rows: readonly OrderRow[]): Promise<void> {
  const owed = rows.filter(({ fedRevision, revision }) => fedRevision < revision);
  await together(owed, async (row) => void (await feed.append(row)));
}

/** Forms that name this one as a surcharge: those that its row knows, or of this batch, or stored since the row was read. */
async function holdersOf(
  deps: ApplyDeps,
  { id }: Form,
  { row, forms }: { row: OrderRow | undefined; forms: readonly Form[] },
): Promise<string[]> {
  const named = forms.filter(({ surchargeIds }) => surchargeIds.includes(id)).map((form) => form.id);
  const known = new Set([...(row?.heldBy ?? []), ...named]);
  if (known.size > 0) return [...known];
  const orderId = formOrderId(id);
  return [...((await deps.orders.readMany(deps.accountId, [orderId])).get(orderId)?.heldBy ?? [])];
}

/** A form as it was read, and what its row said before. */
interface Look {
  readonly form: Form;
  readonly row: OrderRow | undefined;
  readonly content: OrderContent;
}

/**
 * Writes the rows of these forms and then what they hold and let go. Answers with the forms to be read again,
 * because somebody else was faster.
 */
async function landForms(
  deps: ApplyDeps,
  looks: readonly Look[],
  { applied, told }: { applied: Applied; told: Told },
): Promise<string[]> {
  const again: string[] = [];
  const landed: (Look & LandedForm)[] = [];
  await together(looks, async (look) => {
    const { form, row, content } = look;
    const letGo = letGoBy(row, content);
    const next = { orderId: formOrderId(form.id), content, ...(letGo.length > 0 && { letGo }) };
    const result = await landOrFail(deps, { row, next, applied });
    if (result === 'conflict') again.push(form.id);
    else if (result !== 'failed') {
      const revision = (row?.revision ?? 0) + (result === 'changed' ? 1 : 0);
      landed.push({ ...look, letGo, revision });
    }
  });
  await settleHoldings(deps, landed, applied);
  for (const look of landed) concludeForm(look, { applied, told });
  return [...again, ...(await overtaken(deps, landed, applied))];
}

function concludeForm(
  { form, row, content }: Look,
  { applied, told }: { applied: Applied; told: Told },
): void {
  const orderId = formOrderId(form.id);
  // A surcharge that was named before its form is known now, and no form that lacks its goods.
  const extra = new Set(content.surcharges?.map(({ id }) => id));
  for (const id of form.surchargeIds.filter((one) => extra.has(one)).map(formOrderId))
    if (!applied.failures.has(id)) applied.held.add(id);
  const doubt = doubtOfForm(content, { told: told.get(orderId), before: row?.content });
  if (doubt !== undefined) applied.failures.set(orderId, unconfirmed(doubt));
  else {
    applied.failures.delete(orderId);
    applied.landed.add(orderId);
  }
}

/** Lands one order and counts it; a row that is too large is this order's own trouble. */
export async function landOrFail(
  deps: ApplyDeps,
  use: { row: OrderRow | undefined; next: Parameters<typeof land>[1]['next']; applied: Applied },
): Promise<'changed' | 'unchanged' | 'conflict' | 'failed'> {
  const { row, next, applied } = use;
  try {
    const result = await land(deps, { row, next });
    if (result === 'changed') count(applied, next.content);
    return result;
  } catch (error) {
    if (!(error instanceof RowTooLarge)) throw error;
    applied.failures.set(next.orderId, { reason: 'row-too-large', detail: error.message });
    return 'failed';
  }
}

function count(applied: Applied, content: OrderContent | undefined): void {
  applied.changed += 1;
  if (content?.flags === undefined) return;
  applied.flagged += 1;
  applied.flags = addFlags(applied.flags, Object.fromEntries(content.flags.map((flag) => [flag, 1])));
}
