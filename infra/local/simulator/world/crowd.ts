import type { Chance } from './chance.ts';
import type { PayType, Purchase, Sale } from './goods.ts';
import { buyStep, choicesWith, type Life, pickBuyer, type Stage, type Step, writeLife } from './lives.ts';
import type { Seller } from './sellers.ts';
import type { Trade } from './trade.ts';

/** Number of lives that take turns at a time, so that the events of different sellers mix. */
const AT_A_TIME = 16;

/** The buyers whose lives are not over yet. */
export class Crowd {
  readonly #trade: Trade;
  readonly #plan: Chance;
  readonly #course: Chance;
  readonly #waiting: Life[];

  constructor({
    trade,
    plan,
    course,
    saved,
  }: {
    trade: Trade;
    plan: Chance;
    course: Chance;
    saved?: readonly Life[] | undefined;
  }) {
    this.#trade = trade;
    this.#plan = plan;
    this.#course = course;
    this.#waiting = [...(saved ?? [])];
  }

  snapshot(): readonly Life[] {
    return this.#waiting;
  }

  get pendingSteps(): number {
    return this.#waiting.reduce((sum, life) => sum + life.steps.length - life.next, 0);
  }

  get busy(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Adds buyers, living in country `home`, whose lives end in exactly `orders` more live orders. Throws RangeError
   * without sellers.
   */
  send(sellers: readonly Seller[], orders: number, home?: number): void {
    for (const life of this.#write(sellers, orders, home)) this.#waiting.push(life);
  }

  /** As `send`, but the lives happen now, mixed with each other and not with waiting lives. */
  sendAtOnce(sellers: readonly Seller[], orders: number, home?: number): void {
    const lives = this.#write(sellers, orders, home);
    while (this.#stepOf(lives));
  }

  /** Lets one step of some life happen; false when all lives are over. */
  step(): boolean {
    return this.#stepOf(this.#waiting);
  }

  finish(): void {
    while (this.step());
  }

  /** A purchase on request, by a buyer and in an offer as in any life; nothing follows by itself. */
  buy(seller: Seller): Purchase {
    const stage = this.#stage(seller);
    const step = buyStep(stage);
    const offer = this.#trade.ledger.offer(step.offerId);
    return this.#trade.buy({ ...step, buyerId: pickBuyer(stage), offer });
  }

  /** Fills a sale on request for a purchase that no live sale holds; nothing follows by itself. */
  fill(seller: Seller, purchaseId: number, payType: PayType): Sale {
    const choices = choicesWith(this.#stage(seller), { payType, purchaseCount: 1 });
    return this.#trade.fill([purchaseId], choices, { followed: false });
  }

  /** Whether further steps of a waiting life need the purchase or the sale as that life has left it. */
  isBusyWith({ purchaseId, saleId }: { purchaseId?: number; saleId?: number }): boolean {
    return this.#waiting.some(
      ({ purchaseIds, saleIds }) =>
        (purchaseId !== undefined && purchaseIds.includes(purchaseId)) ||
        (saleId !== undefined && saleIds.includes(saleId)),
    );
  }

  #stage(seller: Seller, home?: number): Stage {
    const { ledger, offers } = this.#trade;
    return { chance: this.#plan, ledger, offers, seller, home };
  }

  #write(sellers: readonly Seller[], orders: number, home: number | undefined): Life[] {
    const lives: Life[] = [];
    for (let left = orders; left > 0; ) {
      const stage = this.#stage(this.#plan.pick(sellers), home);
      const written = writeLife(stage, left);
      lives.push(written.life);
      left -= written.orders;
    }
    return lives;
  }

  #stepOf(lives: Life[]): boolean {
    if (lives.length === 0) return false;
    const index = this.#course.int(0, Math.min(AT_A_TIME, lives.length) - 1);
    const life = lives[index];
    const step = life?.steps[life.next];
    if (life === undefined || step === undefined) throw new Error('a life without a next step');
    act(this.#trade, { life, step });
    life.next += 1;
    if (life.next === life.steps.length) removeAt(lives, index);
    return true;
  }
}

/**
 * Removes a life by moving the last one into its place, so that the cost does not grow with the number of
 * lives.
 */
function removeAt(lives: Life[], index: number): void {
  const last = lives.pop();
  if (last !== undefined && index < lives.length) lives[index] = last;
}

function act(trade: Trade, { life, step }: { life: Life; step: Step }): void {
  if (step.do === 'buy') {
    const purchase = { ...step, buyerId: life.buyerId, offer: trade.ledger.offer(step.offerId) };
    life.purchaseIds.push(trade.buy(purchase).id);
  } else if (step.do === 'fill') {
    const purchaseIds = step.purchases.map((place) => idAt(life.purchaseIds, place));
    life.saleIds.push(trade.fill(purchaseIds, step.choices, step).id);
  } else {
    actOnSale(trade, { sale: trade.ledger.sale(idAt(life.saleIds, step.sale)), step });
  }
}

function actOnSale(
  trade: Trade,
  { sale, step }: { sale: Sale; step: Exclude<Step, { do: 'buy' | 'fill' }> },
): void {
  if (step.do === 'pay') trade.finishPayment(sale);
  else if (step.do === 'reject') trade.rejectPayment(sale);
  else if (step.do === 'cancel') trade.cancel(sale);
  else if (step.do === 'withdraw') trade.withdrawPayment(sale);
  else if (step.do === 'surcharge') trade.addSurcharge(sale, step.amountMinor);
  else if (step.do === 'parcel') trade.addParcel(sale, step);
}

function idAt(ids: readonly number[], place: number): number {
  const id = ids[place];
  if (id === undefined) throw new RangeError(`this life has nothing at ${place} yet`);
  return id;
}
