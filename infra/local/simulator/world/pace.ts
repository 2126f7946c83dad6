import type { Seller } from './sellers.ts';
import type { World } from './world.ts';

const TICK_MILLIS = 200;

/** Lets the crowd's steps happen in real time, and new buyers come in a trickle. */
export class Pace {
  stepsPerSecond = 5;
  ordersPerMinute = 0;
  readonly #world: World;
  readonly #onStep: () => void;
  readonly #timer: NodeJS.Timeout;
  #stepsDue = 0;
  #ordersDue = 0;

  constructor(world: World, onStep: () => void) {
    this.#world = world;
    this.#onStep = onStep;
    this.#timer = setInterval(() => this.#tick(), TICK_MILLIS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const seconds = TICK_MILLIS / 1000;
    this.#ordersDue += (this.ordersPerMinute / 60) * seconds;
    const orders = Math.floor(this.#ordersDue);
    const sellers: Seller[] = [...this.#world.sellers.values()];
    this.#ordersDue -= orders;
    if (orders > 0 && sellers.length > 0) this.#world.crowd.send(sellers, orders);
    if (!this.#world.crowd.busy) {
      this.#stepsDue = 0;
      return;
    }
    this.#stepsDue += this.stepsPerSecond * seconds;
    for (; this.#stepsDue >= 1 && this.#world.crowd.step(); this.#stepsDue -= 1);
    this.#onStep();
  }
}
