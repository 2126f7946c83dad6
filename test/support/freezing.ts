import type { AccountStore } from '../../functions/core/account/store.ts';
import type { OrderStore } from '../../functions/core/orders/store.ts';
import { Killed } from './shaky-orders.ts';

/**
 * The fate of a worker at one of its writes: it dies before or after the write has reached the store; it is frozen with
 * the write pending, and continues when it is woken; or it dies with the write pending, which arrives later.
 */
export type Fate = 'dies-before' | 'dies-after' | 'freezes' | 'sends-late';

export const FATES: readonly Fate[] = ['dies-before', 'dies-after', 'freezes', 'sends-late'];

export interface Worker {
  readonly orders: OrderStore;
  readonly accounts: AccountStore;
  /** Number of writes begun. */
  writes(): number;
  /** Resolves when the worker has stopped. */
  readonly stopped: Promise<void>;
  /** Lets the pending write reach the store, and a frozen worker continue. */
  wake(): void;
}

const WRITES: ReadonlySet<string> = new Set(['put', 'putPage', 'announce', 'saveFacts', 'amend', 'claim']);

/** The stores as a worker reaches them; `before` is called before each of its writes. */
export function worker(
  stores: { orders: OrderStore; accounts: AccountStore },
  {
    fate,
    at = Number.POSITIVE_INFINITY,
    before,
  }: { fate?: Fate | undefined; at?: number; before?: (write: number) => Promise<void> } = {},
): Worker {
  const stop = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  let writes = 0;
  let isStopped = false;
  const passed = async (name: string, operation: () => Promise<unknown>): Promise<unknown> => {
    if (isStopped) await held();
    if (!WRITES.has(name)) return await operation();
    writes += 1;
    const number = writes;
    await before?.(number);
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
  /** Keeps a stopped worker's calls from the stores until it is woken. */
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
