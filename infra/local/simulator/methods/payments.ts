import type { ReplyOf } from '../wire/operations.ts';
import { localMidnight } from '../world/clock.ts';
import { countryOf } from '../world/countries.ts';
import { linesOf, type Sale } from '../world/goods.ts';
import type { World } from '../world/world.ts';
import { floatText, idOf, idsOf, type Method, sessionOf } from './context.ts';
import { PAY_STATUS } from './form-data.ts';
import { isVisible } from './forms.ts';

type Payment = NonNullable<ReplyOf<'doGetMyIncomingPayments'>['payTransIncome']>[number];
type PaidSale = Sale & { readonly paidAt: number };

const PAGE = 25;
const MOST_OFFERS = 25;
const DAY_SECONDS = 86_400;
const KEPT_DAYS = 90;

/** Finished online payments, the newest first; `transOffset` counts pages. */
export const doGetMyIncomingPayments: Method<'doGetMyIncomingPayments'> = (request, context) => {
  const { world } = context;
  const session = sessionOf(request.sessionHandle, context);
  const { from, to } = windowOf(request, { now: world.clock.now(), ...countryOf(session.countryId) });
  const offerOf = (id: number) => world.trade.ledger.purchase(id).offerId;
  const wanted = (sale: Sale): sale is PaidSale =>
    sale.payment === 'finished' &&
    sale.paidAt !== undefined &&
    sale.paidAt >= from &&
    sale.paidAt < to &&
    isVisible(world, { sale, session }) &&
    (request.buyerId === undefined || request.buyerId === sale.buyerId) &&
    (request.itemId === undefined || sale.purchaseIds.map(offerOf).includes(idOf(request.itemId)));
  const found = world.trade.ledger
    .salesOf(session.sellerId)
    .filter(wanted)
    .sort((a, b) => b.paidAt - a.paidAt || b.paymentId - a.paymentId);
  const { transPageLimit: asked = PAGE, transOffset = 0 } = request;
  const limit = asked >= 1 && asked <= PAGE ? asked : PAGE;
  const start = Math.max(0, transOffset) * limit;
  return { payTransIncome: found.slice(start, start + limit).map((sale) => payment(world, sale)) };
};

interface Bounds {
  readonly transRecvDateFrom?: string;
  readonly transRecvDateTo?: string;
}

/**
 * The window of whole local days that a request means; with one bound only, the documented day or week next
 * to that bound.
 */
function windowOf(
  { transRecvDateFrom, transRecvDateTo }: Bounds,
  { now, timeZone }: { now: number; timeZone: string },
): { from: number; to: number } {
  const midnight = (seconds: number) => localMidnight(seconds, timeZone);
  const nextMidnight = (seconds: number) => midnight(midnight(seconds) + 1.25 * DAY_SECONDS);
  const oldest = now - KEPT_DAYS * DAY_SECONDS;
  const given = (text: string | undefined) => (text === undefined ? undefined : Math.max(oldest, idOf(text)));
  const [from, to] = [given(transRecvDateFrom), given(transRecvDateTo)];
  if (from === undefined && to === undefined) return { from: now - 7 * DAY_SECONDS, to: now + 1 };
  if (from === undefined) {
    const end = nextMidnight(Math.min(to ?? now, now));
    return { from: end - 7 * DAY_SECONDS, to: end };
  }
  return { from: midnight(from), to: nextMidnight(Math.min(to ?? from, now)) };
}

/** A payment as listed: a cart names its offers as details, a single offer is named by the payment itself. */
function payment({ trade: { ledger } }: World, sale: PaidSale): Payment {
  const lines = linesOf(sale.purchaseIds.map(ledger.purchase));
  const [only] = lines.length === 1 ? lines : [];
  const goodsMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0);
  return {
    payTransId: String(sale.paymentId),
    payTransItId: String(only?.offerId ?? 0),
    payTransBuyerId: sale.buyerId,
    payTransType: sale.choices.payType,
    payTransStatus: PAY_STATUS[sale.payment],
    payTransAmount: floatText(goodsMinor + sale.postageMinor),
    payTransCreateDate: String(sale.filledAt),
    payTransRecvDate: String(sale.paidAt),
    payTransPrice: floatText(only?.purchases[0]?.unitMinor ?? 0),
    payTransCount: only?.quantity ?? 0,
    payTransPostageAmount: floatText(sale.postageMinor),
    payTransDetails:
      only !== undefined
        ? []
        : lines.map((line) => ({
            payTransDetailsItId: String(line.offerId),
            payTransDetailsPrice: floatText(line.purchases[0]?.unitMinor ?? 0),
            payTransDetailsCount: line.quantity,
          })),
    payTransIncomplete: 0,
    payTransMainId: '0',
  };
}

/** Ways of payment. Like the real list, this list leaves out a code that forms use: instalments. */
const METHODS: readonly (readonly [id: string, polish: string, czech: string])[] = [
  ['co', 'Płatność online', 'Platba online'],
  ['m', 'Szybki przelew', 'Rychlý převod'],
  ['c', 'Karta płatnicza', 'Platební karta'],
  ['wire_transfer', 'Zwykły przelew', 'Bankovní převod'],
  ['collect_on_delivery', 'Płatność przy odbiorze', 'Dobírka'],
];

export const doGetPaymentMethods: Method<'doGetPaymentMethods'> = (request, context) => {
  const { ledger } = context.world.trade;
  const session = sessionOf(request.sessionId, context);
  const offers = idsOf(request.itemIds, MOST_OFFERS).flatMap((id) => ledger.findOffer(id) ?? []);
  if (offers.length === 0) return { paymentMethods: [] };
  const paymentMethods = METHODS.map(([id, polish, czech]) => ({
    paymentMethodId: id,
    paymentMethodName: session.countryId === 56 ? czech : polish,
    paymentMethodImage: `https://img.example/pay/${id}.png`,
    paymentMethodUsage: 1,
  }));
  return { paymentMethods };
};
