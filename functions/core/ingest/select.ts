import { together } from '../base/batches.ts';
import type { Form } from '../marketplace/sales.ts';
import { orderOfForm } from '../orders/form-order.ts';
import { formOrderId, isSurcharge, type OrderContent } from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import { type Applied, type ApplyDeps, NOTHING_APPLIED } from './applied.ts';
import { unconfirmed } from './quarantine.ts';
import type { FormsRead } from './read-forms.ts';
import { ordersAmong, readSurcharges } from './surcharges.ts';
import { type Told, withoutGoods } from './unconfirmed.ts';

/** A form to store: the order that it becomes, and its row from before the form was read. */
export interface Look {
  readonly form: Form;
  readonly row: OrderRow | undefined;
  readonly content: OrderContent;
}

/** The work that the chosen forms need. */
export interface Selection {
  readonly looks: readonly Look[];
  /**
   * Surcharges without a row of their own, with the forms that name them. They are stored together with
   * those.
   */
  readonly waiting: ReadonlyMap<string, readonly string[]>;
  /** Forms that have to be read because of the chosen ones. */
  readonly more: readonly string[];
  /** Forms that failed because of their own contents. */
  readonly applied: Applied;
}

/**
 * Tells orders from surcharges, and reads the surcharges that the orders name. Writes nothing. Throws
 * MarketplaceFault for an outage.
 */
export async function select(
  deps: ApplyDeps,
  use: { read: FormsRead; chosen: readonly Form[]; asked: ReadonlySet<string>; told: Told },
): Promise<Selection> {
  const { read, chosen, asked, told } = use;
  const rowOf = ({ id }: Form) => read.rows.get(formOrderId(id));
  const isAlone = (form: Form) => isSurcharge(form) && rowOf(form)?.content === undefined;
  const surcharges = await readSurcharges(deps, { of: chosen, known: read.forms });
  const orders = await ordersAmong(deps, { named: chosen, surcharges, asked });
  const looks = chosen
    .filter((form) => !isAlone(form))
    .map((form) => {
      const row = rowOf(form);
      return { form, row, content: orderOfForm(form, { surcharges, before: row?.content }) };
    });
  const alone = await together(chosen.filter(isAlone), async (form) => ({
    id: form.id,
    tells: told.get(formOrderId(form.id)),
    holders: await holdersOf(deps, form, { row: rowOf(form), forms: read.forms }),
  }));
  const failures = alone.flatMap(({ id, tells, holders }) =>
    holders.length === 0 && tells !== undefined
      ? [[formOrderId(id), unconfirmed(withoutGoods(tells))] as const]
      : [],
  );
  const failed = new Set(failures.map(([orderId]) => orderId));
  // A waiting surcharge is shown by the orders of the forms that name it. Those forms are read again (`more`)
  // unless this batch has read them already.
  const waiting = alone.filter(({ id }) => !failed.has(formOrderId(id)));
  return {
    looks,
    waiting: new Map(waiting.map(({ id, holders }) => [id, holders])),
    more: [...orders, ...waiting.flatMap(({ holders }) => holders).filter((id) => !asked.has(id))],
    applied: { ...NOTHING_APPLIED, fates: new Map(failures), goodFormId: chosen.at(-1)?.id },
  };
}

/**
 * Forms that name this one as a surcharge: known from its row, from this batch, or stored since the row was
 * read.
 */
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
