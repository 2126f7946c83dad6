import type { FormsRead } from '../ingest/read-forms.ts';
import type { Form } from '../marketplace/sales.ts';
import { boughtAt, changedAt } from '../orders/form-times.ts';
import { dealOrderId, dealsOf, formOrderId, isLive, isSurcharge, type OrderState } from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import { kindOf, mayStillBeTold } from './kinds.ts';
import { dayFor, type ListingDeps, type Policy, type Reading } from './reading.ts';
import type { ListedForm } from './store.ts';

/** A form to store, and the state that its row had before. */
export interface Chosen {
  readonly form: Form;
  readonly before: OrderState | undefined;
}

/** The forms that are to be stored, and facts about all forms that were read. A value; nothing is written. */
export interface Choice {
  readonly chosen: readonly Chosen[];
  readonly looked: readonly string[];
  /** Ids that forms name as their surcharges, with the days of these forms. */
  readonly named: ReadonlyMap<string, string>;
  readonly goodless: readonly string[];
  /**
   * Facts for the index. A loss is noted before it is mended, so that it is counted once even after a crash.
   */
  readonly notes: readonly ListedForm[];
}

type Found = Pick<Reading, 'index' | 'policy' | 'named' | 'goodless'>;

/** `heirs`: forms that have replaced stored orders, and are ours as these were. */
export async function choose(
  deps: ListingDeps,
  reading: Found,
  { forms, rows, heirs }: Pick<FormsRead, 'forms' | 'rows'> & { heirs: ReadonlySet<string> },
): Promise<Choice> {
  const naming = forms.flatMap((form) =>
    form.surchargeIds.filter((id) => id !== form.id).map((id) => [id, dayFor(deps, boughtAt(form))] as const),
  );
  const named = new Map([...reading.named, ...naming]);
  const ofSurcharges = naming
    .filter(([id]) => reading.goodless.has(id))
    .map(([id, day]): ListedForm => ({ id, kind: 'surcharge', day }));
  const rowOf = ({ id }: Form) => rows.get(formOrderId(id));
  const ofOpenDeals = await formsOfOpenDeals(
    deps,
    forms.filter((form) => rowOf(form)?.content === undefined),
  );
  const judged = forms.map((form) => {
    const isOurs = ofOpenDeals.has(form.id) || heirs.has(form.id);
    const verdict = isOurs ? ('storeOrder' as const) : reading.policy.verdict(form);
    return {
      form,
      row: rowOf(form),
      ...judge(deps, { ...reading, named }, { form, row: rowOf(form), verdict }),
    };
  });
  return {
    chosen: judged
      .filter(({ isWanted }) => isWanted)
      .map(({ form, row }) => ({ form, before: row?.content?.state })),
    looked: forms.map(({ id }) => id),
    named: new Map(naming),
    goodless: judged.filter(({ isGoodless }) => isGoodless).map(({ form }) => form.id),
    notes: [...ofSurcharges, ...judged.flatMap(({ note }) => note ?? [])],
  };
}

/**
 * Live forms that hold a deal which is stored as an open order. They are stored, whenever they were filled.
 */
async function formsOfOpenDeals(deps: ListingDeps, forms: readonly Form[]): Promise<ReadonlySet<string>> {
  const live = forms.filter((form) => isLive(form.state));
  const rows = await deps.orders.readMany(deps.accountId, live.flatMap(dealsOf).map(dealOrderId));
  const isOpen = (dealId: string) => rows.get(dealOrderId(dealId))?.content?.state === 'awaiting-form';
  return new Set(live.filter((form) => dealsOf(form).some(isOpen)).map(({ id }) => id));
}

interface Judgement {
  readonly isWanted: boolean;
  readonly isGoodless?: boolean;
  readonly note?: ListedForm;
}

function judge(
  deps: ListingDeps,
  { index, policy, named }: Found,
  use: { form: Form; row: OrderRow | undefined; verdict: ReturnType<Policy['verdict']> },
): Judgement {
  const { form, row, verdict } = use;
  const { id } = form;
  const day = dayFor(deps, boughtAt(form));
  if (isSurcharge(form) && row?.content === undefined) {
    // A surcharge that no form names may be an order whose goods are missing for the moment, so it is read
    // again.
    const isNamed = (row?.heldBy ?? []).length > 0 || named.has(id) || index.get(id)?.kind === 'surcharge';
    const note: ListedForm = {
      id,
      kind: isNamed ? 'surcharge' : 'unread',
      day: index.get(id)?.day ?? named.get(id) ?? day,
    };
    return { isWanted: false, isGoodless: true, note };
  }
  const isLoss =
    policy.losses !== undefined && !mayStillBeTold(changedAt(form), { ...policy.losses, now: deps.clock() });
  if (row?.content !== undefined) {
    const { state } = form;
    if (!isLoss || row.content.state === state) return { isWanted: true };
    return { isWanted: true, note: { id, kind: index.get(id)?.kind ?? 'unread', day, untold: [state] } };
  }
  if (verdict === 'storeOrder') return { isWanted: true, note: { id, kind: 'unread', day, lost: isLoss } };
  if (verdict === 'outside') return { isWanted: false };
  const isOpen = kindOf(form.state) === 'open';
  return { isWanted: false, note: { id, kind: isOpen ? 'earlier-open' : 'earlier', day } };
}
