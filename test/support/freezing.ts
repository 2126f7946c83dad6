import type { AccountStore } from '../../functions/core/account/store.ts';
import type { OrderStore } from '../../functions/core/orders/store.ts';
import { Killed } from './shaky-orders.ts';

/**
 * What becomes of a worker at one of its writes: it dies before or after the write has reached the store; it is frozen with
 * the write under way, and goes on when it is woken; or it is frozen and dead, and the write arrives all the same.
 */
export type Fate = 'dies-before' | 'dies-after' | 'freezes' | 'sends-late';

export const FATES: readonly Fate[] = ['dies-before', 'dies-after', 'freezes', 'sends-late'];

export interface Worker {
  readonly orders: OrderStore;
  readonly accounts: AccountStore;
  /** Writes that were begun. */
  writes(): number;
  /** Resolves when the worker stands still. */
  readonly stopped: Promise<void>;
  /** What was under way reaches the store, and a frozen worker goes on. */
  wake(): void;
}

const WRITES: ReadonlySet<string> = new Set(['put', 'putPage', 'announce', 'saveCursor', 'amend', 'claim']);

/** One worker's own way to the stores; `before` is called before each of its writes. */
export function worker(
  stores: { orders: OrderStore; accounts: AccountStore },
  use: { fate?: Fate | undefined; at?: number; before?: (write: number) => Promise<void> } = {},
): Worker {
  const { fate, at = Number.POSITIVE_INFINITY } = use;
  const stop = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  let writes = 0;
  let isStopped = false;
  const passed = async (name: string, operation: () => Promise<unknown>): Promise<unknown> => {
    if (isStopped) await held();
    if (!WRITES.has(name)) return await operation();
    writes += 1;
    const number = writes;
    await use.before?.(number);
    if (number !== at) return await operation();
    isStopped = true;
    stop.resolve();
    if (fate === 'dies-before') throw new Killed();
    if (fate === 'dies-after') await operation();
    if (fate === 'dies-after') throw new Killed();
    await awake.promise;
    const result = await operation();
    if (fate === 'sends-late') throw new Killed();
    return result;
  };
  /** Nothing else of a worker that has stopped reaches the store before it is woken. */
  const held = async (): Promise<void> => {
    if (fate !== 'freezes') throw new Killed();
    await awake.promise;
  };
  const through = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return (...parameters: unknown[]) =>
          passed(String(key), async () => await Reflect.apply(method, target, parameters));
      },
    });
  return {
    orders: through(stores.orders),
    accounts: through(stores.accounts),
    writes: () => writes,
    stopped: stop.promise,
    wake: () => awake.resolve(),
  };
}
