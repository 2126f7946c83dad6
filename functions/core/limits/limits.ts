import type { Access } from '../marketplace/access.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { Journal } from '../marketplace/sales.ts';
import { type AllowanceDeps, BLOCK, createAllowance, FREE } from './allowance.ts';
import { createPace } from './pace.ts';

/** What all workers together may ask of a marketplace; the rest of its limits is left to others. */
export interface CallBudget {
  /** Of one address. */
  readonly perSecond: number;
  /** With one WebAPI key. */
  readonly perMinute: number;
  /** How many workers share them. */
  readonly workers: number;
}

/** Keeps the limits of the service, for the calls of one worker. */
export interface CallLimits {
  /**
   * The marketplace for one run with this key: each of its calls waits for its turn. Throws OwnStop, now or
   * at a call, when the minute's calls are spent; logins are not stopped once the run has begun.
   */
  open(marketplace: Marketplace, keyId: string): Promise<Marketplace>;
}

/** Not a call. */
const ASKS_NOBODY: ReadonlySet<PropertyKey> = new Set<keyof Journal>(['sortKey']);

/** Made under a login lease, so they neither wait for long nor ask the counter. */
const FOR_LOGIN: ReadonlySet<PropertyKey> = new Set<keyof Access>(['logIn', 'fetchVersionKey', 'sellerId']);

/** Throws RangeError if there are too many workers for such a budget. */
export function callLimits(deps: AllowanceDeps, { perSecond, perMinute, workers }: CallBudget): CallLimits {
  const share = Math.floor(perSecond / workers);
  const shared = perMinute - workers * FREE;
  if (share < 1 || shared < BLOCK)
    throw new RangeError(`${workers} workers are too many for the calls allowed`);
  const pace = createPace(deps, share);
  const allowance = createAllowance(deps, shared);
  return {
    async open(marketplace, keyId) {
      // A marketplace counts a key's calls through all of its entrances together.
      const counted = `${marketplace.settings.identity}/${keyId}`;
      await allowance.take(counted, 0);
      return waiting(marketplace, async (method) => {
        if (FOR_LOGIN.has(method)) {
          const minute = allowance.takeForLogin(counted);
          await pace.turn({ urgent: true });
          allowance.made(counted, minute);
          return;
        }
        // A call that was allowed in a minute that ended while it waited for its turn needs a place in the next one.
        for (let hasTurn = false; ; ) {
          const asked = deps.clock();
          const minute = await allowance.take(counted, 1);
          // Calls that wait for the counter or for a minute to begin end their wait together, and must not go at once.
          if (!hasTurn || deps.clock() !== asked) await pace.turn({ urgent: false });
          hasTurn = true;
          if (minute === allowance.minute()) return;
        }
      });
    },
  };
}

type Wait = (method: PropertyKey) => Promise<void>;

/** Every method of every capability waits first, whatever its name, so that one that is added later cannot be forgotten. */
function waiting({ settings, access, sales, lists, offers }: Marketplace, wait: Wait): Marketplace {
  return {
    settings,
    access: eachWaits(access, wait),
    sales: eachWaits(sales, wait),
    ...(lists !== undefined && { lists: eachWaits(lists, wait) }),
    ...(offers !== undefined && { offers: eachWaits(offers, wait) }),
  };
}

const eachWaits = <Capability extends object>(capability: Capability, wait: Wait): Capability =>
  new Proxy(capability, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || ASKS_NOBODY.has(name)) return value;
      return async (...request: unknown[]): Promise<unknown> => {
        await wait(name);
        return await Reflect.apply(value, target, request);
      };
    },
  });
