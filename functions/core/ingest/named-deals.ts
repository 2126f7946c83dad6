import { divideMoney } from '../base/money.ts';
import type { DealEvent, Form, FormDeal, FormLine, Purchase } from '../marketplace/sales.ts';
import { type OrderContent, purchasesOf } from '../orders/order.ts';

/** The purchases that events name together with a form, by the form's id. */
export type NamedDeals = ReadonlyMap<string, readonly Purchase[]>;

export function dealsNamedBy(events: readonly DealEvent[]): NamedDeals {
  const named = new Map<string, Purchase[]>();
  for (const { formId, purchases } of events) {
    if (formId === undefined || purchases.length === 0) continue;
    named.set(formId, [...(named.get(formId) ?? []), ...purchases]);
  }
  return named;
}

/**
 * The form with the deals that its lines lack, because production showed forms without any. The deals are
 * those that events name with the form, and those that its row had before. Without them the deals would be
 * orders of their own beside the form's.
 */
export function withNamedDeals(
  form: Form,
  use: { named: readonly Purchase[] | undefined; before: OrderContent | undefined },
): Form {
  if (form.lines.every(({ deals }) => deals.length > 0)) return form;
  const shown = new Set(form.lines.flatMap(({ deals }) => deals.map(({ dealId }) => dealId)));
  const known = [...(use.before === undefined ? [] : purchasesOf(use.before)), ...(use.named ?? [])];
  const missing = new Map(known.filter(({ dealId }) => !shown.has(dealId)).map((one) => [one.dealId, one]));
  const bare = form.lines.filter(({ deals }) => deals.length === 0);
  const lineOf = ({ offerId }: Purchase) => bare.find((line) => line.offerId === offerId) ?? bare[0];
  const byLine = Map.groupBy(missing.values(), lineOf);
  const lines = form.lines.map((line) => {
    const deals = byLine.get(line);
    return deals === undefined ? line : { ...line, deals: deals.map((deal) => dealIn(line, deal)) };
  });
  return { ...form, lines };
}

/** A deal at the average price of its line, without a time, which no source tells. */
function dealIn({ amount, quantity: pieces = 0 }: FormLine, { dealId, quantity }: Purchase): FormDeal {
  const unitPrice = amount && pieces > 0 ? divideMoney(amount, pieces) : amount;
  return {
    dealId,
    quantity,
    ...(unitPrice !== undefined && { unitPrice }),
    discounted: false,
    boughtAt: { iso: '', text: '' },
  };
}
