/** The rest of a process's life: it is killed at a write, before the write or after it. */
export interface Life {
  writesLeft: number;
  readonly diesAfterwards: boolean;
  isOver: boolean;
}

export class Killed extends Error {}

/** The store as a process sees it that is killed at a write; of a dead process nothing goes through any more. */
export function mortal<Store extends object>(
  store: Store,
  life: Life,
  writes: readonly (keyof Store)[],
): Store {
  const guarded =
    (name: keyof Store, work: (...given: unknown[]) => Promise<unknown>) =>
    async (...given: unknown[]) => {
      if (life.isOver) throw new Killed();
      if (!writes.includes(name)) return await work(...given);
      life.writesLeft -= 1;
      life.isOver = life.writesLeft < 0;
      if (life.isOver && !life.diesAfterwards) throw new Killed();
      const answer = await work(...given);
      if (life.isOver) throw new Killed();
      return answer;
    };
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? guarded(name as keyof Store, value.bind(target)) : value;
    },
  });
}
